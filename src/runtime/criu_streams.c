/* SPDX-License-Identifier: Apache-2.0 */
/* See criu_streams.h. */
#include "runtime/criu_streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/caller.h"

#define FILE_NAME "descriptors.json"
#define MAX_BYTES 65536
#define MOUNTINFO_MAX_BYTES (1U << 26)
#define PIPE_PREFIX "pipe:["
#define FILE_PREFIX "file["

void criu_streams_record(struct state_record *record)
{
	record->streams = json_alloc(record, (CRIU_STREAMS_N + 1) * sizeof(*record->streams));
	record->n_streams = CRIU_STREAMS_N;
	for (int i = 0; i < CRIU_STREAMS_N; i++) {
		char path[32];
		char name[64];
		ssize_t n;

		snprintf(path, sizeof(path), "self/fd/%d", i);
		n = readlinkat(caller_get()->proc_fd, path, name, sizeof(name) - 1);
		name[n > 0 ? n : 0] = '\0';
		record->streams[i] =
			json_strdup(record, str_has_prefix(name, PIPE_PREFIX) ? name : "");
	}
}

/* Is there a mount of this ID in @mountinfo? */
static bool has_mount(const char *mountinfo, unsigned long id)
{
	for (const char *line = mountinfo; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line && strtoul(line, NULL, 10) == id)
			return true;
	}
	return false;
}

/* The mount that descriptor @i of process @pid is on; 0 if that cannot be said. */
static unsigned long mount_id_of(pid_t pid, int i)
{
	auto_free char *path = mem_printf("%d/fdinfo/%d", pid, i);
	auto_free char *text = NULL;
	struct error ignored;
	const char *line;

	if (file_read(caller_get()->proc_fd, path, 4096, &text, &ignored) < 0)
		return 0;
	line = strstr(text, "mnt_id:");
	return line ? strtoul(line + sizeof("mnt_id:") - 1, NULL, 10) : 0;
}

/* criu's name of stream @i if it is a file outside of the container; caller frees, else NULL. */
static char *outside_name(pid_t pid, const char *mountinfo, int i)
{
	auto_free char *path = mem_printf("%d/fd/%d", pid, i);
	unsigned long id = mount_id_of(pid, i);
	struct stat st;

	if (!id || fstatat(caller_get()->proc_fd, path, &st, 0) < 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) || has_mount(mountinfo, id))
		return NULL;
	return mem_printf(FILE_PREFIX "%lx:%llx]", id, (unsigned long long)st.st_ino);
}

/* A pipe's name needs no escapes; what else may be in a state file is not passed on. */
static const char *pipe_name(const struct state_record *record, size_t i)
{
	const char *name = i < record->n_streams ? record->streams[i] : "";

	return str_has_prefix(name, PIPE_PREFIX) && !strpbrk(name, "\"\\") ? name : "";
}

int criu_streams_save(const struct state_record *record, struct criu_setup *setup,
                      struct error *err)
{
	auto_free char *path = mem_printf("%d/mountinfo", record->pid);
	auto_free char *mountinfo = NULL;
	auto_str struct str text = {0};

	if (file_read(caller_get()->proc_fd, path, MOUNTINFO_MAX_BYTES, &mountinfo, err) < 0)
		return -1;
	for (int i = 0; i < CRIU_STREAMS_N; i++) {
		auto_free char *outside = outside_name(record->pid, mountinfo, i);

		str_appendf(&text, "%s\"%s\"", i ? "," : "[",
		            outside ? outside : pipe_name(record, (size_t)i));
		if (outside)
			criu_setup_external(setup, ptr_take(outside));
	}
	str_append_char(&text, ']');
	return file_replace(setup->image_fd, FILE_NAME, text.s, text.len, 0600, err);
}

static char *skip_space(char *s)
{
	return s + strspn(s, " \t\r\n");
}

/* The end of the string that begins behind @s, or NULL. */
static char *string_end(char *s)
{
	for (; *s && *s != '"'; s++) {
		if (*s == '\\' && !*++s)
			return NULL;
	}
	return *s ? s : NULL;
}

static int damaged(struct error *err)
{
	return error_set(err, ERR_INVALID, "%s: expected an array of strings", FILE_NAME);
}

int criu_streams_parse(struct criu_streams *streams, struct error *err)
{
	char *s = skip_space(streams->text);

	streams->n = 0;
	if (*s++ != '[')
		return damaged(err);
	s = skip_space(s);
	for (int i = 0; *s != ']'; i++) {
		char *name = s + 1;
		char *end = *s == '"' ? string_end(name) : NULL;

		if (!end)
			return damaged(err);
		*end = '\0';
		s = skip_space(end + 1);
		if (*s == ',')
			s = skip_space(s + 1);
		else if (*s != ']')
			return damaged(err);
		if (i < CRIU_STREAMS_N &&
		    (str_has_prefix(name, PIPE_PREFIX) || str_has_prefix(name, FILE_PREFIX)))
			streams->fds[streams->n++] = (struct criu_rpc_fd){.key = name, .fd = i};
	}
	return 0;
}

int criu_streams_load(struct criu_streams *ret, int image_fd, struct error *err)
{
	ret->n = 0;
	if (file_read(image_fd, FILE_NAME, MAX_BYTES, &ret->text, err) < 0)
		return err->errnum == ENOENT ? 0 : -1;
	return criu_streams_parse(ret, err);
}
