/* SPDX-License-Identifier: Apache-2.0 */
/* A filter that the caller compiled itself (annotation run.oci.seccomp_bpf_data). */
#ifndef RTL_RUNTIME_SECCOMP_RAW_H
#define RTL_RUNTIME_SECCOMP_RAW_H

#include "common/error.h"
#include "runtime/seccomp.h"

/*
 * seccomp_raw_decode() - the program that is @base64 of struct sock_filter
 * @ret: insns, n and has_notify are filled; released with seccomp_clear()
 *
 * The kernel checks the instructions when it loads them.
 */
int seccomp_raw_decode(const char *base64, struct seccomp_program *ret, struct error *err);

#endif
