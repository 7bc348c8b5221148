/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which file this process was executed from, as /proc/PID/exe shows it. The kernel lets a process
 * change that once nothing of the former file is mapped: PR_SET_MM_MAP in prctl(2).
 */
#ifndef RTL_KERNEL_EXE_FILE_H
#define RTL_KERNEL_EXE_FILE_H

#include "common/error.h"

/*
 * exe_file_replace() - go on running from @fd, the same file on another mount
 * @fd: opened for reading; the very file that is executed now: nothing compares them
 *
 * The code and the constants are mapped anew from @fd, at the same addresses; what was written to
 * becomes memory without a file. Children that are cloned have it so as well.
 *
 * Return: 0, or -1 with errno in @err: EPERM without CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE in
 *         this user namespace, EINVAL where the kernel lacks the call or refuses our layout. The
 *         process is as usable as before, but may still run from the former file.
 */
int exe_file_replace(int fd, struct error *err);

#endif
