/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New filesystems by fsopen(2) and its kin (Linux 5.2): mounts that are attached
 * nowhere yet, and what a filesystem says of an option it refuses.
 *
 * Process: any that holds CAP_SYS_ADMIN over its mount namespace. No path of /proc is used.
 */
#ifndef RTL_KERNEL_MOUNT_NEW_H
#define RTL_KERNEL_MOUNT_NEW_H

#include "common/error.h"
#include "kernel/mount_option.h"

/*
 * mount_new_make() - a filesystem of @type, mounted nowhere
 * @source: as mount(2) has it
 * @flags:  all become flags of the mount; those of the filesystem as well, but for MS_RDONLY
 * @data:   filesystem's own options, comma separated, or NULL
 * Return:  its root, which the caller closes and mount_attach() puts somewhere; or -1, errnum
 * ENOSYS or EPERM also where the kernel or a sandbox does not have the calls.
 */
int mount_new_make(const char *type, const char *source, const struct mount_flags *flags,
                   const char *data, struct error *err);

/*
 * mount_new_explain() - say which of @data's options a filesystem of @type refuses
 * @err: error of a mount(2) that failed; the option and the kernel's words are appended, or
 *       all options where none of them is to blame alone
 * Return: -1.
 */
int mount_new_explain(const char *type, const char *data, struct error *err);

#endif
