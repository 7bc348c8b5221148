/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What linux.seccomp says, checked and in the kernel's terms: actions with their data,
 * conditions with their masks. Nothing here depends on an architecture.
 */
#ifndef RTL_RUNTIME_SECCOMP_RULE_H
#define RTL_RUNTIME_SECCOMP_RULE_H

#include "common/error.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp_args.h"

/* What one member of linux.seccomp.syscalls asks for, without its names. */
struct seccomp_rule {
	uint32_t action;
	uint32_t place;               /* index in linux.seccomp.syscalls */
	size_t n_chains;              /* alternatives; 0: whatever the arguments are */
	struct seccomp_chain *chains; /* not normalized */
};

/*
 * seccomp_rule_read() - fill the zeroed @rule from linux.seccomp.syscalls[@place]. Return: 0, or -1
 * with ERR_INVALID; the rule is cleared by the caller in both cases.
 */
int seccomp_rule_read(struct seccomp_rule *rule, const struct oci_seccomp_syscall *call,
                      uint32_t place, struct error *err);

/* seccomp_rule_default() - the action of calls without a rule; 0, or -1 with ERR_INVALID. */
int seccomp_rule_default(const struct oci_seccomp *section, uint32_t *ret_action,
                         struct error *err);

/* seccomp_rule_clear() - release what @rule holds. */
void seccomp_rule_clear(struct seccomp_rule *rule);

#endif
