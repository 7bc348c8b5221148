/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of system calls by their names: libseccomp's, and of calls that are newer
 * than it. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_SECCOMP_NAMES_H
#define RTL_RUNTIME_SECCOMP_NAMES_H

#include <stdint.h>

/*
 * seccomp_names_number() - the number of the call @name on the architecture that libseccomp calls
 *                          @token
 * Return: the number; __NR_SCMP_ERROR for a name that is none; another negative number, as of
 *         seccomp_syscall_resolve_name_arch(3), where the architecture has no such call or has it
 *         through a multiplexer.
 */
int seccomp_names_number(uint32_t token, const char *name);

#endif
