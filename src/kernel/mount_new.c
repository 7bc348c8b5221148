/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_new.h. */
#include "kernel/mount_new.h"

#include <linux/mount.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/mount.h"
#include "kernel/syscalls.h"

/* fsconfig(2) reads no longer values. */
#define MAX_VALUE 255

/* Flags of the filesystem behind a mount, by the names that fsconfig(2) has for them. */
static const struct {
	unsigned long flag;
	const char *name;
} filesystem_flags[] = {
	{MS_SYNCHRONOUS, "sync"},
	{MS_DIRSYNC, "dirsync"},
	{MS_MANDLOCK, "mand"},
	{MS_LAZYTIME, "lazytime"},
};

static int set_string(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int set_flag(int fs, const char *key)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, key, NULL, 0);
}

/* The next option of *@rest, or NULL; a comma between double quotes is none. Caller frees. */
static char *next_option(const char **rest)
{
	auto_str struct str option = {0};
	bool is_quoted = false;

	*rest += strspn(*rest, ",");
	if (!**rest)
		return NULL;
	for (; **rest && (is_quoted || **rest != ','); (*rest)++) {
		if (**rest == '"')
			is_quoted = !is_quoted;
		else
			str_append_char(&option, **rest);
	}
	return str_take(&option);
}

static int set_option(int fs, char *option)
{
	char *value = strchr(option, '=');
	int ret;

	if (!value)
		return set_flag(fs, option);
	*value = '\0';
	ret = set_string(fs, option, value + 1);
	*value = '=';
	return ret;
}

/* What the filesystem has to say: lines such as "e tmpfs: Unknown parameter 'x'"; the first. */
static void append_words(int fs, struct error *err)
{
	char words[256];
	ssize_t n = read(fs, words, sizeof(words) - 1);

	if (n <= 2)
		return;
	words[n] = '\0';
	words[strcspn(words, "\n")] = '\0';
	error_append(err, " (%s)", words + 2);
}

static int set_options(int fs, const char *type, const char *data, struct error *err)
{
	for (const char *rest = data ? data : "";;) {
		auto_free char *option = next_option(&rest);

		if (!option)
			return 0;
		if (strlen(option) > MAX_VALUE + strcspn(option, "=") + 1)
			return error_set(err, ERR_LIMIT, "%s: option %.20s...: too long", type,
			                 option);
		if (set_option(fs, option) == 0)
			continue;
		error_errno(err, "%s: option %s", type, option);
		append_words(fs, err);
		return -1;
	}
}

static int set_filesystem_flags(int fs, const char *type, unsigned long flags, struct error *err)
{
	for (size_t i = 0; i < sizeof(filesystem_flags) / sizeof(filesystem_flags[0]); i++) {
		if ((flags & filesystem_flags[i].flag) &&
		    set_flag(fs, filesystem_flags[i].name) < 0)
			return error_errno(err, "%s: option %s", type, filesystem_flags[i].name);
	}
	return 0;
}

int mount_new_make(const char *type, const char *source, const struct mount_flags *flags,
                   const char *data, struct error *err)
{
	auto_fd int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	auto_fd int tree = -1;

	if (fs < 0)
		return error_errno(err, "open filesystem %s", type);
	if (source && set_string(fs, "source", source) < 0)
		return error_errno(err, "%s: source %s", type, source);
	if (set_filesystem_flags(fs, type, flags->set, err) < 0 ||
	    set_options(fs, type, data, err) < 0)
		return -1;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) {
		error_errno(err, "make filesystem %s", type);
		append_words(fs, err);
		return -1;
	}
	tree = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (tree < 0)
		return error_errno(err, "mount filesystem %s", type);
	if (mount_change(&(struct mount_target){.path = type, .fd = tree}, flags, err) < 0)
		return -1;
	return fd_take(&tree);
}

int mount_new_explain(const char *type, const char *data, struct error *err)
{
	auto_fd int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	struct error refusal = {0};

	if (fs >= 0 && set_options(fs, type, data, &refusal) < 0)
		return error_append(err, ": %s", refusal.msg);
	return error_append(err, " (options: %s)", data);
}
