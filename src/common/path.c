/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See path.h. openat2(2): "the kernel could not ensure that a '..' component didn't
 * escape (due to a race condition)" is EAGAIN; it is tried again with a bound. ENOSYS
 * (before 5.6) and EPERM (a sandbox that does not know the call) lead to the walk.
 */
#include "common/path.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"

#define EAGAIN_TRIES 64
#define LINK_LIMIT 40 /* as the kernel's MAXSYMLINKS */

struct path_fd_link path_fd_link(int fd)
{
	struct path_fd_link link;

	snprintf(link.s, sizeof(link.s), "/proc/self/fd/%d", fd);
	return link;
}

/* Next component of *@rest, or NULL at its end; *@rest moves behind it. */
static char *next_component(const char **rest)
{
	const char *start = *rest + strspn(*rest, "/");
	size_t len = strcspn(start, "/");

	*rest = start + len;
	return len ? mem_strndup(start, len) : NULL;
}

static int read_link_at(int dirfd, const char *name, char **ret)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	*ret = mem_strdup(target);
	return 0;
}

/* The state of one walk: where it is, and what is left to resolve. */
struct walk {
	int rootfd;
	int *stack; /* directories from the root down; a ".." pops one */
	size_t depth;
	char *rest; /* owned text still to be resolved */
	unsigned links;
};

static void walk_clear(struct walk *walk)
{
	int saved = errno;

	for (size_t i = 0; i < walk->depth; i++)
		close(walk->stack[i]);
	free(walk->stack);
	free(walk->rest);
	errno = saved;
}

static int walk_here(const struct walk *walk)
{
	return walk->depth ? walk->stack[walk->depth - 1] : walk->rootfd;
}

static void walk_push(struct walk *walk, int fd)
{
	mem_array_grow(walk->stack, walk->depth);
	walk->stack[walk->depth++] = fd;
}

static void walk_pop_to(struct walk *walk, size_t depth)
{
	while (walk->depth > depth)
		close(walk->stack[--walk->depth]);
}

/* Put a link's target before the rest of the path; an absolute one starts at the root again. */
static int walk_follow(struct walk *walk, const char *name, const char *rest)
{
	auto_free char *target = NULL;
	char *joined;

	if (++walk->links > LINK_LIMIT) {
		errno = ELOOP;
		return -1;
	}
	if (read_link_at(walk_here(walk), name, &target) < 0)
		return -1;
	if (target[0] == '/')
		walk_pop_to(walk, 0);
	joined = mem_printf("%s/%s", target, rest);
	free(walk->rest);
	walk->rest = joined;
	return 1;
}

/* One component; 1 if the rest was replaced by a link's target, 0 if it is done. */
static int walk_step(struct walk *walk, const char *name, const char *rest, int flags)
{
	bool last = rest[strspn(rest, "/")] == '\0';
	struct stat st;
	int fd;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		walk_pop_to(walk, walk->depth ? walk->depth - 1 : 0);
		return 0;
	}
	fd = openat(walk_here(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	walk_push(walk, fd);
	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISLNK(st.st_mode) || (last && (flags & O_NOFOLLOW)))
		return 0;
	walk_pop_to(walk, walk->depth - 1);
	return walk_follow(walk, name, rest);
}

/* Turn the O_PATH descriptor of the walk's end into one with @flags. */
static int walk_finish(const struct walk *walk, int flags)
{
	struct path_fd_link link = path_fd_link(walk_here(walk));
	struct stat st;
	int fd;

	if (flags & O_PATH) {
		fd = fcntl(walk_here(walk), F_DUPFD_CLOEXEC, 0);
		if (fd >= 0 && (flags & O_DIRECTORY) && fstat(fd, &st) == 0 &&
		    !S_ISDIR(st.st_mode)) {
			fd_close(&fd);
			errno = ENOTDIR;
		}
		return fd;
	}
	return open(link.s, flags & ~O_NOFOLLOW);
}

static int open_by_walk(int rootfd, const char *path, int flags)
{
	__attribute__((cleanup(walk_clear))) struct walk walk = {
		.rootfd = rootfd,
		.rest = mem_strdup(path),
	};

	for (const char *rest = walk.rest;;) {
		auto_free char *name = next_component(&rest);
		int stepped = name ? walk_step(&walk, name, rest, flags) : 0;

		if (stepped < 0)
			return -1;
		if (!name)
			return walk_finish(&walk, flags | O_CLOEXEC);
		if (stepped > 0)
			rest = walk.rest;
	}
}

static int open_in_root(int rootfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	for (int i = 0; i < EAGAIN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, rootfd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_by_walk(rootfd, path, flags);
	return fd;
}

int path_open_in_root(int rootfd, const char *path, int flags, struct error *err)
{
	int fd = open_in_root(rootfd, path[0] ? path : "/", flags);

	return fd < 0 ? error_errno(err, "open %s in the root filesystem", path) : fd;
}

/*
 * Directories down to the end of @path. What exists is resolved as far as it goes,
 * links included; the first missing component starts the making, one at a time, so
 * that nothing is ever made outside the root.
 */
static int make_directories(int rootfd, const char *path)
{
	auto_str struct str done = {0};
	int here = open_in_root(rootfd, "/", O_PATH | O_DIRECTORY);

	for (const char *rest = path; here >= 0;) {
		auto_free char *name = next_component(&rest);
		auto_fd int parent = here;

		if (!name)
			return fd_take(&parent);
		str_append_char(&done, '/');
		str_append(&done, name);
		here = open_in_root(rootfd, done.s, O_PATH | O_DIRECTORY);
		if (here >= 0 || errno != ENOENT)
			continue;
		if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
			return -1;
		here = open_in_root(rootfd, done.s, O_PATH | O_DIRECTORY);
	}
	return here;
}

/*
 * Where a dangling link stands for the last component, the link's target is what is
 * to be made: the caller asks for the path, not for the link.
 */
static char *resolve_dangling(int rootfd, const char *path)
{
	char *now = path_clean(path);

	for (int i = 0; i < LINK_LIMIT; i++) {
		auto_free char *target = NULL;
		auto_free char *before = NULL;
		char *slash = strrchr(now, '/');
		auto_fd int fd = open_in_root(rootfd, now, O_PATH | O_NOFOLLOW);

		if (fd < 0 || read_link_at(fd, "", &target) < 0)
			break;
		before = mem_strndup(now, slash ? (size_t)(slash - now) : 0);
		free(now);
		if (target[0] != '/') {
			auto_free char *joined = mem_printf("%s/%s", before, target);

			now = path_clean(joined);
		} else {
			now = path_clean(target);
		}
	}
	return now;
}

int path_open_parent_in_root(int rootfd, const char *path, char **ret_name, struct error *err)
{
	auto_free char *clean = path_clean(path);
	char *slash = strrchr(clean, '/');
	const char *name = slash ? slash + 1 : clean;
	auto_free char *parent = mem_strndup(clean, slash ? (size_t)(slash - clean) : 0);
	int fd;

	if (!name[0] || strcmp(name, ".") == 0)
		return error_set(err, ERR_INVALID, "%s names the root itself", path);
	fd = make_directories(rootfd, parent);
	if (fd < 0)
		return error_errno(err, "make the directory of %s in the root filesystem", path);
	*ret_name = mem_strdup(name);
	return fd;
}

static int make_file(int rootfd, const char *path, struct error *err)
{
	auto_free char *name = NULL;
	auto_fd int parent = path_open_parent_in_root(rootfd, path, &name, err);
	auto_fd int fd = -1;

	if (parent < 0)
		return -1;
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "create %s in the root filesystem", path);
	fd_close(&fd);
	return path_open_in_root(rootfd, path, O_PATH, err);
}

int path_make_in_root(int rootfd, const char *path, bool is_dir, struct error *err)
{
	auto_free char *target = NULL;
	int fd = open_in_root(rootfd, path[0] ? path : "/", O_PATH);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return error_errno(err, "open %s in the root filesystem", path);
	target = resolve_dangling(rootfd, path);
	if (!is_dir)
		return make_file(rootfd, target, err);
	fd = make_directories(rootfd, target);
	return fd < 0 ? error_errno(err, "make directory %s in the root filesystem", path) : fd;
}

char *path_clean(const char *path)
{
	auto_str struct str out = {0};
	bool absolute = path[0] == '/';

	for (const char *rest = path;;) {
		auto_free char *name = next_component(&rest);
		char *slash;

		if (!name)
			break;
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			slash = out.len ? strrchr(out.s, '/') : NULL;
			out.len = slash ? (size_t)(slash - out.s) : 0;
			if (out.s)
				out.s[out.len] = '\0';
			continue;
		}
		if (out.len || absolute)
			str_append_char(&out, '/');
		str_append(&out, name);
	}
	if (!out.len)
		str_append(&out, absolute ? "/" : ".");
	return str_take(&out);
}

char *path_absolute(const char *path, struct error *err)
{
	auto_free char *cwd = NULL;
	auto_free char *joined = NULL;

	if (path[0] == '/')
		return path_clean(path);
	cwd = getcwd(NULL, 0);
	if (!cwd) {
		error_errno(err, "find the working directory for %s", path);
		return NULL;
	}
	joined = mem_printf("%s/%s", cwd, path);
	return path_clean(joined);
}
