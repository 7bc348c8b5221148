/* SPDX-License-Identifier: Apache-2.0 */
/* See resctrl.h. */
#include "kernel/resctrl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"

#define MOUNT_POINT "/sys/fs/resctrl"
#define MAGIC 0x7655821
#define SCHEMATA_MAX_BYTES 65536
#define BLANKS " \t\n"

int resctrl_open(struct error *err)
{
	auto_fd int fd = open(MOUNT_POINT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != MAGIC)
		return error_set(err, ERR_UNSUPPORTED,
		                 "resctrl is not mounted at " MOUNT_POINT
		                 " (it takes a CPU with resource control and, since Linux 4.10, "
		                 "CONFIG_X86_CPU_RESCTRL)");
	return fd_take(&fd);
}

/* What the kernel itself says of its last refusal. */
static int explain(int root_fd, struct error *err)
{
	auto_free char *text = NULL;
	struct error none;

	if (file_read(root_fd, "info/last_cmd_status", 1024, &text, &none) <= 0 ||
	    str_has_prefix(text, "ok"))
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return error_append(err, " (%s)", text);
}

int resctrl_make_group(int root_fd, const char *path, bool *ret_is_new, struct error *err)
{
	*ret_is_new = mkdirat(root_fd, path, 0755) == 0;
	if (*ret_is_new || errno == EEXIST)
		return 0;
	error_errno(err, "make resctrl group %s", path);
	return explain(root_fd, err);
}

bool resctrl_has_group(int root_fd, const char *path)
{
	struct stat st;

	return fstatat(root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

int resctrl_remove_group(int root_fd, const char *path, struct error *err)
{
	if (unlinkat(root_fd, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return error_errno(err, "remove resctrl group %s", path);
}

static int write_file(int root_fd, const char *path, const char *name, const char *text,
                      struct error *err)
{
	auto_free char *file = mem_printf("%s/%s", path, name);
	auto_fd int fd = openat(root_fd, file, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) >= 0)
		return 0;
	error_errno(err, "write %s of resctrl group %s", name, path);
	return explain(root_fd, err);
}

int resctrl_write_schemata(int root_fd, const char *path, const char *lines, struct error *err)
{
	return write_file(root_fd, path, "schemata", lines, err);
}

int resctrl_add_task(int root_fd, const char *path, pid_t pid, struct error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return write_file(root_fd, path, "tasks", text, err);
}

/* Numbers as they are written by anybody: padded with blanks or zeros, in any case. */
static bool is_same_number(const char *a, const char *b)
{
	a += strspn(a, BLANKS);
	b += strspn(b, BLANKS);
	a += strspn(a, "0");
	b += strspn(b, "0");
	return strcasecmp(a, b) == 0;
}

/* Takes "0=7f0" apart; the value, or NULL. */
static char *split_domain(char *domain)
{
	char *value = strchr(domain, '=');
	size_t len;

	if (!value)
		return NULL;
	*value++ = '\0';
	len = strlen(value);
	while (len && strchr(BLANKS, value[len - 1]))
		value[--len] = '\0';
	return value;
}

/* Is @domain of @value among @domains, which are written with semicolons between? */
static bool has_domain(const char *domains, const char *domain, const char *value)
{
	auto_free char *copy = mem_strdup(domains);
	char *rest = copy;
	char *other;

	while ((other = strsep(&rest, ";"))) {
		const char *its_value = split_domain(other);

		if (its_value && is_same_number(other, domain))
			return is_same_number(its_value, value);
	}
	return false;
}

static bool has_domains(const char *domains, const char *wanted)
{
	auto_free char *copy = mem_strdup(wanted);
	char *rest = copy;
	char *domain;

	while ((domain = strsep(&rest, ";"))) {
		const char *value = split_domain(domain);

		if (domain[strspn(domain, BLANKS)] &&
		    (!value || !has_domain(domains, domain, value)))
			return false;
	}
	return true;
}

int resctrl_has_schema(int root_fd, const char *path, const char *line, struct error *err)
{
	auto_free char *file = mem_printf("%s/schemata", path);
	size_t name_len = strcspn(line, ":") + 1;
	auto_free char *text = NULL;
	char *rest;
	char *own;

	if (file_read(root_fd, file, SCHEMATA_MAX_BYTES, &text, err) < 0)
		return error_wrap(err, "resctrl group %s", path);
	if (name_len > strlen(line))
		return 0;
	rest = text;
	while ((own = strsep(&rest, "\n"))) {
		own += strspn(own, BLANKS);
		if (strncmp(own, line, name_len) == 0)
			return has_domains(own + name_len, line + name_len);
	}
	return 0;
}
