/* SPDX-License-Identifier: Apache-2.0 */
/* See oci_seccomp.h. */
#include "libocispec/oci_seccomp.h"

JSON_ENUM_NAMES(oci_seccomp_action, OCI_SECCOMP_ACTION)
JSON_ENUM_NAMES(oci_seccomp_operator, OCI_SECCOMP_OPERATOR)
JSON_ENUM_NAMES(oci_seccomp_flag, OCI_SECCOMP_FLAG)
JSON_ENUM_NAMES(oci_seccomp_arch, OCI_SECCOMP_ARCH)
JSON_TYPE(oci_seccomp_arg, OCI_SECCOMP_ARG)
JSON_TYPE(oci_seccomp_syscall, OCI_SECCOMP_SYSCALL)
JSON_TYPE(oci_seccomp, OCI_SECCOMP)
