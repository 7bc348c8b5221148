/* SPDX-License-Identifier: Apache-2.0 */
/* See mount.h. */
#include "kernel/mount.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "kernel/mount_new.h"
#include "kernel/mount_tree.h"
#include "kernel/syscalls.h"

/* The kernel's flag in statfs(2); glibc 2.36 has no name for it. */
#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000
#endif

/* mount(2) reads one page of data, and would cut the rest off. */
#define MAX_DATA 4096

#define PROPAGATION_MASK (MS_PRIVATE | MS_SHARED | MS_SLAVE | MS_UNBINDABLE)

/* MS_* flag and the attribute of mount_setattr(2) that means the same. */
static const struct {
	unsigned long flag;
	uint64_t attr;
} attributes[] = {
	{MS_RDONLY, MOUNT_ATTR_RDONLY},         {MS_NOSUID, MOUNT_ATTR_NOSUID},
	{MS_NODEV, MOUNT_ATTR_NODEV},           {MS_NOEXEC, MOUNT_ATTR_NOEXEC},
	{MS_NODIRATIME, MOUNT_ATTR_NODIRATIME}, {MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
};

/* Flags that belong to one mount rather than to the filesystem behind it. */
#define MOUNT_FLAGS                                                                                \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NODIRATIME | MS_NOSYMFOLLOW |           \
	 MS_NOATIME | MS_RELATIME | MS_STRICTATIME)
#define ATIME_FLAGS (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)

static bool is_missing_call(void)
{
	return errno == ENOSYS || errno == EPERM;
}

static uint64_t attributes_of(unsigned long flags)
{
	uint64_t attr = 0;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (flags & attributes[i].flag)
			attr |= attributes[i].attr;
	}
	return attr;
}

/* The three modes of atime are one field of the attributes: all of it is cleared to set one. */
static struct mount_attr attr_change(unsigned long set, unsigned long clear)
{
	struct mount_attr attr = {
		.attr_set = attributes_of(set),
		.attr_clr = attributes_of(clear),
	};

	if ((set | clear) & ATIME_FLAGS)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	if (set & MS_NOATIME)
		attr.attr_set |= MOUNT_ATTR_NOATIME;
	else if (set & MS_STRICTATIME)
		attr.attr_set |= MOUNT_ATTR_STRICTATIME;
	return attr;
}

static int set_attr(int fd, unsigned at_flags, struct mount_attr *attr)
{
	if (!attr->attr_set && !attr->attr_clr && !attr->propagation)
		return 0;
	return (int)syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | at_flags, attr,
	                    sizeof(*attr));
}

/* A locked flag cannot be cleared: EPERM. What remains to be done is what is to be set. */
static int set_attr_unless_locked(int fd, unsigned at_flags, unsigned long set, unsigned long clear)
{
	struct mount_attr attr = attr_change(set, clear);

	if (set_attr(fd, at_flags, &attr) == 0)
		return 0;
	if (errno != EPERM || !clear)
		return -1;
	attr = attr_change(set, 0);
	return set_attr(fd, at_flags, &attr);
}

static int set_propagation(int fd, unsigned long propagation)
{
	struct path_fd_link link = path_fd_link(fd);
	struct mount_attr attr = {.propagation = propagation & PROPAGATION_MASK};
	unsigned at_flags = propagation & MS_REC ? AT_RECURSIVE : 0;

	if (set_attr(fd, at_flags, &attr) == 0)
		return 0;
	return is_missing_call() ? mount(NULL, link.s, NULL, propagation, NULL) : -1;
}

int mount_set_propagation(int fd, unsigned long propagation, struct error *err)
{
	return set_propagation(fd, propagation) < 0 ? error_errno(err, "set mount propagation") : 0;
}

/* Flags that the mount at @fd has now, as a remount must repeat them. */
static unsigned long present_flags(int fd)
{
	static const struct {
		unsigned long st;
		unsigned long ms;
	} map[] = {
		{ST_RDONLY, MS_RDONLY},     {ST_NOSUID, MS_NOSUID},
		{ST_NODEV, MS_NODEV},       {ST_NOEXEC, MS_NOEXEC},
		{ST_NOATIME, MS_NOATIME},   {ST_NODIRATIME, MS_NODIRATIME},
		{ST_RELATIME, MS_RELATIME}, {ST_NOSYMFOLLOW, MS_NOSYMFOLLOW},
	};
	struct statvfs vfs;
	unsigned long flags = 0;

	if (fstatvfs(fd, &vfs) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (vfs.f_flag & map[i].st)
			flags |= map[i].ms;
	}
	return flags;
}

static int remount_bind(int fd, unsigned long set, unsigned long clear)
{
	struct path_fd_link link = path_fd_link(fd);
	unsigned long now = present_flags(fd);
	unsigned long base = set & ATIME_FLAGS ? now & ~ATIME_FLAGS : now;
	unsigned long want = (base & ~clear) | (set & MOUNT_FLAGS);

	if (want == now)
		return 0;
	if (mount(NULL, link.s, NULL, MS_REMOUNT | MS_BIND | want, NULL) == 0)
		return 0;
	if (errno != EPERM || !clear)
		return -1;
	return mount(NULL, link.s, NULL, MS_REMOUNT | MS_BIND | base | (set & MOUNT_FLAGS), NULL);
}

int mount_set_readonly(int fd, struct error *err)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};

	if (set_attr(fd, 0, &attr) == 0)
		return 0;
	if (is_missing_call() && remount_bind(fd, MS_RDONLY, 0) == 0)
		return 0;
	return error_errno(err, "make the mount read-only");
}

/* The mount that now covers the target. */
static int open_covering(const struct mount_target *target, struct error *err)
{
	return path_open_in_root(target->rootfd, target->path,
	                         O_PATH | (target->is_nofollow ? O_NOFOLLOW : 0), err);
}

/*
 * mount(2) refuses a filesystem on top of its own root: a bound /sys has brought the host's cgroup2
 * with it. Moving a finished mount there is allowed. 0, or -1 with errno.
 */
static int mount_over_itself(const struct mount_target *target, const char *type,
                             const struct mount_flags *flags)
{
	struct error ignored;
	auto_fd int tree = mount_new_make(type, NULL, flags, NULL, &ignored);

	return tree < 0 ? -1 : mount_attach(target, tree);
}

static int mount_by_type(const struct mount_target *target, const char *type, const char *source,
                         const struct mount_flags *flags, const char *data)
{
	struct path_fd_link link = path_fd_link(target->fd);
	unsigned long set = (flags->set & ~flags->rec_clear) | flags->rec_set;

	set &= ~(unsigned long)(MS_BIND | MS_REC | MS_REMOUNT);
	if (mount(source, link.s, type, set, data) == 0)
		return 0;
	if (errno != EBUSY || data)
		return -1;
	if (mount_over_itself(target, type, flags) == 0)
		return 0;
	errno = EBUSY;
	return -1;
}

int mount_fs(const struct mount_target *target, const char *type, const char *source,
             const struct mount_flags *flags, const char *data, struct error *err)
{
	auto_fd int fd = -1;

	if (data && strlen(data) >= MAX_DATA)
		return error_set(err, ERR_LIMIT, "mount %s on %s: options of %zu bytes, at most %d",
		                 type, target->path, strlen(data), MAX_DATA - 1);
	if (mount_by_type(target, type, source, flags, data) < 0) {
		error_errno(err, "mount %s on %s", type, target->path);
		return err->errnum == EINVAL && data ? mount_new_explain(type, data, err) : -1;
	}
	if (!flags->propagation)
		return 0;
	fd = open_covering(target, err);
	if (fd < 0)
		return -1;
	if (set_propagation(fd, flags->propagation) < 0)
		return error_errno(err, "set propagation of %s", target->path);
	return 0;
}

int mount_clone(int source_fd, const struct mount_flags *flags)
{
	unsigned recursive = flags->set & MS_REC ? AT_RECURSIVE : 0;
	auto_fd int tree =
		(int)syscall(SYS_open_tree, source_fd, "",
	                     AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);

	if (tree < 0)
		return -1;
	if (set_attr_unless_locked(tree, 0, flags->set, flags->clear) < 0)
		return -1;
	if (set_attr_unless_locked(tree, AT_RECURSIVE, flags->rec_set, flags->rec_clear) < 0)
		return -1;
	if (flags->propagation && set_propagation(tree, flags->propagation) < 0)
		return -1;
	return fd_take(&tree);
}

static bool is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int mount_attach(const struct mount_target *target, int tree)
{
	if (syscall(SYS_move_mount, tree, "", target->fd, "",
	            MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0)
		return 0;
	/* What mount(2) says to a directory on a file, and Docker explains to its user. */
	if (errno == EINVAL && is_directory(tree) != is_directory(target->fd))
		errno = ENOTDIR;
	return -1;
}

int mount_set_idmap(int tree, int userns_fd, bool is_recursive)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)userns_fd,
	};

	return set_attr(tree, is_recursive ? AT_RECURSIVE : 0, &attr);
}

/* 0, or -1 with errno; ENOSYS or EPERM before anything is attached. */
static int bind_by_tree(const struct mount_target *target, int source_fd,
                        const struct mount_flags *flags)
{
	auto_fd int tree = mount_clone(source_fd, flags);

	return tree < 0 ? -1 : mount_attach(target, tree);
}

static int remount_recursive(int fd, const void *data, struct error *err)
{
	const struct mount_flags *flags = data;

	return remount_bind(fd, flags->rec_set, flags->rec_clear) < 0 ? error_errno(err, "remount")
	                                                              : 0;
}

/* mount(2) for what mount_setattr(2) would have done to the mount at @fd. */
static int change_by_mount(int fd, const char *path, const struct mount_flags *flags,
                           struct error *err)
{
	if (remount_bind(fd, flags->set, flags->clear) < 0)
		return error_errno(err, "set mount options of %s", path);
	if ((flags->rec_set || flags->rec_clear) &&
	    mount_tree_each(fd, remount_recursive, flags, err) < 0)
		return error_wrap(err, "set recursive mount options of %s", path);
	if (flags->propagation && set_propagation(fd, flags->propagation) < 0)
		return error_errno(err, "set propagation of %s", path);
	return 0;
}

static bool is_same_file(int a, int b)
{
	struct stat first;
	struct stat second;

	return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

static int bind_by_mount(const struct mount_target *target, int source_fd,
                         const struct mount_flags *flags, struct error *err)
{
	struct path_fd_link from = path_fd_link(source_fd);
	struct path_fd_link to = path_fd_link(target->fd);
	auto_fd int fd = -1;

	if (mount(from.s, to.s, NULL, MS_BIND | (flags->set & MS_REC), NULL) < 0)
		return error_errno(err, "bind mount on %s", target->path);
	fd = open_covering(target, err);
	if (fd < 0)
		return -1;
	/* Or the options would be another mount's, and this one have none. */
	if (!is_same_file(fd, source_fd))
		return error_set(err, ERR_INVALID, "%s was changed while it was mounted on",
		                 target->path);
	return change_by_mount(fd, target->path, flags, err);
}

int mount_change(const struct mount_target *target, const struct mount_flags *flags,
                 struct error *err)
{
	int fd = target->fd;

	if (set_attr_unless_locked(fd, 0, flags->set, flags->clear) == 0 &&
	    set_attr_unless_locked(fd, AT_RECURSIVE, flags->rec_set, flags->rec_clear) == 0 &&
	    (!flags->propagation || set_propagation(fd, flags->propagation) == 0))
		return 0;
	if (is_missing_call())
		return change_by_mount(fd, target->path, flags, err);
	return error_errno(err, "set mount options of %s", target->path);
}

int mount_bind(const struct mount_target *target, int source_fd, const struct mount_flags *flags,
               struct error *err)
{
	if (bind_by_tree(target, source_fd, flags) == 0)
		return 0;
	if (is_missing_call())
		return bind_by_mount(target, source_fd, flags, err);
	return error_errno(err, "bind mount on %s", target->path);
}

int mount_clone_here(void)
{
	auto_fd int tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".",
	                                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -1;
	return fd_take(&tree);
}

int mount_clone_readonly(int fd)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
	auto_fd int tree = (int)syscall(SYS_open_tree, fd, "",
	                                AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0 || set_attr(tree, 0, &attr) < 0)
		return -1;
	return fd_take(&tree);
}
