/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp.h. The section becomes rules, the rules are applied to each ABI
 * (seccomp_abi.c), ABIs of one audit architecture share a tree of call numbers, and a
 * chain of tests on the audit architecture, the machine's own first, leads to the
 * trees.
 */
#include "runtime/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp_abi.h"
#include "runtime/seccomp_arch.h"
#include "runtime/seccomp_emit.h"
#include "runtime/seccomp_rule.h"

/* What linux/seccomp.h of an older system lacks. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#ifndef SECCOMP_FILTER_FLAG_TSYNC_ESRCH
#define SECCOMP_FILTER_FLAG_TSYNC_ESRCH (1UL << 4)
#endif

#define NEGATIVE_BIT 0x80000000u /* of a call's number, which is an int */

#define PLACE "linux.seccomp"

struct compiler {
	const struct oci_seccomp *section;
	struct seccomp_default otherwise;
	struct seccomp_rule *rules; /* one per member of syscalls */
	struct seccomp_abi *abis;   /* the machine's own first */
	size_t n_abis;
	char **unknown;
	size_t n_unknown;
};

static const unsigned flag_bits[] = {
	[OCI_SECCOMP_FLAG_TSYNC] = SECCOMP_FILTER_FLAG_TSYNC,
	[OCI_SECCOMP_FLAG_LOG] = SECCOMP_FILTER_FLAG_LOG,
	[OCI_SECCOMP_FLAG_SPEC_ALLOW] = SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	[OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV] = SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
};

static void unknown_add(struct compiler *compiler, const char *name)
{
	compiler->unknown = mem_realloc(compiler->unknown, compiler->n_unknown + 2, sizeof(char *));
	compiler->unknown[compiler->n_unknown++] = mem_strdup(name);
	compiler->unknown[compiler->n_unknown] = NULL;
}

static void name_add(struct compiler *compiler, const char *name, const struct seccomp_rule *rule)
{
	if (!seccomp_abi_add(&compiler->abis[0], name, rule)) {
		unknown_add(compiler, name);
		return;
	}
	for (size_t i = 1; i < compiler->n_abis; i++)
		seccomp_abi_add(&compiler->abis[i], name, rule);
}

static int rules_read(struct compiler *compiler, struct error *err)
{
	const struct oci_seccomp *section = compiler->section;

	compiler->rules = mem_calloc(section->n_syscalls, sizeof(*compiler->rules));
	for (size_t i = 0; i < section->n_syscalls; i++) {
		const struct oci_seccomp_syscall *call = &section->syscalls[i];
		struct seccomp_rule *rule = &compiler->rules[i];

		if (seccomp_rule_read(rule, call, (uint32_t)i, err) < 0)
			return -1;
		/* what says what the default says is no rule, and hides none */
		if (rule->action == compiler->otherwise.action)
			rule = NULL;
		for (size_t n = 0; n < call->n_names; n++)
			name_add(compiler, call->names[n], rule);
	}
	return 0;
}

static void abi_ensure(struct compiler *compiler, uint32_t token)
{
	for (size_t i = 0; i < compiler->n_abis; i++)
		if (compiler->abis[i].token == token)
			return;
	mem_array_grow(compiler->abis, compiler->n_abis);
	seccomp_abi_init(&compiler->abis[compiler->n_abis++], token);
}

/* The machine's own architecture is always there, listed or not. */
static int abis_read(struct compiler *compiler, struct error *err)
{
	const struct oci_seccomp *section = compiler->section;

	abi_ensure(compiler, seccomp_arch_native());
	for (size_t i = 0; i < section->n_architectures; i++) {
		const char *name =
			json_enum_name(&oci_seccomp_arch_names, section->architectures[i]);
		uint32_t token = seccomp_arch_token(section->architectures[i]);

		if (token == 0)
			return error_set(err, ERR_UNSUPPORTED,
			                 PLACE ".architectures[%zu]: %s is not known to libseccomp",
			                 i, name);
		if (!seccomp_arch_is_native_order(token))
			return error_set(err, ERR_UNSUPPORTED,
			                 PLACE ".architectures[%zu]: %s has not the byte order of "
			                       "this machine",
			                 i, name);
		abi_ensure(compiler, token);
	}
	return 0;
}

static const struct seccomp_abi *abi_find(const struct compiler *compiler, uint32_t token)
{
	for (size_t i = 0; i < compiler->n_abis; i++)
		if (compiler->abis[i].token == token)
			return &compiler->abis[i];
	return NULL;
}

/*
 * x86_64 and x32 share an audit architecture. Numbers of the one that is not listed are those
 * of a foreign architecture, except -1, which a tracer sets to have the call skipped. Negative
 * numbers without x32's bit are x86_64's, which has no such call.
 */
static int x86_64_ranges(const struct compiler *compiler, struct seccomp_ranges *ranges,
                         struct error *err)
{
	const struct seccomp_abi *x86_64 = abi_find(compiler, SCMP_ARCH_X86_64);
	const struct seccomp_abi *x32 = abi_find(compiler, SCMP_ARCH_X32);
	const struct seccomp_default *otherwise = &compiler->otherwise;
	uint32_t foreign = x32 ? otherwise->action : SECCOMP_RET_KILL_THREAD;
	uint32_t negative = foreign;

	if (!x86_64)
		seccomp_abi_range_add(ranges, 0, SECCOMP_RET_KILL_THREAD);
	else if (seccomp_abi_ranges(x86_64, otherwise, ranges, err) < 0)
		return -1;
	if (!x32)
		seccomp_abi_range_add(ranges, SECCOMP_X32_BIT, foreign);
	else if (seccomp_abi_ranges(x32, otherwise, ranges, err) < 0)
		return -1;
	if (x86_64 && seccomp_abi_has_unknown(x86_64, otherwise))
		negative = otherwise->unknown;
	if (x32 && seccomp_abi_has_unknown(x32, otherwise))
		foreign = otherwise->unknown;
	seccomp_abi_range_add(ranges, NEGATIVE_BIT, negative);
	seccomp_abi_range_add(ranges, NEGATIVE_BIT | SECCOMP_X32_BIT, foreign);
	seccomp_abi_range_add(ranges, UINT32_MAX, x32 ? foreign : otherwise->action);
	return 0;
}

static int group_emit(const struct compiler *compiler, const struct seccomp_abi *abi,
                      struct seccomp_emit *emit, struct seccomp_target *ret_start,
                      struct error *err)
{
	struct seccomp_ranges ranges = {0};
	int failed;

	if (abi->audit == SCMP_ARCH_X86_64)
		failed = x86_64_ranges(compiler, &ranges, err);
	else
		failed = seccomp_abi_ranges(abi, &compiler->otherwise, &ranges, err);
	if (failed == 0)
		*ret_start = seccomp_abi_emit(emit, &ranges);
	seccomp_abi_ranges_clear(&ranges);
	return failed;
}

/* Is another ABI of the same audit architecture before it? Then that one stands for both. */
static bool is_second_abi(const struct compiler *compiler, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (compiler->abis[i].audit == compiler->abis[index].audit)
			return true;
	return false;
}

static int program_emit(const struct compiler *compiler, struct seccomp_emit *emit,
                        struct error *err)
{
	/* libseccomp's "bad architecture" action, which neither runc nor crun sets */
	struct seccomp_target next = seccomp_emit_action(SECCOMP_RET_KILL_THREAD);

	for (size_t i = compiler->n_abis; i-- > 0;) {
		const struct seccomp_abi *abi = &compiler->abis[i];
		struct seccomp_target start;

		if (is_second_abi(compiler, i))
			continue;
		if (group_emit(compiler, abi, emit, &start, err) < 0)
			return -1;
		next = seccomp_emit_jump(emit, BPF_JEQ, abi->audit, start, next);
	}
	next = seccomp_emit_stmt(emit, BPF_LD | BPF_W | BPF_ABS,
	                         offsetof(struct seccomp_data, arch), next);
	seccomp_emit_start(emit, next);
	if (emit->n > BPF_MAXINSNS)
		return error_set(err, ERR_LIMIT,
		                 PLACE ": the filter takes %u instructions, the kernel accepts %u",
		                 emit->n, BPF_MAXINSNS);
	return 0;
}

unsigned seccomp_flags(const struct oci_seccomp *section, bool has_notify)
{
	unsigned flags = 0;

	if (!section || !section->flags)
		flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; section && i < section->n_flags; i++)
		flags |= flag_bits[section->flags[i]];
	if (!has_notify) /* it changes the answering of notifications; alone the kernel refuses it
	                  */
		return flags & ~(unsigned)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	if (flags & SECCOMP_FILTER_FLAG_TSYNC) /* else a failed sync would look like a listener */
		flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
	return flags | SECCOMP_FILTER_FLAG_NEW_LISTENER;
}

static bool has_notify(const struct seccomp_emit *emit)
{
	for (unsigned i = 0; i < emit->n_leaves; i++)
		if (emit->leaves[i].action == SECCOMP_RET_USER_NOTIF)
			return true;
	return false;
}

static void compiler_clear(struct compiler *compiler)
{
	for (size_t i = 0; compiler->rules && i < compiler->section->n_syscalls; i++)
		seccomp_rule_clear(&compiler->rules[i]);
	free(compiler->rules);
	for (size_t i = 0; i < compiler->n_abis; i++)
		seccomp_abi_clear(&compiler->abis[i]);
	free(compiler->abis);
	mem_strv_free(compiler->unknown);
}

/*
 * Calls newer than the profile: a C library that tries one goes on with an older call after
 * ENOSYS, and gives up after EPERM. What lets calls through, or shows them to a tracer, needs no
 * such answer.
 */
static bool is_permissive(uint32_t action)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_LOG || kind == SECCOMP_RET_TRACE;
}

static int compile(struct compiler *compiler, struct seccomp_emit *emit, struct error *err)
{
	if (seccomp_rule_default(compiler->section, &compiler->otherwise.action, err) < 0)
		return -1;
	compiler->otherwise.has_unknown = !is_permissive(compiler->otherwise.action);
	compiler->otherwise.unknown = SECCOMP_RET_ERRNO | ENOSYS;
	if (abis_read(compiler, err) < 0 || rules_read(compiler, err) < 0)
		return -1;
	return program_emit(compiler, emit, err);
}

int seccomp_compile(const struct oci_seccomp *section, struct seccomp_program *ret,
                    struct error *err)
{
	struct compiler compiler auto_call(compiler_clear) = {.section = section};
	struct seccomp_emit *emit auto_call(seccomp_emit_cleanup) = seccomp_emit_new();

	if (compile(&compiler, emit, err) < 0)
		return -1;
	ret->n = (unsigned short)emit->n;
	ret->insns = mem_calloc(emit->n, sizeof(*ret->insns));
	memcpy(ret->insns, seccomp_emit_first(emit), emit->n * sizeof(*ret->insns));
	ret->has_notify = has_notify(emit);
	ret->flags = seccomp_flags(section, ret->has_notify);
	ret->unknown = ptr_take(compiler.unknown);
	return 0;
}

void seccomp_clear(struct seccomp_program *program)
{
	cleanup_free(&program->insns);
	mem_strv_free(program->unknown);
	*program = (struct seccomp_program){0};
}
