/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are linux.seccomp. What is compiled passes the kernel's checker, answers every call
 * with an action of the section or one of the two that any filter has, and is the same when
 * compiled again.
 */
#include <errno.h>
#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/bpf_interpret.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp.h"
#include "runtime/seccomp_rule.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

/* As bpf_check_classic() and seccomp_check_filter() of the kernel. */
static void check(const struct seccomp_program *program)
{
	expect(program->n > 0 && program->n <= BPF_MAXINSNS);
	for (unsigned pc = 0; pc < program->n; pc++) {
		const struct sock_filter *insn = &program->insns[pc];
		unsigned left = program->n - pc - 1;

		expect(bpf_is_known(insn->code));
		if (BPF_CLASS(insn->code) == BPF_LD)
			expect(insn->k % 4 == 0 && insn->k < sizeof(struct seccomp_data));
		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		if (BPF_OP(insn->code) == BPF_JA)
			expect(insn->k < left);
		else
			expect(insn->jt < left && insn->jf < left);
	}
	expect(program->insns[program->n - 1].code == (BPF_RET | BPF_K));
}

static bool is_action(const struct oci_seccomp *section, uint32_t verdict)
{
	struct error err;
	uint32_t action;

	if (verdict == SECCOMP_RET_KILL_THREAD || verdict == (SECCOMP_RET_ERRNO | ENOSYS))
		return true;
	if (seccomp_rule_default(section, &action, &err) == 0 && action == verdict)
		return true;
	for (size_t i = 0; i < section->n_syscalls; i++) {
		struct seccomp_rule rule = {0};

		seccomp_rule_read(&rule, &section->syscalls[i], (uint32_t)i, &err);
		action = rule.action;
		seccomp_rule_clear(&rule);
		if (action == verdict)
			return true;
	}
	return false;
}

/* Values that the section compares with are worth trying. */
static uint64_t argument(const struct oci_seccomp *section, unsigned try)
{
	for (size_t i = 0; i < section->n_syscalls; i++) {
		const struct oci_seccomp_syscall *call = &section->syscalls[i];

		if (try < call->n_args)
			return call->args[try].value;
		try -= (unsigned)call->n_args;
	}
	return try;
}

static void run(const struct oci_seccomp *section, const struct seccomp_program *program)
{
	static const uint32_t arches[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64};
	static const uint32_t numbers[] = {0,   1,   16,  41,  56,         102,
	                                   135, 257, 359, 435, 0x40000010, -1};

	for (size_t arch = 0; arch < COUNT(arches); arch++) {
		for (unsigned try = 0; try < 4 * COUNT(numbers); try++) {
			struct seccomp_data call = {
				.arch = arches[arch],
				.nr = (int)numbers[try % COUNT(numbers)],
			};
			struct bpf_verdict verdict;

			for (unsigned i = 0; i < 6; i++)
				call.args[i] = argument(section, try / COUNT(numbers) + i);
			verdict = bpf_interpret(program->insns, program->n, &call);
			expect(!verdict.is_broken);
			expect(is_action(section, verdict.value));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	auto_json struct oci_seccomp *section = json_read(&oci_seccomp_type, "seccomp.json",
	                                                  (const char *)data, size, 1 << 20, &err);
	struct seccomp_program program auto_seccomp = {0};
	struct seccomp_program again auto_seccomp = {0};

	if (!section) {
		expect(err.msg[0] != '\0');
		return 0;
	}
	if (seccomp_compile(section, &program, &err) < 0) {
		expect(program.insns == NULL && err.msg[0] != '\0');
		return 0;
	}
	check(&program);
	run(section, &program);
	expect(seccomp_compile(section, &again, &err) == 0);
	expect(again.n == program.n && again.flags == program.flags);
	expect(memcmp(again.insns, program.insns, program.n * sizeof(*program.insns)) == 0);
	return 0;
}
