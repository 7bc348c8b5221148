/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on the arguments of one system call. A chain is one rule: all its
 * conditions hold, then its action is the verdict. The chains of a call form a list
 * in the order in which they are tried; the first that holds decides.
 */
#ifndef RTL_RUNTIME_SECCOMP_ARGS_H
#define RTL_RUNTIME_SECCOMP_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/seccomp_emit.h"

#define SECCOMP_ARGS 6

enum seccomp_op { SECCOMP_EQ, SECCOMP_NE, SECCOMP_LT, SECCOMP_LE, SECCOMP_GE, SECCOMP_GT };

/* (argument & mask) op datum; a mask other than all ones goes with SECCOMP_EQ only. */
struct seccomp_cond {
	uint8_t arg;
	uint8_t op; /* enum seccomp_op */
	uint64_t mask;
	uint64_t datum;
};

/* How the architecture lays out struct seccomp_data's args. */
struct seccomp_layout {
	bool is_wide;       /* 64-bit arguments; else only the low half is looked at */
	bool is_big_endian; /* the high half comes first */
};

struct seccomp_chain {
	uint32_t action;
	uint32_t place; /* index in linux.seccomp.syscalls, for errors */
	uint8_t n;      /* conditions, by rising argument */
	struct seccomp_cond conds[SECCOMP_ARGS];
};

struct seccomp_chains {
	struct seccomp_chain *list;
	size_t n;
};

/*
 * seccomp_args_normalize() - drop from @chain the bits and conditions that say nothing under
 * @layout and sort it. A chain left with n == 0 always holds.
 */
void seccomp_args_normalize(struct seccomp_chain *chain, struct seccomp_layout layout);

/**
 * seccomp_args_insert() - put a normalized chain at its place in the list
 * @ret_place: on failure, the place of the chain in the list that contradicts it
 *
 * The order is libseccomp's: higher first argument, equality before "less" before "greater",
 * narrower bounds before wider ones. A chain that can never decide is left out.
 *
 * Return: 0, or -1 if the list has a chain with the same conditions and another action.
 */
int seccomp_args_insert(struct seccomp_chains *chains, const struct seccomp_chain *chain,
                        struct seccomp_layout layout, uint32_t *ret_place);

/* seccomp_args_emit() - code that tries @chains and goes to @otherwise if none holds. */
struct seccomp_target seccomp_args_emit(struct seccomp_emit *emit,
                                        const struct seccomp_chains *chains,
                                        struct seccomp_layout layout,
                                        struct seccomp_target otherwise);

#endif
