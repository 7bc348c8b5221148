/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A classic BPF assembler that works from the end of the program to its start, so
 * that every jump's target is known when the jump is emitted. Jumps of classic BPF
 * go forward only and conditional ones at most 255 instructions; where a target is
 * farther away the assembler puts a copy of the return, or a 32-bit jump, in reach.
 */
#ifndef RTL_RUNTIME_SECCOMP_EMIT_H
#define RTL_RUNTIME_SECCOMP_EMIT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a jump goes: to an instruction already emitted, or to the return of an action. */
struct seccomp_target {
	bool is_action;
	uint32_t value; /* the action, or the instruction's number counted from the end */
};

struct seccomp_leaf {
	uint32_t action;
	unsigned label;
};

struct seccomp_emit {
	unsigned n;                             /* instructions needed so far; may pass the limit */
	unsigned n_leaves;                      /* actions that have a return already */
	struct seccomp_leaf *leaves;            /* the return of each nearest to the start */
	struct sock_filter insns[BPF_MAXINSNS]; /* filled from the end */
};

/* seccomp_emit_action() - the target that ends the filter with @action. */
static inline struct seccomp_target seccomp_emit_action(uint32_t action)
{
	return (struct seccomp_target){.is_action = true, .value = action};
}

/* seccomp_emit_stmt() - put a load or ALU instruction before @next; returns where it is. */
struct seccomp_target seccomp_emit_stmt(struct seccomp_emit *emit, uint16_t code, uint32_t k,
                                        struct seccomp_target next);

/*
 * seccomp_emit_jump() - put a comparison with @k (@condition is BPF_JEQ, BPF_JGT or BPF_JGE)
 * that goes to @yes or @no. Returns where it is, or the target itself if both are the same.
 */
struct seccomp_target seccomp_emit_jump(struct seccomp_emit *emit, uint16_t condition, uint32_t k,
                                        struct seccomp_target yes, struct seccomp_target no);

/* seccomp_emit_start() - make @target the first instruction of the program. */
void seccomp_emit_start(struct seccomp_emit *emit, struct seccomp_target target);

/* seccomp_emit_first() - the program's first instruction of the @emit->n; borrowed. */
const struct sock_filter *seccomp_emit_first(const struct seccomp_emit *emit);

/* seccomp_emit_new() - an empty program; released with seccomp_emit_free(). */
struct seccomp_emit *seccomp_emit_new(void);

/* seccomp_emit_free() - release @emit; NULL is accepted. */
void seccomp_emit_free(struct seccomp_emit *emit);

/* seccomp_emit_cleanup() - for auto_call(). */
void seccomp_emit_cleanup(struct seccomp_emit **emit);

#endif
