/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See copy_up.h. The covered tree may be written by others at the same time: what was
 * looked at is opened without following a link, and looked at again. The new tree is
 * attached nowhere yet, so names in it mean what they meant.
 */
#include "runtime/init/copy_up.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"

#define CHUNK_BYTES (1 << 20)

/* One directory on the way down. */
struct level {
	DIR *from;
	int to_fd;
};

struct copy {
	const char *path; /* for messages */
	struct level levels[COPY_UP_MAX_DEPTH];
	size_t depth;
};

static void copy_clear(struct copy *copy)
{
	while (copy->depth) {
		struct level *level = &copy->levels[--copy->depth];

		cleanup_dir(&level->from);
		cleanup_fd(&level->to_fd);
	}
}

static int fail(const struct copy *copy, const char *doing, const char *name, struct error *err)
{
	return error_errno(err, "tmpcopyup of %s: %s %s", copy->path, doing, name);
}

/* What a user namespace does not map, or does not allow, stays behind. */
static bool is_beyond_rights(void)
{
	return errno == EPERM || errno == EINVAL || errno == ENOTSUP;
}

/* Owner first, since that clears set-ID bits and capabilities. */
static int copy_owner_and_mode(int fd, const struct stat *st)
{
	mode_t mode = st->st_mode & 07777;

	if (fchown(fd, st->st_uid, st->st_gid) < 0) {
		if (!is_beyond_rights())
			return -1;
		mode &= ~(mode_t)(S_ISUID | S_ISGID);
	}
	return fchmod(fd, mode);
}

static int copy_xattr(int from_fd, int to_fd, const char *name)
{
	ssize_t n = fgetxattr(from_fd, name, NULL, 0);
	auto_free char *value = n < 0 ? NULL : mem_zalloc((size_t)n + 1);

	if (n >= 0)
		n = fgetxattr(from_fd, name, value, (size_t)n);
	/* One that went meanwhile, or grew, is as one that was never seen. */
	if (n < 0 || fsetxattr(to_fd, name, value, (size_t)n, 0) == 0)
		return 0;
	return is_beyond_rights() ? 0 : -1;
}

static int copy_xattrs(int from_fd, int to_fd)
{
	ssize_t n = flistxattr(from_fd, NULL, 0);
	auto_free char *names = n > 0 ? mem_zalloc((size_t)n + 1) : NULL;

	if (n > 0)
		n = flistxattr(from_fd, names, (size_t)n);
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(names + at) + 1) {
		if (copy_xattr(from_fd, to_fd, names + at) < 0)
			return -1;
	}
	return 0;
}

static int copy_attributes(int from_fd, int to_fd, const struct stat *st)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};

	if (copy_owner_and_mode(to_fd, st) < 0 || copy_xattrs(from_fd, to_fd) < 0)
		return -1;
	return futimens(to_fd, times);
}

static int copy_data(int from_fd, int to_fd)
{
	for (;;) {
		ssize_t n = sendfile(to_fd, from_fd, NULL, CHUNK_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
	}
}

/* Without O_NONBLOCK a FIFO put there meanwhile would hold us for ever. */
static int copy_file(const struct copy *copy, const struct level *level, const char *name,
                     struct error *err)
{
	auto_fd int from = openat(dirfd(level->from), name,
	                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_fd int to = -1;
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return fail(copy, "open", name, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INVALID, "tmpcopyup of %s: %s was changed meanwhile",
		                 copy->path, name);
	to = openat(level->to_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0 || copy_data(from, to) < 0 || copy_attributes(from, to, &st) < 0)
		return fail(copy, "copy", name, err);
	return 0;
}

static int copy_link(const struct copy *copy, const struct level *level, const char *name,
                     const struct stat *st, struct error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd(level->from), name, target, sizeof(target) - 1);

	if (n < 0)
		return fail(copy, "read link", name, err);
	target[n] = '\0';
	if (symlinkat(target, level->to_fd, name) < 0)
		return fail(copy, "make link", name, err);
	if (fchownat(level->to_fd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
	    !is_beyond_rights())
		return fail(copy, "set the owner of", name, err);
	return 0;
}

/* Devices, FIFOs, sockets. A user namespace may make no device: there is then none. */
static int copy_node(const struct copy *copy, const struct level *level, const char *name,
                     const struct stat *st, struct error *err)
{
	if (mknodat(level->to_fd, name, st->st_mode, st->st_rdev) < 0)
		return errno == EPERM ? 0 : fail(copy, "make node", name, err);
	if (fchownat(level->to_fd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
	    !is_beyond_rights())
		return fail(copy, "set the owner of", name, err);
	return 0;
}

/* Takes both descriptors. */
static int push(struct copy *copy, int from_fd, int to_fd, struct error *err)
{
	struct level *level = &copy->levels[copy->depth];

	*level = (struct level){.from = fdopendir(from_fd), .to_fd = to_fd};
	if (!level->from) {
		fail(copy, "read", "a directory", err);
		cleanup_fd(&from_fd);
		cleanup_fd(&to_fd);
		return -1;
	}
	copy->depth++;
	return 0;
}

static int enter_directory(struct copy *copy, const struct level *level, const char *name,
                           struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	auto_fd int from = openat(dirfd(level->from), name, flags);
	auto_fd int to = -1;

	if (from < 0)
		return fail(copy, "open", name, err);
	if (copy->depth == COPY_UP_MAX_DEPTH)
		return error_set(err, ERR_LIMIT, "tmpcopyup of %s: more than %d levels", copy->path,
		                 COPY_UP_MAX_DEPTH);
	if (mkdirat(level->to_fd, name, 0700) < 0 || (to = openat(level->to_fd, name, flags)) < 0)
		return fail(copy, "make directory", name, err);
	return push(copy, fd_take(&from), fd_take(&to), err);
}

static int copy_entry(struct copy *copy, const struct level *level, const char *name,
                      struct error *err)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (fstatat(dirfd(level->from), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(copy, "look at", name, err);
	if (S_ISDIR(st.st_mode))
		return enter_directory(copy, level, name, err);
	if (S_ISREG(st.st_mode))
		return copy_file(copy, level, name, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(copy, level, name, &st, err);
	return copy_node(copy, level, name, &st, err);
}

/* A directory gets its mode last: it may not be writable for its own owner. */
static int leave_directory(struct copy *copy, struct error *err)
{
	struct level *level = &copy->levels[copy->depth - 1];
	struct stat st;

	if (copy->depth > 1 && (fstat(dirfd(level->from), &st) < 0 ||
	                        copy_attributes(dirfd(level->from), level->to_fd, &st) < 0))
		return fail(copy, "copy attributes of", "a directory", err);
	copy->depth--;
	cleanup_dir(&level->from);
	cleanup_fd(&level->to_fd);
	return 0;
}

int copy_up_tree(int from_fd, int to_fd, const char *path, struct error *err)
{
	auto_call(copy_clear) struct copy copy = {.path = path};
	auto_fd int from = fcntl(from_fd, F_DUPFD_CLOEXEC, 0);
	auto_fd int to = fcntl(to_fd, F_DUPFD_CLOEXEC, 0);

	if (from < 0 || to < 0)
		return fail(&copy, "open", "it", err);
	if (push(&copy, fd_take(&from), fd_take(&to), err) < 0)
		return -1;
	while (copy.depth) {
		const struct level *level = &copy.levels[copy.depth - 1];
		const struct dirent *entry;

		errno = 0;
		entry = readdir(level->from);
		if (!entry && errno)
			return fail(&copy, "read", "a directory", err);
		if ((entry ? copy_entry(&copy, level, entry->d_name, err)
		           : leave_directory(&copy, err)) < 0)
			return -1;
	}
	return 0;
}

int copy_up_attributes(int from_fd, int to_fd, const char *path, struct error *err)
{
	const struct copy copy = {.path = path};
	struct timespec times[2];
	struct stat st;

	if (fstat(from_fd, &st) < 0)
		return fail(&copy, "look at", "it", err);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (fchown(to_fd, st.st_uid, st.st_gid) < 0 && !is_beyond_rights())
		return fail(&copy, "set the owner of", "its root", err);
	return futimens(to_fd, times) < 0 ? fail(&copy, "set the times of", "its root", err) : 0;
}
