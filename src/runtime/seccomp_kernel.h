/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of linux.seccomp the running kernel has: asked before anything is made, so that
 * an error can name the member. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_SECCOMP_KERNEL_H
#define RTL_RUNTIME_SECCOMP_KERNEL_H

#include <stdbool.h>

#include "common/error.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp.h"

/* seccomp_kernel_has_action() - can a filter answer this? */
bool seccomp_kernel_has_action(enum oci_seccomp_action action);

/* seccomp_kernel_has_flag() - can a filter be loaded with this? */
bool seccomp_kernel_has_flag(enum oci_seccomp_flag flag);

/* seccomp_kernel_has_arch() - are there tables of numbers, and is the byte order this machine's? */
bool seccomp_kernel_has_arch(enum oci_seccomp_arch arch);

/**
 * seccomp_kernel_check() - are all actions and flags known to the kernel?
 * @program: compiled from @section; a flag that nobody asked for is taken off it
 *
 * Return: 0, or -1 with ERR_UNSUPPORTED that names the member and the kernel that has it.
 */
int seccomp_kernel_check(const struct oci_seccomp *section, struct seccomp_program *program,
                         struct error *err);

#endif
