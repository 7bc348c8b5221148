/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See exec_user.h. The files are the container's: opened below its root, only if they
 * are regular files, and read up to a bound. passwd(5), group(5).
 */
#include "runtime/exec_user.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/str.h"

#define FILE_MAX_BYTES (16U << 20)
#define MAX_FIELDS 7

/* A line of such a file, its fields terminated. */
struct entry {
	char *fields[MAX_FIELDS];
	size_t n;
};

/* In passwd: name, password, UID, GID; in group: name, password, GID, members. */
enum { NAME = 0, PASSWD_UID = 2, PASSWD_GID = 3, GROUP_GID = 2, GROUP_MEMBERS = 3 };

static bool is_number(const char *text)
{
	return (text[0] >= '0' && text[0] <= '9') || text[0] == '+' || text[0] == '-';
}

/* Behind the first colon, or NULL. */
static const char *group_part(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon ? colon + 1 : NULL;
}

bool exec_user_needs_root(const char *text)
{
	const char *group = group_part(text);

	return (text[0] && text[0] != ':' && !is_number(text)) ||
	       (group && group[0] && !is_number(group));
}

int exec_user_id(const char *option, const char *text, uint32_t *ret, struct error *err)
{
	uint64_t value;

	/* The largest number means "leave it as it is" to setresuid(2): it is no ID. */
	if (str_to_uint(text, UINT32_MAX - 1, &value) < 0)
		return error_set(err, ERR_INVALID, "%s %s: is not a number below %u", option, text,
		                 UINT32_MAX);
	*ret = (uint32_t)value;
	return 0;
}

/* Looked at before it is opened for reading: opening a device or a FIFO may do something. */
static ssize_t read_in_root(int root_fd, const char *path, char **ret, struct error *err)
{
	auto_fd int path_fd = path_open_in_root(root_fd, path, O_PATH, err);
	auto_fd int fd = -1;
	struct stat st;

	if (path_fd < 0)
		return -1;
	if (fstat(path_fd, &st) < 0)
		return error_errno(err, "read %s of the container", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INVALID, "%s of the container is not a regular file",
		                 path);
	fd = open(path_fd_link(path_fd).s, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "read %s of the container", path);
	return file_read_fd(fd, path, FILE_MAX_BYTES, ret, err);
}

/* Take the next line of *@text apart; false at the end. */
static bool next_entry(char **text, struct entry *ret)
{
	char *line = *text;
	size_t len;

	if (!*line)
		return false;
	len = strcspn(line, "\n");
	*text = line + len + (line[len] == '\n');
	line[len] = '\0';
	*ret = (struct entry){.fields = {line}, .n = 1};
	while (ret->n < MAX_FIELDS && (line = strchr(line, ':'))) {
		*line++ = '\0';
		ret->fields[ret->n++] = line;
	}
	return true;
}

/* The entry called @name, which must have more fields than @last. */
static int find_entry(const char *path, char *text, const char *name, size_t last,
                      struct entry *ret, struct error *err)
{
	while (next_entry(&text, ret)) {
		if (strcmp(ret->fields[NAME], name) == 0)
			return ret->n > last ? 0
			                     : error_set(err, ERR_INVALID,
			                                 "%s of the container: the entry of %s is "
			                                 "malformed",
			                                 path, name);
	}
	return error_set(err, ERR_NOT_FOUND, "%s of the container has no %s", path, name);
}

static bool is_member(const char *members, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = members; *p;) {
		size_t n = strcspn(p, ",");

		if (n == len && strncmp(p, name, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

/* The groups that list @name. A container without the file has none. */
static int set_memberships(void *owner, int root_fd, const char *name, struct oci_user *user,
                           struct error *err)
{
	auto_free char *text = NULL;
	auto_free uint32_t *gids = NULL;
	char *rest;
	struct entry entry;
	size_t n = 0;

	user->additional_gids = NULL;
	user->n_additional_gids = 0;
	if (read_in_root(root_fd, "/etc/group", &text, err) < 0)
		return err->kind == ERR_NOT_FOUND ? 0 : -1;
	rest = text;
	while (next_entry(&rest, &entry)) {
		if (entry.n <= GROUP_MEMBERS || !is_member(entry.fields[GROUP_MEMBERS], name))
			continue;
		mem_array_grow(gids, n);
		if (exec_user_id("/etc/group of the container: group", entry.fields[GROUP_GID],
		                 &gids[n++], err) < 0)
			return -1;
	}
	if (!n)
		return 0;
	user->additional_gids = json_alloc(owner, n * sizeof(*gids));
	memcpy(user->additional_gids, gids, n * sizeof(*gids));
	user->n_additional_gids = n;
	return 0;
}

static int set_user_by_name(void *owner, int root_fd, const char *name, bool has_group,
                            struct oci_user *user, struct error *err)
{
	static const char path[] = "/etc/passwd";
	auto_free char *text = NULL;
	struct entry entry;

	if (read_in_root(root_fd, path, &text, err) < 0 ||
	    find_entry(path, text, name, PASSWD_GID, &entry, err) < 0 ||
	    exec_user_id("/etc/passwd of the container: user", entry.fields[PASSWD_UID], &user->uid,
	                 err) < 0 ||
	    exec_user_id("/etc/passwd of the container: group", entry.fields[PASSWD_GID],
	                 &user->gid, err) < 0)
		return -1;
	if (!has_group)
		return set_memberships(owner, root_fd, name, user, err);
	user->additional_gids = NULL;
	user->n_additional_gids = 0;
	return 0;
}

static int set_group(int root_fd, const char *group, struct oci_user *user, struct error *err)
{
	static const char path[] = "/etc/group";
	auto_free char *text = NULL;
	struct entry entry;

	if (is_number(group))
		return exec_user_id("group", group, &user->gid, err);
	if (read_in_root(root_fd, path, &text, err) < 0 ||
	    find_entry(path, text, group, GROUP_GID, &entry, err) < 0)
		return -1;
	return exec_user_id("/etc/group of the container: group", entry.fields[GROUP_GID],
	                    &user->gid, err);
}

int exec_user_set(void *owner, int root_fd, const char *text, struct oci_user *user,
                  struct error *err)
{
	auto_free char *name = mem_strndup(text, strcspn(text, ":"));
	const char *group = group_part(text);
	int ret;

	if (!name[0] || (group && !group[0]))
		return error_set(err, ERR_INVALID, "--user %s: expected USER or USER:GROUP", text);
	if (is_number(name))
		ret = exec_user_id("user", name, &user->uid, err);
	else
		ret = set_user_by_name(owner, root_fd, name, group, user, err);
	if (ret == 0 && group)
		ret = set_group(root_fd, group, user, err);
	return ret < 0 ? error_wrap(err, "--user %s", text) : 0;
}
