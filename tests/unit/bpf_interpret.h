/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interpreter of the classic BPF that seccomp accepts, for tests: what would this
 * filter answer? It is as strict as the kernel's checker about what it executes.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct bpf_verdict {
	bool is_broken;   /* a jump out of the program, an unknown instruction, a bad load */
	uint32_t value;   /* SECCOMP_RET_* */
	unsigned n_steps; /* instructions executed, the return included */
};

static inline bool bpf_condition(const struct sock_filter *insn, uint32_t acc)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return acc == insn->k;
	case BPF_JGT:
		return acc > insn->k;
	case BPF_JGE:
		return acc >= insn->k;
	default:
		return acc & insn->k; /* BPF_JSET */
	}
}

static inline bool bpf_is_known(uint16_t code)
{
	return code == (BPF_LD | BPF_W | BPF_ABS) || code == (BPF_ALU | BPF_AND | BPF_K) ||
	       code == (BPF_RET | BPF_K) || code == (BPF_JMP | BPF_JA) ||
	       code == (BPF_JMP | BPF_JEQ | BPF_K) || code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       code == (BPF_JMP | BPF_JGE | BPF_K) || code == (BPF_JMP | BPF_JSET | BPF_K);
}

/* bpf_interpret() - run @n instructions at @insns on @data. */
static inline struct bpf_verdict bpf_interpret(const struct sock_filter *insns, size_t n,
                                               const struct seccomp_data *data)
{
	struct bpf_verdict verdict = {0};
	uint32_t acc = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *insn = &insns[pc];

		verdict.n_steps++;
		if (!bpf_is_known(insn->code))
			break;
		if (BPF_CLASS(insn->code) == BPF_RET) {
			verdict.value = insn->k;
			return verdict;
		}
		if (BPF_CLASS(insn->code) == BPF_LD) {
			if (insn->k % 4 || insn->k > sizeof(*data) - 4)
				break;
			memcpy(&acc, (const char *)data + insn->k, 4);
		} else if (BPF_CLASS(insn->code) == BPF_ALU) {
			acc &= insn->k;
		} else if (BPF_OP(insn->code) == BPF_JA) {
			pc += insn->k;
		} else {
			pc += bpf_condition(insn, acc) ? insn->jt : insn->jf;
		}
	}
	verdict.is_broken = true;
	return verdict;
}
