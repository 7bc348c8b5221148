/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mounts below a mount, one by one, from /proc/self/mountinfo: what a recursive
 * change needs before mount_setattr(2) (Linux 5.12). proc_pid_mountinfo(5).
 */
#ifndef RTL_KERNEL_MOUNT_TREE_H
#define RTL_KERNEL_MOUNT_TREE_H

#include "common/error.h"

/*
 * mount_tree_each() - call @change with a descriptor of the mount at @fd and of each below it
 * @fd: any file of the topmost mount
 *
 * Process: as kernel/mount.h; nobody else changes the namespace meanwhile.
 * Return: 0; -1 where @change returned -1, or with the error.
 */
int mount_tree_each(int fd, int (*change)(int fd, const void *data, struct error *err),
                    const void *data, struct error *err);

#endif
