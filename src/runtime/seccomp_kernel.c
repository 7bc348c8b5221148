/* SPDX-License-Identifier: Apache-2.0 */
/* See seccomp_kernel.h. Versions are those of seccomp(2) and seccomp_unotify(2). */
#include "runtime/seccomp_kernel.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>

#include "kernel/confine.h"
#include "runtime/seccomp_arch.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* Those without a version came with filters themselves, in 3.5. */
static const struct {
	uint32_t value;
	const char *since;
} actions[] = {
	[OCI_ACT_KILL] = {SECCOMP_RET_KILL_THREAD, NULL},
	[OCI_ACT_KILL_PROCESS] = {SECCOMP_RET_KILL_PROCESS, "4.14"},
	[OCI_ACT_KILL_THREAD] = {SECCOMP_RET_KILL_THREAD, NULL},
	[OCI_ACT_TRAP] = {SECCOMP_RET_TRAP, NULL},
	[OCI_ACT_ERRNO] = {SECCOMP_RET_ERRNO, NULL},
	[OCI_ACT_TRACE] = {SECCOMP_RET_TRACE, NULL},
	[OCI_ACT_ALLOW] = {SECCOMP_RET_ALLOW, NULL},
	[OCI_ACT_LOG] = {SECCOMP_RET_LOG, "4.14"},
	[OCI_ACT_NOTIFY] = {SECCOMP_RET_USER_NOTIF, "5.0"},
};

/* WAIT_KILLABLE_RECV is accepted with a listener only. */
static const struct {
	unsigned bits;
	const char *since;
} flags[] = {
	[OCI_SECCOMP_FLAG_TSYNC] = {SECCOMP_FILTER_FLAG_TSYNC, "3.17"},
	[OCI_SECCOMP_FLAG_LOG] = {SECCOMP_FILTER_FLAG_LOG, "4.14"},
	[OCI_SECCOMP_FLAG_SPEC_ALLOW] = {SECCOMP_FILTER_FLAG_SPEC_ALLOW, "4.17"},
	[OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV] = {SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV |
                                                         SECCOMP_FILTER_FLAG_NEW_LISTENER,
                                                 "5.19"},
};

bool seccomp_kernel_has_action(enum oci_seccomp_action action)
{
	return !actions[action].since || confine_has_action(actions[action].value);
}

bool seccomp_kernel_has_flag(enum oci_seccomp_flag flag)
{
	return confine_has_flags(flags[flag].bits);
}

bool seccomp_kernel_has_arch(enum oci_seccomp_arch arch)
{
	uint32_t token = seccomp_arch_token(arch);

	return token && seccomp_arch_is_native_order(token);
}

static int refuse(const char *place, const char *name, const char *since, struct error *err)
{
	return error_set(err, ERR_UNSUPPORTED, "%s: %s needs Linux %s", place, name, since);
}

static int check_action(enum oci_seccomp_action action, bool is_default, size_t index,
                        bool is_checked[], struct error *err)
{
	const char *name = json_enum_name(&oci_seccomp_action_names, action);
	char place[64] = "linux.seccomp.defaultAction";

	if (is_checked[action] || seccomp_kernel_has_action(action)) {
		is_checked[action] = true;
		return 0;
	}
	if (!is_default)
		snprintf(place, sizeof(place), "linux.seccomp.syscalls[%zu].action", index);
	return refuse(place, name, actions[action].since, err);
}

static int check_flags(const struct oci_seccomp *section, struct error *err)
{
	for (size_t i = 0; i < section->n_flags; i++) {
		enum oci_seccomp_flag flag = section->flags[i];
		char place[64];

		if (seccomp_kernel_has_flag(flag))
			continue;
		snprintf(place, sizeof(place), "linux.seccomp.flags[%zu]", i);
		return refuse(place, json_enum_name(&oci_seccomp_flag_names, flag),
		              flags[flag].since, err);
	}
	return 0;
}

int seccomp_kernel_check(const struct oci_seccomp *section, struct seccomp_program *program,
                         struct error *err)
{
	bool is_checked[sizeof(actions) / sizeof(actions[0])] = {false};

	if (check_action(section->default_action, true, 0, is_checked, err) < 0)
		return -1;
	for (size_t i = 0; i < section->n_syscalls; i++) {
		if (check_action(section->syscalls[i].action, false, i, is_checked, err) < 0)
			return -1;
	}
	if (section->flags)
		return check_flags(section, err);
	if (!confine_has_flags(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		program->flags &= ~(unsigned)SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	return 0;
}
