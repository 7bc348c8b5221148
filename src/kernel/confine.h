/* SPDX-License-Identifier: Apache-2.0 */
/* One-way doors of the calling process: seccomp filters, no_new_privs, dumpability, keyring. */
#ifndef RTL_KERNEL_CONFINE_H
#define RTL_KERNEL_CONFINE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

/* confine_no_new_privs() - execve grants nothing any more (prctl(2), PR_SET_NO_NEW_PRIVS). */
int confine_no_new_privs(struct error *err);

/*
 * confine_seccomp() - load a filter of @n instructions with SECCOMP_FILTER_FLAG_* @flags
 *
 * Needs no_new_privs or an effective CAP_SYS_ADMIN.
 * Return: 0, the listener's descriptor if the flags ask for one, or -1.
 */
int confine_seccomp(struct sock_filter *insns, unsigned short n, unsigned flags, struct error *err);

/*
 * confine_has_action() - can a filter return SECCOMP_RET_* @action? A kernel before 4.14, which
 * cannot tell, says that it has none.
 */
bool confine_has_action(uint32_t action);

/* confine_has_flags() - does the kernel take this combination of SECCOMP_FILTER_FLAG_*? */
bool confine_has_flags(unsigned flags);

/* confine_undumpable() - nobody in the container may trace this process or open its files. */
int confine_undumpable(struct error *err);

/*
 * confine_keyring() - enter the session keyring called @name, made if there is none, so that the
 * caller's keys are out of reach
 *
 * Return: 0, also on a kernel without keyrings; else -1.
 */
int confine_keyring(const char *name, struct error *err);

#endif
