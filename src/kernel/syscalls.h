/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and constants that Debian 12's headers may lack, for kernels that have them.
 * Fixed by the kernel's ABI and the same on every architecture that rtl builds for.
 */
#ifndef RTL_KERNEL_SYSCALLS_H
#define RTL_KERNEL_SYSCALLS_H

#include <sys/mount.h>
#include <sys/syscall.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#define SYS_clone3 435
#define SYS_close_range 436
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#endif
