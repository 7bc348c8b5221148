/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp_abi.h. Some architectures have calls twice: through socketcall or ipc,
 * with the call's index as first argument, and directly. libseccomp gives such a name
 * a negative number below -100 (socketcall) or -200 (ipc), of which the last two
 * digits are the index; a rule for the name then applies to both ways.
 */
#include "runtime/seccomp_abi.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/seccomp_names.h"

#define MUX_FIRST 100 /* negated pseudo-numbers of multiplexed calls */
#define MUX_END 300
#define DIRECT_SCAN 512 /* numbers searched for direct calls */

/* libseccomp has it in its own header only. */
#ifndef __AUDIT_ARCH_CONVENTION_MIPS64_N32
#define __AUDIT_ARCH_CONVENTION_MIPS64_N32 0x20000000
#endif

/* Direct numbers on x86, by negated pseudo-number; other architectures are asked for theirs. */
static const uint32_t x86_direct[MUX_END] = {
	[101] = 359, [102] = 361, [103] = 362, [104] = 363, [106] = 367, [107] = 368, [108] = 360,
	[111] = 369, [112] = 371, [113] = 373, [114] = 366, [115] = 365, [116] = 370, [117] = 372,
	[118] = 364, [119] = 337, [120] = 345, [202] = 393, [203] = 394, [211] = 400, [212] = 401,
	[213] = 399, [214] = 402, [221] = 397, [222] = 398, [223] = 395, [224] = 396,
};

void seccomp_abi_init(struct seccomp_abi *abi, uint32_t token)
{
	*abi = (struct seccomp_abi){
		.token = token,
		.audit = token == SCMP_ARCH_X32 ? (uint32_t)SCMP_ARCH_X86_64 : token,
		.layout.is_wide = (token & __AUDIT_ARCH_64BIT) &&
	                          !(token & __AUDIT_ARCH_CONVENTION_MIPS64_N32),
		.layout.is_big_endian = !(token & __AUDIT_ARCH_LE),
	};
}

void seccomp_abi_clear(struct seccomp_abi *abi)
{
	free(abi->entries);
	free(abi->direct);
	*abi = (struct seccomp_abi){0};
}

static void entry_add(struct seccomp_abi *abi, int nr, uint32_t call, const char *name,
                      const struct seccomp_rule *rule)
{
	if ((uint32_t)nr > abi->last)
		abi->last = (uint32_t)nr;
	if (!rule)
		return;
	mem_array_grow(abi->entries, abi->n);
	abi->entries[abi->n] = (struct seccomp_entry){
		.nr = (uint32_t)nr,
		.seq = (uint32_t)abi->n,
		.rule = rule,
		.call = call,
		.name = name,
	};
	abi->n++;
}

/* Ask libseccomp which of the architecture's numbers have names that are multiplexed too. */
static uint32_t *direct_scan(const struct seccomp_abi *abi)
{
	uint32_t *direct = mem_calloc(MUX_END, sizeof(*direct));
	int base = seccomp_syscall_resolve_name_arch(abi->token, "read") / 1000 * 1000; /* mips */

	for (int nr = base; nr < base + DIRECT_SCAN; nr++) {
		auto_free char *name = seccomp_syscall_resolve_num_arch(abi->token, nr);
		int pseudo = name ? seccomp_syscall_resolve_name_arch(abi->token, name) : 0;

		if (pseudo <= -MUX_FIRST && pseudo > -MUX_END)
			direct[-pseudo] = (uint32_t)nr;
	}
	return direct;
}

static uint32_t direct_number(struct seccomp_abi *abi, int pseudo)
{
	if (abi->token == SCMP_ARCH_X86)
		return x86_direct[-pseudo];
	if (!abi->direct)
		abi->direct = direct_scan(abi);
	return abi->direct[-pseudo];
}

static void multiplexed_add(struct seccomp_abi *abi, int pseudo, const char *name,
                            const struct seccomp_rule *rule)
{
	int mux = seccomp_syscall_resolve_name_rewrite(abi->token, name);
	uint32_t direct;

	if (mux < 0)
		return;
	entry_add(abi, mux, (uint32_t)-pseudo % 100, name, rule);
	direct = direct_number(abi, pseudo);
	if (direct)
		entry_add(abi, (int)direct, 0, name, rule);
}

bool seccomp_abi_add(struct seccomp_abi *abi, const char *name, const struct seccomp_rule *rule)
{
	int nr = seccomp_names_number(abi->token, name);

	if (nr >= 0)
		entry_add(abi, nr, 0, name, rule);
	else if (nr <= -MUX_FIRST && nr > -MUX_END)
		multiplexed_add(abi, nr, name, rule);
	return nr != __NR_SCMP_ERROR;
}

static int entry_compare(const void *a, const void *b)
{
	const struct seccomp_entry *x = a;
	const struct seccomp_entry *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* The call's index takes the place of what the rule says about the first argument. */
static void chain_multiplex(struct seccomp_chain *chain, uint32_t call)
{
	unsigned n = 0;

	for (unsigned i = 0; i < chain->n; i++)
		if (chain->conds[i].arg != 0)
			chain->conds[n++] = chain->conds[i];
	chain->conds[n] =
		(struct seccomp_cond){.op = SECCOMP_EQ, .mask = UINT64_MAX, .datum = call};
	chain->n = (uint8_t)(n + 1);
}

/* One alternative of an entry's rule; sets @ret_always when it holds for all arguments. */
static int chain_add(const struct seccomp_abi *abi, const struct seccomp_entry *entry,
                     const struct seccomp_chain *alternative, struct seccomp_chains *chains,
                     bool *ret_always, struct error *err)
{
	struct seccomp_chain chain = *alternative;
	uint32_t place;

	if (entry->call)
		chain_multiplex(&chain, entry->call);
	seccomp_args_normalize(&chain, abi->layout);
	*ret_always = chain.n == 0;
	if (*ret_always || seccomp_args_insert(chains, &chain, abi->layout, &place) == 0)
		return 0;
	return error_set(err, ERR_INVALID,
	                 "linux.seccomp.syscalls[%u]: %s has the conditions of syscalls[%u] and "
	                 "another action",
	                 chain.place, entry->name, place);
}

/* Sets @ret_always when the entry decides for all arguments; its action is then the verdict. */
static int entry_apply(const struct seccomp_abi *abi, const struct seccomp_entry *entry,
                       struct seccomp_chains *chains, bool *ret_always, struct error *err)
{
	struct seccomp_chain any = {.action = entry->rule->action, .place = entry->rule->place};
	const struct seccomp_chain *list = entry->rule->n_chains ? entry->rule->chains : &any;
	size_t n = entry->rule->n_chains ? entry->rule->n_chains : 1;

	*ret_always = false;
	for (size_t i = 0; i < n && !*ret_always; i++)
		if (chain_add(abi, entry, &list[i], chains, ret_always, err) < 0)
			return -1;
	return 0;
}

void seccomp_abi_range_add(struct seccomp_ranges *ranges, uint32_t start, uint32_t action)
{
	struct seccomp_range *last = ranges->n ? &ranges->list[ranges->n - 1] : NULL;

	if (last && last->start == start) {
		last->action = action;
		return;
	}
	if (last && last->chains.n == 0 && last->action == action)
		return;
	mem_array_grow(ranges->list, ranges->n);
	ranges->list[ranges->n++] = (struct seccomp_range){.start = start, .action = action};
}

/* The verdict on one number from all its entries: the first that always holds ends the list. */
static int number_add(const struct seccomp_abi *abi, const struct seccomp_entry *entries, size_t n,
                      uint32_t default_action, struct seccomp_ranges *ranges, struct error *err)
{
	struct seccomp_chains chains = {0};
	struct seccomp_range *range;
	bool is_always = false;
	size_t i;

	for (i = 0; i < n && !is_always; i++)
		if (entry_apply(abi, &entries[i], &chains, &is_always, err) < 0) {
			free(chains.list);
			return -1;
		}
	if (is_always || chains.n == 0) {
		free(chains.list);
		seccomp_abi_range_add(ranges, entries[0].nr,
		                      is_always ? entries[i - 1].rule->action : default_action);
		return 0;
	}
	mem_array_grow(ranges->list, ranges->n);
	range = &ranges->list[ranges->n - 1];
	if (range->start != entries[0].nr)
		range = &ranges->list[ranges->n++];
	*range = (struct seccomp_range){
		.start = entries[0].nr,
		.action = default_action,
		.chains = chains,
		.layout = abi->layout,
	};
	return 0;
}

/* A profile that names no call but number 0 says nothing about what its author knew. */
bool seccomp_abi_has_unknown(const struct seccomp_abi *abi, const struct seccomp_default *otherwise)
{
	return otherwise->has_unknown && abi->last > 0;
}

/* Where a number that the kernel does not have arrives as 0, which is setup(2) and of no use. */
static bool has_unknown_zero(const struct seccomp_abi *abi)
{
	return abi->token == SCMP_ARCH_S390 || abi->token == SCMP_ARCH_S390X;
}

int seccomp_abi_ranges(const struct seccomp_abi *abi, const struct seccomp_default *otherwise,
                       struct seccomp_ranges *ranges, struct error *err)
{
	uint32_t start = abi->token == SCMP_ARCH_X32 ? SECCOMP_X32_BIT : 0;
	uint32_t default_action = otherwise->action;
	bool has_unknown = seccomp_abi_has_unknown(abi, otherwise);
	size_t first = 0;
	size_t end;

	if (abi->n)
		qsort(abi->entries, abi->n, sizeof(*abi->entries), entry_compare);
	seccomp_abi_range_add(ranges, start, default_action);
	if (has_unknown && has_unknown_zero(abi)) {
		seccomp_abi_range_add(ranges, 0, otherwise->unknown);
		seccomp_abi_range_add(ranges, 1, default_action);
		while (first < abi->n && abi->entries[first].nr == 0)
			first++;
	}
	for (size_t i = first; i < abi->n; i = end) {
		for (end = i + 1; end < abi->n; end++)
			if (abi->entries[end].nr != abi->entries[i].nr)
				break;
		if (number_add(abi, &abi->entries[i], end - i, default_action, ranges, err) < 0)
			return -1;
		if (end == abi->n || abi->entries[end].nr != abi->entries[i].nr + 1)
			seccomp_abi_range_add(ranges, abi->entries[i].nr + 1, default_action);
	}
	if (has_unknown)
		seccomp_abi_range_add(ranges, abi->last + 1, otherwise->unknown);
	return 0;
}

static struct seccomp_target range_emit(struct seccomp_emit *emit,
                                        const struct seccomp_range *range)
{
	struct seccomp_target otherwise = seccomp_emit_action(range->action);

	if (range->chains.n == 0)
		return otherwise;
	return seccomp_args_emit(emit, &range->chains, range->layout, otherwise);
}

/* One number between two ranges that have the same verdict: a test for equality will do. */
static bool is_island(const struct seccomp_range *list, size_t n)
{
	return n == 3 && list[0].chains.n == 0 && list[2].chains.n == 0 &&
	       list[0].action == list[2].action && list[2].start - list[1].start == 1;
}

static struct seccomp_target tree_emit(struct seccomp_emit *emit, const struct seccomp_range *list,
                                       size_t n)
{
	size_t half = n / 2;
	struct seccomp_target right;
	struct seccomp_target left;

	if (n == 1)
		return range_emit(emit, list);
	if (is_island(list, n))
		return seccomp_emit_jump(emit, BPF_JEQ, list[1].start, range_emit(emit, &list[1]),
		                         range_emit(emit, &list[0]));
	right = tree_emit(emit, list + half, n - half);
	left = tree_emit(emit, list, half);
	return seccomp_emit_jump(emit, BPF_JGE, list[half].start, right, left);
}

struct seccomp_target seccomp_abi_emit(struct seccomp_emit *emit,
                                       const struct seccomp_ranges *ranges)
{
	struct seccomp_target tree = tree_emit(emit, ranges->list, ranges->n);

	return seccomp_emit_stmt(emit, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr),
	                         tree);
}

void seccomp_abi_ranges_clear(struct seccomp_ranges *ranges)
{
	for (size_t i = 0; i < ranges->n; i++)
		free(ranges->list[i].chains.list);
	free(ranges->list);
	*ranges = (struct seccomp_ranges){0};
}
