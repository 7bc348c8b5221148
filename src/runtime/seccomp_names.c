/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp_names.h. Since Linux 5.1 a new call has the same number on all architectures
 * that we may meet, above what some count from; so a profile may name calls that the
 * libseccomp of an old distribution has not heard of.
 */
#include "runtime/seccomp_names.h"

#include <seccomp.h>
#include <stddef.h>
#include <string.h>

#define X32_BIT 0x40000000

static const struct {
	const char *name;
	int nr;
} newer[] = {
	{"cachestat", 451},         {"fchmodat2", 452},        {"map_shadow_stack", 453},
	{"futex_wake", 454},        {"futex_wait", 455},       {"futex_requeue", 456},
	{"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
	{"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
	{"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
	{"removexattrat", 466},     {"open_tree_attr", 467},   {"file_getattr", 468},
	{"file_setattr", 469},      {"listns", 470},
};

/* What the architecture's numbers begin at: 4000, 5000, 6000 on mips, the bit of x32. */
static int first_number(uint32_t token)
{
	if (token == SCMP_ARCH_X32)
		return X32_BIT;
	return seccomp_syscall_resolve_name_arch(token, "read") / 1000 * 1000;
}

int seccomp_names_number(uint32_t token, const char *name)
{
	int nr = seccomp_syscall_resolve_name_arch(token, name);

	if (nr != __NR_SCMP_ERROR)
		return nr;
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++) {
		if (strcmp(newer[i].name, name) == 0)
			return first_number(token) + newer[i].nr;
	}
	return nr;
}
