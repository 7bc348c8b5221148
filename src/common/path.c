/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See path.h. openat2(2): "the kernel could not ensure that a '..' component didn't
 * escape (due to a race condition)" is EAGAIN; it is tried again with a bound. ENOSYS
 * (before 5.6) and EPERM (a sandbox that does not know the call) lead to the walk.
 */
#include "common/path.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

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

/* What a walk does where a component is missing. */
enum making { MAKE_NOTHING, MAKE_FILE, MAKE_DIRECTORY };

/* The state of one walk: where it is, and what is left to resolve. */
struct walk {
	int rootfd;
	int *stack; /* directories from the root down; a ".." pops one */
	size_t depth;
	char *rest; /* owned text still to be resolved */
	unsigned links;
	int flags;
	enum making making; /* of the last component; those before it are directories */
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

/* Links of proc that lead to an object and not to a name: their text is made up. */
static bool is_magic_link(int fd, const char *target)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
	       (target[0] == '/' || strchr(target, ':'));
}

/* Put the target of the link @fd before the rest; an absolute one starts at the root again. */
static int walk_follow(struct walk *walk, int fd, const char *rest)
{
	auto_free char *target = NULL;
	char *joined;

	if (read_link_at(fd, "", &target) < 0)
		return -1;
	if (++walk->links > LINK_LIMIT || is_magic_link(fd, target)) {
		errno = ELOOP;
		return -1;
	}
	if (target[0] == '/')
		walk_pop_to(walk, 0);
	joined = mem_printf("%s%s", target, rest);
	free(walk->rest);
	walk->rest = joined;
	return 1;
}

/* "." and ".." are looked up in directories only. */
static int walk_step_dots(struct walk *walk, const char *name)
{
	struct stat st;

	if (fstat(walk_here(walk), &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (name[1] == '.')
		walk_pop_to(walk, walk->depth ? walk->depth - 1 : 0);
	return 0;
}

/* What somebody else makes at the same time is as good: it is looked at like any other. */
static int make_at(int here, const char *name, bool is_file)
{
	auto_fd int file = -1;

	if (is_file)
		file = openat(here, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if ((is_file ? file : mkdirat(here, name, 0755)) < 0 && errno != EEXIST)
		return -1;
	return openat(here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* One component; 1 if the rest was replaced by a link's target, 0 if it is done. */
static int walk_step(struct walk *walk, const char *name, const char *rest)
{
	bool is_last = rest[strspn(rest, "/")] == '\0';
	bool is_dir = rest[0] == '/'; /* a slash behind the last component asks for a directory */
	auto_fd int fd = -1;
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return walk_step_dots(walk, name);
	fd = openat(walk_here(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && walk->making != MAKE_NOTHING)
		fd = make_at(walk_here(walk), name,
		             is_last && !is_dir && walk->making == MAKE_FILE);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode) && (!is_last || is_dir || !(walk->flags & O_NOFOLLOW)))
		return walk_follow(walk, fd, rest);
	if (is_dir && !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	walk_push(walk, fd_take(&fd));
	return 0;
}

/* Turn the O_PATH descriptor of the walk's end into one with the flags. */
static int walk_finish(const struct walk *walk)
{
	struct path_fd_link link = path_fd_link(walk_here(walk));
	struct stat st;
	int fd;

	if (walk->flags & O_PATH) {
		fd = fcntl(walk_here(walk), F_DUPFD_CLOEXEC, 0);
		if (fd >= 0 && (walk->flags & O_DIRECTORY) && fstat(fd, &st) == 0 &&
		    !S_ISDIR(st.st_mode)) {
			fd_close(&fd);
			errno = ENOTDIR;
		}
		return fd;
	}
	return open(link.s, (walk->flags & ~O_NOFOLLOW) | O_CLOEXEC);
}

static int open_by_walk(int rootfd, const char *path, int flags, enum making making)
{
	auto_call(walk_clear) struct walk walk = {
		.rootfd = rootfd,
		.rest = mem_strdup(path),
		.flags = flags,
		.making = making,
	};

	for (const char *rest = walk.rest;;) {
		auto_free char *name = next_component(&rest);
		int stepped = name ? walk_step(&walk, name, rest) : 0;

		if (stepped < 0)
			return -1;
		if (!name)
			return walk_finish(&walk);
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
	/* The walk needs no guarantee from the kernel: it is also what ends a stubborn race. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		return open_by_walk(rootfd, path, flags, MAKE_NOTHING);
	return fd;
}

int path_open_in_root(int rootfd, const char *path, int flags, struct error *err)
{
	int fd = open_in_root(rootfd, path[0] ? path : "/", flags);

	return fd < 0 ? error_errno(err, "open %s in the root filesystem", path) : fd;
}

int path_open_parent_in_root(int rootfd, const char *path, char **ret_name, struct error *err)
{
	auto_free char *rooted = mem_printf("/%s", path);
	auto_free char *clean = path_clean(rooted);
	char *slash = strrchr(clean, '/');
	const char *name = slash + 1;
	auto_free char *parent = mem_strndup(clean, (size_t)(slash - clean));
	int fd;

	if (!name[0])
		return error_set(err, ERR_INVALID, "%s names the root itself", path);
	fd = open_by_walk(rootfd, parent, O_PATH | O_DIRECTORY, MAKE_DIRECTORY);
	if (fd < 0)
		return error_errno(err, "make the directory of %s in the root filesystem", path);
	*ret_name = mem_strdup(name);
	return fd;
}

/*
 * A dangling link, last or not, has its target made: the caller asks for the path, not for the
 * link. Each missing component is made in its own parent's descriptor: nothing outside the root.
 */
int path_make_in_root(int rootfd, const char *path, bool is_dir, struct error *err)
{
	int fd = open_in_root(rootfd, path[0] ? path : "/", O_PATH);

	if (fd < 0 && errno == ENOENT)
		fd = open_by_walk(rootfd, path, O_PATH, is_dir ? MAKE_DIRECTORY : MAKE_FILE);
	if (fd >= 0)
		return fd;
	return error_errno(err, "make %s %s in the root filesystem", is_dir ? "directory" : "file",
	                   path);
}

int path_make_nofollow_in_root(int rootfd, const char *path, bool is_dir, struct error *err)
{
	auto_free char *name = NULL;
	auto_fd int parent = path_open_parent_in_root(rootfd, path, &name, err);
	int fd;

	if (parent < 0)
		return -1;
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		fd = make_at(parent, name, !is_dir);
	return fd < 0 ? error_errno(err, "make %s %s in the root filesystem",
	                            is_dir ? "directory" : "file", path)
	              : fd;
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
