/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels that the next execve takes on: AppArmor's exec profile and SELinux's exec
 * context, written through a trusted handle of /proc (CVE-2019-19921).
 */
#ifndef RTL_KERNEL_LSM_H
#define RTL_KERNEL_LSM_H

#include <stdbool.h>

#include "common/error.h"

/* lsm_has_apparmor() - is AppArmor active on this kernel? */
bool lsm_has_apparmor(void);

/* lsm_has_selinux() - is SELinux active on this kernel? */
bool lsm_has_selinux(void);

/*
 * lsm_set_apparmor_exec() - @profile from the next execve on; @procfd is the host's /proc.
 * ERR_NOT_FOUND: no profile of the name is loaded.
 */
int lsm_set_apparmor_exec(int procfd, const char *profile, struct error *err);

/* lsm_set_selinux_exec() - context @label from the next execve on. */
int lsm_set_selinux_exec(int procfd, const char *label, struct error *err);

/* lsm_set_selinux_key() - context of the keys made from now on; NULL: that of this process. */
int lsm_set_selinux_key(int procfd, const char *label, struct error *err);

#endif
