/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One architecture's part of the filter: names become numbers, numbers become ranges
 * with one verdict each, ranges become a balanced tree of comparisons.
 */
#ifndef RTL_RUNTIME_SECCOMP_ABI_H
#define RTL_RUNTIME_SECCOMP_ABI_H

#include "common/error.h"
#include "runtime/seccomp_args.h"
#include "runtime/seccomp_rule.h"

/* Calls of the x32 ABI have x86_64's audit architecture and this bit in their number. */
#define SECCOMP_X32_BIT 0x40000000u

/* A name's rule on this architecture, in the order of the profile. */
struct seccomp_entry {
	uint32_t nr;
	uint32_t seq;
	const struct seccomp_rule *rule;
	uint32_t call;    /* of a multiplexer (socketcall, ipc): the first argument; 0: none */
	const char *name; /* as in the profile, for errors */
};

struct seccomp_abi {
	uint32_t token; /* libseccomp's; AUDIT_ARCH_* except for x32 */
	uint32_t audit; /* seccomp_data's arch */
	struct seccomp_layout layout;
	struct seccomp_entry *entries;
	size_t n;
	uint32_t
		*direct; /* numbers of calls that are multiplexed too, see seccomp_abi.c; or NULL */
	uint32_t last;   /* highest number that the profile names, with a rule or without */
};

/* What calls without a rule are answered. */
struct seccomp_default {
	uint32_t action;
	bool has_unknown; /* numbers above all that the profile names are unknown to it ... */
	uint32_t unknown; /* ... and get this instead */
};

/* Numbers from @start to the next range's. */
struct seccomp_range {
	uint32_t start;
	uint32_t action;              /* the verdict if no chain holds */
	struct seccomp_chains chains; /* owned */
	struct seccomp_layout layout;
};

struct seccomp_ranges {
	struct seccomp_range *list;
	size_t n;
};

/* seccomp_abi_init() - begin an architecture that libseccomp knows as @token. */
void seccomp_abi_init(struct seccomp_abi *abi, uint32_t token);

/* seccomp_abi_clear() - release what @abi holds. */
void seccomp_abi_clear(struct seccomp_abi *abi);

/*
 * seccomp_abi_add() - apply @rule to the call @name; nothing happens where the architecture has
 * no such call. NULL is no rule: the profile only names the call. @rule and @name are borrowed
 * until the architecture is cleared. Returns whether libseccomp knows the name: it then gives it
 * a number on each architecture, if only a negative one.
 */
bool seccomp_abi_add(struct seccomp_abi *abi, const char *name, const struct seccomp_rule *rule);

/* seccomp_abi_has_unknown() - are there numbers that the profile cannot know of? */
bool seccomp_abi_has_unknown(const struct seccomp_abi *abi,
                             const struct seccomp_default *otherwise);

/**
 * seccomp_abi_ranges() - append the verdicts on all numbers of the architecture
 * @otherwise:      for calls without a rule
 * @ranges:         appended to; the first range appended starts at 0, or at SECCOMP_X32_BIT
 *
 * Return: 0, or -1 with ERR_INVALID if two rules contradict each other.
 */
int seccomp_abi_ranges(const struct seccomp_abi *abi, const struct seccomp_default *otherwise,
                       struct seccomp_ranges *ranges, struct error *err);

/* seccomp_abi_range_add() - append numbers from @start with one verdict for all arguments. */
void seccomp_abi_range_add(struct seccomp_ranges *ranges, uint32_t start, uint32_t action);

/* seccomp_abi_emit() - code that loads the call's number and finds its range. */
struct seccomp_target seccomp_abi_emit(struct seccomp_emit *emit,
                                       const struct seccomp_ranges *ranges);

/* seccomp_abi_ranges_clear() - release the list and its chains. */
void seccomp_abi_ranges_clear(struct seccomp_ranges *ranges);

#endif
