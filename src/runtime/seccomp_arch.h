/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp.architectures in libseccomp's terms. Process: runtime parent. */
#ifndef RTL_RUNTIME_SECCOMP_ARCH_H
#define RTL_RUNTIME_SECCOMP_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "libocispec/oci_seccomp.h"

/* seccomp_arch_token() - libseccomp's number of @arch; 0 if it does not know it. */
uint32_t seccomp_arch_token(enum oci_seccomp_arch arch);

/* seccomp_arch_is_native_order() - has the architecture @token this machine's byte order? */
bool seccomp_arch_is_native_order(uint32_t token);

#endif
