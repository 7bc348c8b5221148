/* SPDX-License-Identifier: Apache-2.0 */
/* See state_dir.h. */
#include "runtime/state_dir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/caller.h"

/* Is the directory @path, which must be absolute, the caller's own and closed to others? */
static bool is_private_dir(const char *path)
{
	struct stat st;

	return path[0] == '/' && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && (st.st_mode & 0777) == 0700;
}

/* The temporary directory is everybody's: what lies there under our name is not trusted. */
static int open_temporary(struct error *err)
{
	const char *tmp = getenv("TMPDIR");
	auto_free char *path = mem_printf("%s/rtl-%u", str_is_empty(tmp) ? "/tmp" : tmp, geteuid());
	auto_fd int fd = -1;
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "create state directory %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open state directory %s", path);
	if (st.st_uid != geteuid() || (st.st_mode & 0777) != 0700)
		return error_set(err, ERR_DENIED,
		                 "state directory %s belongs to user %u with mode %03o, not to "
		                 "user %u with 700: remove it or set XDG_RUNTIME_DIR",
		                 path, st.st_uid, st.st_mode & 0777, geteuid());
	return fd_take(&fd);
}

/* mkdir -p, each made directory 0700. */
static int make_path(const char *path, struct error *err)
{
	auto_free char *copy = mem_strdup(path);

	for (char *slash = copy[0] ? strchr(copy + 1, '/') : NULL; slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return error_errno(err, "create state directory %s", copy);
		*slash = '/';
	}
	if (mkdir(copy, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "create state directory %s", copy);
	return 0;
}

static int open_made(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return error_errno(err, "open state directory %s", path);
	if (make_path(path, err) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? error_errno(err, "open state directory %s", path) : fd;
}

int state_dir_open(const struct runtime_options *opts, struct error *err)
{
	const char *runtime_dir = getenv("XDG_RUNTIME_DIR");
	auto_free char *user_dir = NULL;
	auto_free char *path = NULL;

	if (opts->root)
		return open_made(opts->root, err);
	if (caller_get()->is_real_root)
		return open_made("/run/rtl", err);
	user_dir = mem_printf("/run/user/%u", geteuid());
	if (str_is_empty(runtime_dir) || !is_private_dir(runtime_dir))
		runtime_dir = is_private_dir(user_dir) ? user_dir : NULL;
	if (!runtime_dir)
		return open_temporary(err);
	path = mem_printf("%s/rtl", runtime_dir);
	return open_made(path, err);
}
