/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp_emit.h. Instruction number i, counted from the end, stands in slot
 * BPF_MAXINSNS - 1 - i; the distance of a jump at n to a label is n - label - 1.
 * When the slots are used up, only the count goes on.
 */
#include "runtime/seccomp_emit.h"

#include <stdlib.h>

#include "common/mem.h"

#define JUMP_MAX 255 /* jt and jf are bytes */

static unsigned emit_insn(struct seccomp_emit *emit, struct sock_filter insn)
{
	if (emit->n < BPF_MAXINSNS)
		emit->insns[BPF_MAXINSNS - 1 - emit->n] = insn;
	return emit->n++;
}

static unsigned emit_return(struct seccomp_emit *emit, struct seccomp_leaf *leaf)
{
	struct sock_filter insn = BPF_STMT(BPF_RET | BPF_K, leaf->action);

	leaf->label = emit_insn(emit, insn);
	return leaf->label;
}

static struct seccomp_leaf *leaf_find(struct seccomp_emit *emit, uint32_t action)
{
	for (unsigned i = 0; i < emit->n_leaves; i++)
		if (emit->leaves[i].action == action)
			return &emit->leaves[i];
	return NULL;
}

static struct seccomp_leaf *leaf_ensure(struct seccomp_emit *emit, uint32_t action)
{
	struct seccomp_leaf *leaf = leaf_find(emit, action);

	if (leaf)
		return leaf;
	mem_array_grow(emit->leaves, emit->n_leaves);
	leaf = &emit->leaves[emit->n_leaves++];
	leaf->action = action;
	emit_return(emit, leaf);
	return leaf;
}

/* The label of @target, or of a stand-in for it, not farther than @max from the next instruction.
 */
static unsigned reach(struct seccomp_emit *emit, struct seccomp_target target, unsigned max)
{
	unsigned label = target.value;
	struct seccomp_leaf *leaf = NULL;

	if (target.is_action) {
		leaf = leaf_ensure(emit, target.value);
		label = leaf->label;
	}
	if (emit->n - label - 1 <= max)
		return label;
	if (leaf)
		return emit_return(emit, leaf);
	return emit_insn(emit, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, emit->n - label - 1));
}

struct seccomp_target seccomp_emit_stmt(struct seccomp_emit *emit, uint16_t code, uint32_t k,
                                        struct seccomp_target next)
{
	struct sock_filter insn = BPF_STMT(code, k);

	reach(emit, next, 0);
	return (struct seccomp_target){.value = emit_insn(emit, insn)};
}

struct seccomp_target seccomp_emit_jump(struct seccomp_emit *emit, uint16_t condition, uint32_t k,
                                        struct seccomp_target yes, struct seccomp_target no)
{
	struct sock_filter insn = BPF_JUMP(BPF_JMP | condition | BPF_K, k, 0, 0);
	unsigned yes_label;
	unsigned no_label;

	if (yes.is_action == no.is_action && yes.value == no.value)
		return yes;
	/* reaching @no may put one instruction between */
	yes_label = reach(emit, yes, JUMP_MAX - 1);
	no_label = reach(emit, no, JUMP_MAX);
	insn.jt = (uint8_t)(emit->n - yes_label - 1);
	insn.jf = (uint8_t)(emit->n - no_label - 1);
	return (struct seccomp_target){.value = emit_insn(emit, insn)};
}

void seccomp_emit_start(struct seccomp_emit *emit, struct seccomp_target target)
{
	reach(emit, target, 0);
}

const struct sock_filter *seccomp_emit_first(const struct seccomp_emit *emit)
{
	return &emit->insns[BPF_MAXINSNS - emit->n];
}

struct seccomp_emit *seccomp_emit_new(void)
{
	return mem_zalloc(sizeof(struct seccomp_emit));
}

void seccomp_emit_free(struct seccomp_emit *emit)
{
	if (emit)
		free(emit->leaves);
	free(emit);
}

void seccomp_emit_cleanup(struct seccomp_emit **emit)
{
	seccomp_emit_free(*emit);
}
