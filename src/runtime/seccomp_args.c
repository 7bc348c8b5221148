/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp_args.h. A 64-bit argument is compared as two words, high word first.
 * Neighbours that test the same word are a run, which loads it once: a list of values
 * for one argument costs one instruction a value.
 */
#include "runtime/seccomp_args.h"

#include <linux/seccomp.h>
#include <string.h>

#include "common/mem.h"

#define NO_WORD UINT32_MAX

/* Where a chain, or what comes behind the last, is entered. */
struct entry {
	struct seccomp_target at;      /* with nothing known */
	uint32_t word;                 /* offset of the word its first load takes, or NO_WORD */
	struct seccomp_target at_word; /* with that word in the accumulator */
};

void seccomp_args_normalize(struct seccomp_chain *chain, struct seccomp_layout layout)
{
	struct seccomp_cond by_arg[SECCOMP_ARGS];
	bool is_used[SECCOMP_ARGS] = {false};
	uint64_t width = layout.is_wide ? UINT64_MAX : UINT32_MAX;

	for (unsigned i = 0; i < chain->n; i++) {
		struct seccomp_cond cond = chain->conds[i];

		cond.mask &= width;
		cond.datum &= cond.mask;
		if (cond.mask == 0) /* nothing but MASKED_EQ has such a mask, and it holds */
			continue;
		is_used[cond.arg] = true;
		by_arg[cond.arg] = cond;
	}
	chain->n = 0;
	for (unsigned arg = 0; arg < SECCOMP_ARGS; arg++)
		if (is_used[arg])
			chain->conds[chain->n++] = by_arg[arg];
}

static int op_class(const struct seccomp_cond *cond)
{
	switch (cond->op) {
	case SECCOMP_EQ:
	case SECCOMP_NE:
		return 0;
	case SECCOMP_LT:
	case SECCOMP_LE:
		return 1;
	default:
		return 2;
	}
}

/* The comparison that is made; NE, LT and LE are its negations. */
static int op_test(const struct seccomp_cond *cond)
{
	static const uint8_t tests[] = {
		[SECCOMP_EQ] = SECCOMP_EQ, [SECCOMP_NE] = SECCOMP_EQ, [SECCOMP_LT] = SECCOMP_GE,
		[SECCOMP_LE] = SECCOMP_GT, [SECCOMP_GE] = SECCOMP_GE, [SECCOMP_GT] = SECCOMP_GT,
	};

	return tests[cond->op];
}

static bool op_is_negated(const struct seccomp_cond *cond)
{
	return op_test(cond) != cond->op;
}

/* Sign as of strcmp: does @a come first? The number of words they share goes to @ret_shared. */
static int cond_compare(const struct seccomp_cond *a, const struct seccomp_cond *b,
                        struct seccomp_layout layout, unsigned *ret_shared)
{
	bool is_masked = a->mask != b->mask;

	*ret_shared = 0;
	if (a->arg != b->arg)
		return b->arg - a->arg;
	if (op_class(a) != op_class(b))
		return op_class(a) - op_class(b);
	for (int shift = layout.is_wide ? 32 : 0; shift >= 0; shift -= 32) {
		uint32_t x = (uint32_t)(a->datum >> shift);
		uint32_t y = (uint32_t)(b->datum >> shift);

		if (x != y)
			return (x < y) == (op_class(a) == 1) ? -1 : 1;
		if (is_masked || (shift == 0 && op_test(a) != op_test(b)))
			return 0;
		(*ret_shared)++;
	}
	return 0;
}

struct likeness {
	int order;       /* sign: does the first come first? */
	unsigned shared; /* words at the start of both that are tested alike */
	bool is_same;    /* the same conditions */
	bool is_prefix;  /* all conditions of the first stand at the start of the second */
};

static struct likeness chain_compare(const struct seccomp_chain *a, const struct seccomp_chain *b,
                                     struct seccomp_layout layout)
{
	struct likeness like = {0};
	unsigned n_words = layout.is_wide ? 2 : 1;

	for (unsigned i = 0; i < a->n; i++) {
		unsigned shared;

		if (i == b->n)
			return like;
		like.order = cond_compare(&a->conds[i], &b->conds[i], layout, &shared);
		like.shared += shared;
		if (shared < n_words || op_is_negated(&a->conds[i]) != op_is_negated(&b->conds[i]))
			return like;
	}
	like.is_prefix = true;
	like.is_same = a->n == b->n;
	return like;
}

int seccomp_args_insert(struct seccomp_chains *chains, const struct seccomp_chain *chain,
                        struct seccomp_layout layout, uint32_t *ret_place)
{
	unsigned best = 0;
	size_t at = 0;

	for (; at < chains->n; at++) {
		struct likeness like = chain_compare(&chains->list[at], chain, layout);

		if (like.is_same && chains->list[at].action != chain->action) {
			*ret_place = chains->list[at].place;
			return -1;
		}
		if (like.is_prefix)
			return 0;
		/* behind those that begin alike, before the next that does not */
		if (like.order > 0 || like.shared < best)
			break;
		best = like.shared;
	}
	mem_array_grow(chains->list, chains->n);
	memmove(&chains->list[at + 1], &chains->list[at], (chains->n - at) * sizeof(*chain));
	chains->list[at] = *chain;
	chains->n++;
	return 0;
}

static uint32_t word_offset(unsigned arg, bool is_high, struct seccomp_layout layout)
{
	uint32_t start = (uint32_t)(offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));

	return start + (is_high == layout.is_big_endian ? 0 : 4);
}

static struct seccomp_target enter_word(const struct entry *entry, uint32_t word)
{
	return entry->word == word ? entry->at_word : entry->at;
}

static struct seccomp_target emit_load(struct seccomp_emit *emit, uint32_t word,
                                       struct seccomp_target next)
{
	return seccomp_emit_stmt(emit, BPF_LD | BPF_W | BPF_ABS, word, next);
}

/* (A & mask) == k; returns the test's entry. Behind an AND the accumulator is no longer a word. */
static struct seccomp_target emit_masked(struct seccomp_emit *emit, uint32_t mask, uint32_t k,
                                         struct seccomp_target yes, struct seccomp_target no)
{
	struct seccomp_target test = seccomp_emit_jump(emit, BPF_JEQ, k, yes, no);

	return seccomp_emit_stmt(emit, BPF_ALU | BPF_AND | BPF_K, mask, test);
}

static struct entry entry_of(struct seccomp_target at, uint32_t word, struct seccomp_target at_word)
{
	return (struct entry){.at = at, .word = word, .at_word = at_word};
}

/* One word of a comparison for equality under a mask that is not 0. */
static struct entry emit_equal_word(struct seccomp_emit *emit, uint32_t word, uint32_t mask,
                                    uint32_t k, const struct entry *yes, const struct entry *no)
{
	struct seccomp_target test;

	if (mask == UINT32_MAX)
		test = seccomp_emit_jump(emit, BPF_JEQ, k, enter_word(yes, word),
		                         enter_word(no, word));
	else
		test = emit_masked(emit, mask, k, yes->at, no->at);
	return entry_of(emit_load(emit, word, test), word, test);
}

static struct entry emit_masked_equal(struct seccomp_emit *emit, const struct seccomp_cond *cond,
                                      struct seccomp_layout layout, const struct entry *yes,
                                      const struct entry *no)
{
	uint32_t high_mask = (uint32_t)(cond->mask >> 32);
	uint32_t low_mask = (uint32_t)cond->mask;
	struct entry entry = *yes;

	if (low_mask)
		entry = emit_equal_word(emit, word_offset(cond->arg, false, layout), low_mask,
		                        (uint32_t)cond->datum, &entry, no);
	if (high_mask)
		entry = emit_equal_word(emit, word_offset(cond->arg, true, layout), high_mask,
		                        (uint32_t)(cond->datum >> 32), &entry, no);
	return entry;
}

static uint16_t jump_of(int test)
{
	if (test == SECCOMP_EQ)
		return BPF_JEQ;
	return test == SECCOMP_GE ? BPF_JGE : BPF_JGT;
}

/* An unmasked comparison; @yes and @no are of the test, not of a negated operator. */
static struct entry emit_compare(struct seccomp_emit *emit, const struct seccomp_cond *cond,
                                 struct seccomp_layout layout, const struct entry *yes,
                                 const struct entry *no)
{
	uint32_t low_word = word_offset(cond->arg, false, layout);
	uint32_t high_word = word_offset(cond->arg, true, layout);
	uint32_t high = (uint32_t)(cond->datum >> 32);
	struct seccomp_target low_test;
	struct seccomp_target test;

	if (!layout.is_wide) {
		test = seccomp_emit_jump(emit, jump_of(op_test(cond)), (uint32_t)cond->datum,
		                         enter_word(yes, low_word), enter_word(no, low_word));
		return entry_of(emit_load(emit, low_word, test), low_word, test);
	}
	low_test = seccomp_emit_jump(emit, jump_of(op_test(cond)), (uint32_t)cond->datum,
	                             enter_word(yes, low_word), enter_word(no, low_word));
	test = seccomp_emit_jump(emit, BPF_JEQ, high, emit_load(emit, low_word, low_test),
	                         enter_word(no, high_word));
	if (op_test(cond) != SECCOMP_EQ)
		test = seccomp_emit_jump(emit, BPF_JGT, high, enter_word(yes, high_word), test);
	return entry_of(emit_load(emit, high_word, test), high_word, test);
}

static struct entry emit_cond(struct seccomp_emit *emit, const struct seccomp_cond *cond,
                              struct seccomp_layout layout, const struct entry *yes,
                              const struct entry *no)
{
	uint64_t width = layout.is_wide ? UINT64_MAX : UINT32_MAX;

	if (cond->mask != width)
		return emit_masked_equal(emit, cond, layout, yes, no);
	if (op_is_negated(cond))
		return emit_compare(emit, cond, layout, no, yes);
	return emit_compare(emit, cond, layout, yes, no);
}

/* The conditions of @chain from number @first on; their entry, or the action if there are none. */
static struct entry emit_conds(struct seccomp_emit *emit, const struct seccomp_chain *chain,
                               unsigned first, struct seccomp_layout layout, const struct entry *no)
{
	struct seccomp_target action = seccomp_emit_action(chain->action);
	struct entry entry = entry_of(action, NO_WORD, action);

	for (unsigned c = chain->n; c-- > first;)
		entry = emit_cond(emit, &chain->conds[c], layout, &entry, no);
	return entry;
}

/* Can both be decided by the low word alone, once the high word is known to be the datum's? */
static bool is_run(const struct seccomp_cond *a, const struct seccomp_cond *b,
                   struct seccomp_layout layout)
{
	if (a->arg != b->arg)
		return false;
	if (!layout.is_wide)
		return a->mask == UINT32_MAX && b->mask == UINT32_MAX;
	return a->mask == UINT64_MAX && b->mask == UINT64_MAX && a->op == SECCOMP_EQ &&
	       b->op == SECCOMP_EQ && a->datum >> 32 == b->datum >> 32;
}

/* The low word's test of one chain in a run; what is behind it fails to @no_rest. */
static struct seccomp_target emit_run_test(struct seccomp_emit *emit,
                                           const struct seccomp_chain *chain,
                                           struct seccomp_layout layout, struct seccomp_target no,
                                           const struct entry *no_rest)
{
	const struct seccomp_cond *cond = &chain->conds[0];
	struct entry rest = emit_conds(emit, chain, 1, layout, no_rest);
	struct seccomp_target yes = enter_word(&rest, word_offset(cond->arg, false, layout));
	bool is_negated = op_is_negated(cond);

	return seccomp_emit_jump(emit, jump_of(op_test(cond)), (uint32_t)cond->datum,
	                         is_negated ? no : yes, is_negated ? yes : no);
}

static struct entry emit_run(struct seccomp_emit *emit, const struct seccomp_chain *list, size_t n,
                             struct seccomp_layout layout, const struct entry *next)
{
	const struct seccomp_cond *cond = &list[0].conds[0];
	uint32_t low_word = word_offset(cond->arg, false, layout);
	uint32_t high_word = word_offset(cond->arg, true, layout);
	struct seccomp_target test = enter_word(next, low_word);
	struct entry no_rest = *next;

	for (size_t i = n; i-- > 0;) {
		test = emit_run_test(emit, &list[i], layout, test, &no_rest);
		if (i > 0 && list[i - 1].n > 1) /* it comes back with another word loaded */
			no_rest = entry_of(emit_load(emit, low_word, test), low_word, test);
	}
	if (!layout.is_wide)
		return entry_of(emit_load(emit, low_word, test), low_word, test);
	test = seccomp_emit_jump(emit, BPF_JEQ, (uint32_t)(cond->datum >> 32),
	                         emit_load(emit, low_word, test), enter_word(next, high_word));
	return entry_of(emit_load(emit, high_word, test), high_word, test);
}

struct seccomp_target seccomp_args_emit(struct seccomp_emit *emit,
                                        const struct seccomp_chains *chains,
                                        struct seccomp_layout layout,
                                        struct seccomp_target otherwise)
{
	struct entry next = entry_of(otherwise, NO_WORD, otherwise);
	size_t start;

	for (size_t end = chains->n; end > 0; end = start) {
		const struct seccomp_chain *list = chains->list;

		for (start = end - 1; start > 0; start--)
			if (!is_run(&list[start - 1].conds[0], &list[start].conds[0], layout))
				break;
		if (end - start == 1)
			next = emit_conds(emit, &list[start], 0, layout, &next);
		else
			next = emit_run(emit, &list[start], end - start, layout, &next);
	}
	return next.at;
}
