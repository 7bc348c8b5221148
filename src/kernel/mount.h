/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounting onto a place that was resolved once and is held by descriptor, so that
 * nobody can put another directory in its way (CVE-2021-30465 and its kin).
 *
 * A bind is a detached clone that gets its attributes and is then moved into place:
 * open_tree(2), mount_setattr(2), move_mount(2). A new filesystem is one mount(2)
 * onto /proc/self/fd/N, which is the same place and one system call instead of five.
 * Where the newer calls answer ENOSYS or EPERM, mount(2) does the binds as well.
 *
 * Process: container init, before pivot_root, so that /proc is the host's.
 * Holds:   CAP_SYS_ADMIN in the user namespace that owns the mount namespace.
 */
#ifndef RTL_KERNEL_MOUNT_H
#define RTL_KERNEL_MOUNT_H

#include <stdbool.h>

#include "common/error.h"
#include "kernel/mount_option.h"

/* A place inside a root filesystem. */
struct mount_target {
	int rootfd;       /* the root the path is below */
	const char *path; /* for messages, and to find the new mount again */
	int fd;           /* what is mounted on; O_PATH */
	bool is_nofollow; /* the path's last component is not followed */
};

/*
 * mount_fs() - mount a new filesystem of @type onto @target
 * @flags: all but the propagation is applied at once; there is nothing below yet for which
 *         the recursive ones could mean more
 * @data:  filesystem's own options, comma separated, or NULL; one that the filesystem refuses
 *         is named in the error
 */
int mount_fs(const struct mount_target *target, const char *type, const char *source,
             const struct mount_flags *flags, const char *data, struct error *err);

/*
 * mount_bind() - bind @source_fd (any file or directory, O_PATH will do) onto @target
 * @flags: MS_REC in set binds the mounts below as well; the other flags become attributes of
 *         the new mount, the recursive ones of all below it
 *
 * A flag that the source has locked (mount_namespaces(7)) is kept even if @flags clears it.
 */
int mount_bind(const struct mount_target *target, int source_fd, const struct mount_flags *flags,
               struct error *err);

/*
 * mount_clone() - a copy of the mount at @source_fd, of what is at and below it, attached nowhere
 * @flags: as of mount_bind()
 * Return: the copy, which the caller closes; or -1 with errno.
 */
int mount_clone(int source_fd, const struct mount_flags *flags);

/* mount_attach() - put the detached mount @tree onto @target; 0, or -1 with errno. */
int mount_attach(const struct mount_target *target, int tree);

/*
 * mount_set_idmap() - map the owners of the detached mount @tree by the user namespace @userns_fd,
 *                     which is not the initial one (MOUNT_ATTR_IDMAP, Linux 5.12)
 * Return: 0, or -1 with errno: EINVAL where the filesystem does not take it, EPERM where it belongs
 *         to a user namespace that the caller has no rights over, or is mapped already.
 */
int mount_set_idmap(int tree, int userns_fd, bool is_recursive);

/*
 * mount_change() - give the mount at @target->fd other flags, as the option "remount" asks for: the
 *                  mount's own, never those of the filesystem behind it
 */
int mount_change(const struct mount_target *target, const struct mount_flags *flags,
                 struct error *err);

/*
 * mount_clone_here() - bind the working directory, with all below it, onto itself
 * Return: the new mount, which the caller closes; or -1 with errno, ENOSYS or EPERM where the
 *         kernel or a sandbox does not have the calls.
 */
int mount_clone_here(void);

/*
 * mount_clone_readonly() - a read-only mount of the file @fd, attached nowhere
 * Return: the file on that mount, which the caller closes; or -1 with errno.
 */
int mount_clone_readonly(int fd);

/* mount_set_propagation() - MS_SHARED, MS_SLAVE, …, with MS_REC if wanted, of the mount at @fd. */
int mount_set_propagation(int fd, unsigned long propagation, struct error *err);

/*
 * mount_set_readonly() - make the mount at @fd read-only; its other flags stay
 */
int mount_set_readonly(int fd, struct error *err);

#endif
