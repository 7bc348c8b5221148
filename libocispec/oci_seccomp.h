/* SPDX-License-Identifier: Apache-2.0 */
/* The linux.seccomp object. runtime-spec, config-linux, Seccomp. */
#ifndef LIBOCISPEC_OCI_SECCOMP_H
#define LIBOCISPEC_OCI_SECCOMP_H

#include "common/json.h"

/* clang-format off */
#define OCI_SECCOMP_ACTION(V)                                  \
	V(OCI_ACT_KILL, "SCMP_ACT_KILL")                       \
	V(OCI_ACT_KILL_PROCESS, "SCMP_ACT_KILL_PROCESS")       \
	V(OCI_ACT_KILL_THREAD, "SCMP_ACT_KILL_THREAD")         \
	V(OCI_ACT_TRAP, "SCMP_ACT_TRAP")                       \
	V(OCI_ACT_ERRNO, "SCMP_ACT_ERRNO")                     \
	V(OCI_ACT_TRACE, "SCMP_ACT_TRACE")                     \
	V(OCI_ACT_ALLOW, "SCMP_ACT_ALLOW")                     \
	V(OCI_ACT_LOG, "SCMP_ACT_LOG")                         \
	V(OCI_ACT_NOTIFY, "SCMP_ACT_NOTIFY")

#define OCI_SECCOMP_OPERATOR(V)                                \
	V(OCI_CMP_NE, "SCMP_CMP_NE")                           \
	V(OCI_CMP_LT, "SCMP_CMP_LT")                           \
	V(OCI_CMP_LE, "SCMP_CMP_LE")                           \
	V(OCI_CMP_EQ, "SCMP_CMP_EQ")                           \
	V(OCI_CMP_GE, "SCMP_CMP_GE")                           \
	V(OCI_CMP_GT, "SCMP_CMP_GT")                           \
	V(OCI_CMP_MASKED_EQ, "SCMP_CMP_MASKED_EQ")

#define OCI_SECCOMP_FLAG(V)                                                            \
	V(OCI_SECCOMP_FLAG_TSYNC, "SECCOMP_FILTER_FLAG_TSYNC")                         \
	V(OCI_SECCOMP_FLAG_LOG, "SECCOMP_FILTER_FLAG_LOG")                             \
	V(OCI_SECCOMP_FLAG_SPEC_ALLOW, "SECCOMP_FILTER_FLAG_SPEC_ALLOW")               \
	V(OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")

#define OCI_SECCOMP_ARCH(V)                                    \
	V(OCI_ARCH_X86, "SCMP_ARCH_X86")                       \
	V(OCI_ARCH_X86_64, "SCMP_ARCH_X86_64")                 \
	V(OCI_ARCH_X32, "SCMP_ARCH_X32")                       \
	V(OCI_ARCH_ARM, "SCMP_ARCH_ARM")                       \
	V(OCI_ARCH_AARCH64, "SCMP_ARCH_AARCH64")               \
	V(OCI_ARCH_LOONGARCH64, "SCMP_ARCH_LOONGARCH64")       \
	V(OCI_ARCH_M68K, "SCMP_ARCH_M68K")                     \
	V(OCI_ARCH_MIPS, "SCMP_ARCH_MIPS")                     \
	V(OCI_ARCH_MIPS64, "SCMP_ARCH_MIPS64")                 \
	V(OCI_ARCH_MIPS64N32, "SCMP_ARCH_MIPS64N32")           \
	V(OCI_ARCH_MIPSEL, "SCMP_ARCH_MIPSEL")                 \
	V(OCI_ARCH_MIPSEL64, "SCMP_ARCH_MIPSEL64")             \
	V(OCI_ARCH_MIPSEL64N32, "SCMP_ARCH_MIPSEL64N32")       \
	V(OCI_ARCH_PPC, "SCMP_ARCH_PPC")                       \
	V(OCI_ARCH_PPC64, "SCMP_ARCH_PPC64")                   \
	V(OCI_ARCH_PPC64LE, "SCMP_ARCH_PPC64LE")               \
	V(OCI_ARCH_S390, "SCMP_ARCH_S390")                     \
	V(OCI_ARCH_S390X, "SCMP_ARCH_S390X")                   \
	V(OCI_ARCH_SH, "SCMP_ARCH_SH")                         \
	V(OCI_ARCH_SHEB, "SCMP_ARCH_SHEB")                     \
	V(OCI_ARCH_PARISC, "SCMP_ARCH_PARISC")                 \
	V(OCI_ARCH_PARISC64, "SCMP_ARCH_PARISC64")             \
	V(OCI_ARCH_RISCV64, "SCMP_ARCH_RISCV64")

#define OCI_SECCOMP_ARG(F, T)                                  \
	F(T, UINT32, REQUIRED, index, "index")                 \
	F(T, UINT64, REQUIRED, value, "value")                 \
	F(T, UINT64, ZERO, value_two, "valueTwo")              \
	F(T, ENUM(oci_seccomp_operator), REQUIRED, op, "op")

#define OCI_SECCOMP_SYSCALL(F, T)                              \
	F(T, ARRAY(STRING), REQUIRED, names, "names", .min_items = 1) \
	F(T, ENUM(oci_seccomp_action), REQUIRED, action, "action") \
	F(T, UINT32, OPTIONAL, errno_ret, "errnoRet")          \
	F(T, ARRAY(OBJECT(oci_seccomp_arg)), OPTIONAL, args, "args")

#define OCI_SECCOMP(F, T)                                      \
	F(T, ENUM(oci_seccomp_action), REQUIRED, default_action, "defaultAction") \
	F(T, UINT32, OPTIONAL, default_errno_ret, "defaultErrnoRet") \
	F(T, ARRAY(ENUM(oci_seccomp_arch)), OPTIONAL, architectures, "architectures") \
	F(T, ARRAY(ENUM(oci_seccomp_flag)), OPTIONAL, flags, "flags") \
	F(T, STRING, OPTIONAL, listener_path, "listenerPath")  \
	F(T, STRING, OPTIONAL, listener_metadata, "listenerMetadata") \
	F(T, ARRAY(OBJECT(oci_seccomp_syscall)), OPTIONAL, syscalls, "syscalls")
/* clang-format on */

JSON_ENUM(oci_seccomp_action, OCI_SECCOMP_ACTION)
JSON_ENUM(oci_seccomp_operator, OCI_SECCOMP_OPERATOR)
JSON_ENUM(oci_seccomp_flag, OCI_SECCOMP_FLAG)
JSON_ENUM(oci_seccomp_arch, OCI_SECCOMP_ARCH)
JSON_STRUCT(oci_seccomp_arg, OCI_SECCOMP_ARG)
JSON_STRUCT(oci_seccomp_syscall, OCI_SECCOMP_SYSCALL)
JSON_STRUCT(oci_seccomp, OCI_SECCOMP)

#endif
