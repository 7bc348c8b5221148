/* SPDX-License-Identifier: Apache-2.0 */
/* What seccomp_compile() makes of a section, and that the kernel takes it. */
#include "test.h"

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf_interpret.h"
#include "common/mem.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp.h"

#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)
#define X86_SOCKETCALL 102
#define X86_SOCKET 359

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NAMES(...)                                                                                 \
	.names = (char *[]){__VA_ARGS__, NULL}, .n_names = LENGTH(((char *[]){__VA_ARGS__}))
#define ARGS(...)                                                                                  \
	.args = (struct oci_seccomp_arg[]){__VA_ARGS__},                                           \
	.n_args = LENGTH(((struct oci_seccomp_arg[]){__VA_ARGS__}))
#define ALLOW(...)                                                                                 \
	{                                                                                          \
		.action = OCI_ACT_ALLOW, __VA_ARGS__                                               \
	}
#define EQ(arg, number)                                                                            \
	{                                                                                          \
		.index = (arg), .value = (number), .op = OCI_CMP_EQ                                \
	}
#define SECTION(...)                                                                               \
	{                                                                                          \
		.default_action = OCI_ACT_ERRNO,                                                   \
		.syscalls = (struct oci_seccomp_syscall[]){__VA_ARGS__},                           \
		.n_syscalls = LENGTH(((struct oci_seccomp_syscall[]){__VA_ARGS__}))                \
	}

static uint32_t verdict_on(const struct seccomp_program *program, uint32_t arch, uint32_t nr,
                           uint64_t first, uint64_t second)
{
	struct seccomp_data data = {.arch = arch, .nr = (int)nr, .args = {first, second}};
	struct bpf_verdict verdict = bpf_interpret(program->insns, program->n, &data);

	EXPECT(!verdict.is_broken);
	return verdict.value;
}

/* The verdict on the machine's own call @name. */
static uint32_t verdict(const struct seccomp_program *program, const char *name, uint64_t first,
                        uint64_t second)
{
	return verdict_on(program, seccomp_arch_native(),
	                  (uint32_t)seccomp_syscall_resolve_name(name), first, second);
}

TEST(calls_without_a_rule_get_the_default_action)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("read", "execveat")));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "read", 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "execveat", 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 0, 0), DENIED);
	EXPECT_INT(verdict_on(&program, seccomp_arch_native(), UINT32_MAX, 0, 0), DENIED);
	EXPECT(program.unknown == NULL);
}

TEST(a_filter_without_rules_answers_the_default)
{
	struct oci_seccomp section = {.default_action = OCI_ACT_ALLOW};
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "read", 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_S390X, 0, 0, 0), SECCOMP_RET_KILL_THREAD);
}

TEST(errno_ret_is_what_the_call_returns)
{
	struct oci_seccomp section = SECTION(
		{NAMES("openat"), .action = OCI_ACT_ERRNO, .has_errno_ret = true, .errno_ret = 38},
		{NAMES("read"), .action = OCI_ACT_TRACE, .has_errno_ret = true, .errno_ret = 7});
	struct seccomp_program program auto_seccomp = {0};

	section.has_default_errno_ret = true;
	section.default_errno_ret = 13;
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 0, 0), SECCOMP_RET_ERRNO | 38);
	EXPECT_INT(verdict(&program, "read", 0, 0), SECCOMP_RET_TRACE | 7);
	EXPECT_INT(verdict(&program, "write", 0, 0), SECCOMP_RET_ERRNO | 13);
}

TEST(unknown_names_are_skipped_and_returned)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("no_such_call", "read", "nor_this")));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	REQUIRE(program.unknown != NULL);
	EXPECT_STR(program.unknown[0], "no_such_call");
	EXPECT_STR(program.unknown[1], "nor_this");
	EXPECT(program.unknown[2] == NULL);
	EXPECT_INT(verdict(&program, "read", 0, 0), SECCOMP_RET_ALLOW);
}

TEST(conditions_on_different_arguments_must_all_hold)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("openat"), ARGS(EQ(0, 5), EQ(1, 7))));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 5, 7), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 5, 8), DENIED);
	EXPECT_INT(verdict(&program, "openat", 4, 7), DENIED);
}

TEST(conditions_on_one_argument_make_all_of_them_alternatives)
{
	struct oci_seccomp section =
		SECTION(ALLOW(NAMES("openat"), ARGS(EQ(0, 5), EQ(0, 6), EQ(1, 7))));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 5, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 6, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 0, 7), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 0, 0), DENIED);
}

/* libseccomp 2.5 tests the second argument for 0 here, in place of the first, and allows the call.
 */
TEST(a_rule_that_holds_in_part_does_not_disturb_the_next)
{
	struct oci_seccomp section = SECTION(
		ALLOW(NAMES("ioctl"), ARGS(EQ(0, 0x60000000), EQ(1, 1))),
		ALLOW(NAMES("ioctl"), ARGS(EQ(0, 0))),
		ALLOW(NAMES("futex"), ARGS(EQ(0, 0xc8f00000), EQ(0, 0), EQ(1, 0x80000000))));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "ioctl", 0x60000000, 0), DENIED);
	EXPECT_INT(verdict(&program, "ioctl", 0x60000000, 1), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "ioctl", 0, 1), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "futex", 1, 0x80000000), SECCOMP_RET_ALLOW);
}

TEST(a_rule_without_conditions_hides_those_with_them)
{
	struct oci_seccomp_syscall calls[] = {
		ALLOW(NAMES("openat"), ARGS(EQ(0, 5))),
		{NAMES("openat"), .action = OCI_ACT_TRAP},
		{NAMES("openat"), .action = OCI_ACT_LOG, ARGS(EQ(0, 6))},
		{NAMES("openat"), .action = OCI_ACT_KILL},
	};
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .syscalls = calls, .n_syscalls = LENGTH(calls)};
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	for (uint64_t arg = 4; arg < 8; arg++)
		EXPECT_INT(verdict(&program, "openat", arg, 0), SECCOMP_RET_TRAP);
}

TEST(a_rule_that_says_what_the_default_says_hides_nothing)
{
	struct oci_seccomp section = SECTION({NAMES("openat"), .action = OCI_ACT_ERRNO},
	                                     ALLOW(NAMES("openat"), ARGS(EQ(0, 5))));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 5, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 6, 0), DENIED);
}

TEST(the_rule_with_more_conditions_is_tried_first)
{
	struct oci_seccomp section =
		SECTION({NAMES("openat"), .action = OCI_ACT_TRAP, ARGS(EQ(0, 5), EQ(1, 6))},
	                ALLOW(NAMES("openat"), ARGS(EQ(0, 5))));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 5, 6), SECCOMP_RET_TRAP);
	EXPECT_INT(verdict(&program, "openat", 5, 7), SECCOMP_RET_ALLOW);
}

TEST(rules_of_two_actions_that_exclude_each_other_need_no_order)
{
	struct oci_seccomp section =
		SECTION(ALLOW(NAMES("socket"), ARGS({.index = 1, .value = 9, .op = OCI_CMP_NE})),
	                {NAMES("socket"), .action = OCI_ACT_TRAP, ARGS(EQ(0, 16), EQ(1, 9))},
	                ALLOW(NAMES("socket"), ARGS({.index = 0, .value = 16, .op = OCI_CMP_NE})));
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "socket", 16, 9), SECCOMP_RET_TRAP);
	EXPECT_INT(verdict(&program, "socket", 16, 8), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "socket", 15, 9), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "socket", 15, 8), SECCOMP_RET_ALLOW);
}

#define MASKED(arg, mask, number)                                                                  \
	{                                                                                          \
		.index = (arg), .value = (mask), .value_two = (number), .op = OCI_CMP_MASKED_EQ    \
	}

TEST(a_condition_under_an_empty_mask_is_none)
{
	struct oci_seccomp section =
		SECTION(ALLOW(NAMES("openat"), ARGS(EQ(1, 5))),
	                {NAMES("openat"), .action = OCI_ACT_TRAP, ARGS(MASKED(0, 0, 7))});
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 0, 5), SECCOMP_RET_TRAP);
}

TEST(values_of_one_argument_stay_together_in_the_order)
{
	struct oci_seccomp section =
		SECTION(ALLOW(NAMES("openat"), ARGS(EQ(0, 9))),
	                {NAMES("openat"), .action = OCI_ACT_TRAP, ARGS(MASKED(0, 3, 3))},
	                {NAMES("openat"), .action = OCI_ACT_LOG, ARGS(EQ(0, 3))});
	struct seccomp_program program auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict(&program, "openat", 9, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", 7, 0), SECCOMP_RET_TRAP);
	EXPECT_INT(verdict(&program, "openat", 3, 0), SECCOMP_RET_LOG);
}

TEST(a_rule_given_twice_costs_nothing)
{
	struct oci_seccomp_syscall calls[] = {
		ALLOW(NAMES("openat"), ARGS(EQ(0, 5))),
		ALLOW(NAMES("openat"), ARGS(EQ(0, 5))),
		ALLOW(NAMES("openat"), ARGS(EQ(0, 5), EQ(1, 6))),
	};
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .syscalls = calls, .n_syscalls = 1};
	struct seccomp_program once auto_seccomp = {0};
	struct seccomp_program again auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &once, err));
	section.n_syscalls = LENGTH(calls);
	REQUIRE_OK(seccomp_compile(&section, &again, err));
	EXPECT_INT(again.n, once.n);
}

TEST(x32_calls_are_foreign_unless_listed)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("read")));
	enum oci_seccomp_arch x32 = OCI_ARCH_X32;
	struct seccomp_program without auto_seccomp = {0};
	struct seccomp_program with auto_seccomp = {0};
	uint32_t read_nr = 0x40000000;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		test_skip("not x86_64");
	REQUIRE_OK(seccomp_compile(&section, &without, err));
	EXPECT_INT(verdict_on(&without, AUDIT_ARCH_X86_64, read_nr, 0, 0), SECCOMP_RET_KILL_THREAD);
	EXPECT_INT(verdict_on(&without, AUDIT_ARCH_X86_64, UINT32_MAX, 0, 0), DENIED);
	section.architectures = &x32;
	section.n_architectures = 1;
	REQUIRE_OK(seccomp_compile(&section, &with, err));
	EXPECT_INT(verdict_on(&with, AUDIT_ARCH_X86_64, read_nr, 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&with, AUDIT_ARCH_X86_64, read_nr + 999, 0, 0), UNKNOWN);
	EXPECT_INT(verdict_on(&with, AUDIT_ARCH_X86_64, 0, 0, 0), SECCOMP_RET_ALLOW);
}

/* What runc does: a C library that gets EPERM from a new call does not try the old one. */
TEST(calls_newer_than_all_that_the_profile_names_are_unknown_to_it)
{
	struct oci_seccomp section =
		SECTION(ALLOW(NAMES("read")), {NAMES("openat"), .action = OCI_ACT_ERRNO});
	static const enum oci_seccomp_action strict[] = {OCI_ACT_ERRNO, OCI_ACT_KILL,
	                                                 OCI_ACT_KILL_PROCESS, OCI_ACT_TRAP};
	static const enum oci_seccomp_action lax[] = {OCI_ACT_ALLOW, OCI_ACT_LOG, OCI_ACT_TRACE};
	uint32_t openat_nr = (uint32_t)seccomp_syscall_resolve_name("openat");

	for (size_t i = 0; i < LENGTH(strict); i++) {
		struct seccomp_program program auto_seccomp = {0};

		section.default_action = strict[i];
		REQUIRE_OK(seccomp_compile(&section, &program, err));
		EXPECT(verdict(&program, "dup", 0, 0) != UNKNOWN);
		EXPECT(verdict(&program, "openat", 0, 0) != UNKNOWN);
		EXPECT_INT(verdict_on(&program, seccomp_arch_native(), openat_nr + 1, 0, 0),
		           UNKNOWN);
	}
	for (size_t i = 0; i < LENGTH(lax); i++) {
		struct seccomp_program program auto_seccomp = {0};

		section.default_action = lax[i];
		REQUIRE_OK(seccomp_compile(&section, &program, err));
		EXPECT(verdict_on(&program, seccomp_arch_native(), openat_nr + 1, 0, 0) != UNKNOWN);
	}
}

TEST(each_architecture_has_its_own_newest_call)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("read", "openat", "execve")));
	enum oci_seccomp_arch arches[] = {OCI_ARCH_X86, OCI_ARCH_AARCH64};
	struct seccomp_program program auto_seccomp = {0};

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		test_skip("not x86_64");
	section.architectures = arches;
	section.n_architectures = LENGTH(arches);
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_X86_64, 257, 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_X86_64, 258, 0, 0), UNKNOWN);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, 258, 0, 0), DENIED);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, 295, 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, 296, 0, 0), UNKNOWN);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_AARCH64, 221, 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_AARCH64, 222, 0, 0), UNKNOWN);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_X86_64, 0x80000000, 0, 0), UNKNOWN);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_X86_64, 0xc0000000, 0, 0),
	           SECCOMP_RET_KILL_THREAD);
}

TEST(a_multiplexed_call_is_ruled_both_ways)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("socket")));
	enum oci_seccomp_arch x86 = OCI_ARCH_X86;
	struct seccomp_program program auto_seccomp = {0};

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		test_skip("not x86_64");
	section.architectures = &x86;
	section.n_architectures = 1;
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, X86_SOCKET, 0, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, X86_SOCKETCALL, 1, 0), SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, X86_SOCKETCALL, 2, 0), DENIED);
}

TEST(a_32_bit_abi_looks_at_the_low_half_only)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("openat"), ARGS(EQ(0, 5))));
	enum oci_seccomp_arch x86 = OCI_ARCH_X86;
	struct seccomp_program program auto_seccomp = {0};
	uint32_t nr = (uint32_t)seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, "openat");

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		test_skip("not x86_64");
	section.architectures = &x86;
	section.n_architectures = 1;
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(verdict_on(&program, AUDIT_ARCH_I386, nr, UINT64_C(0x700000005), 0),
	           SECCOMP_RET_ALLOW);
	EXPECT_INT(verdict(&program, "openat", UINT64_C(0x700000005), 0), DENIED);
}

TEST(absent_flags_mean_spec_allow_and_an_empty_list_none)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("read")));
	enum oci_seccomp_flag flags[] = {OCI_SECCOMP_FLAG_LOG, OCI_SECCOMP_FLAG_TSYNC,
	                                 OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV};
	struct seccomp_program absent auto_seccomp = {0};
	struct seccomp_program empty auto_seccomp = {0};
	struct seccomp_program some auto_seccomp = {0};

	REQUIRE_OK(seccomp_compile(&section, &absent, err));
	EXPECT_INT(absent.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	section.flags = flags;
	REQUIRE_OK(seccomp_compile(&section, &empty, err));
	EXPECT_INT(empty.flags, 0);
	section.n_flags = LENGTH(flags);
	REQUIRE_OK(seccomp_compile(&section, &some, err));
	EXPECT_INT(some.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC);
}

TEST(a_notify_rule_asks_for_a_listener)
{
	struct oci_seccomp section = SECTION({NAMES("mkdir"), .action = OCI_ACT_NOTIFY});
	enum oci_seccomp_flag flags[] = {OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV};
	struct seccomp_program program auto_seccomp = {0};

	section.flags = flags;
	section.n_flags = LENGTH(flags);
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT(program.has_notify);
	EXPECT_INT(program.flags, SECCOMP_FILTER_FLAG_NEW_LISTENER | 1U << 5);
	EXPECT_INT(verdict(&program, "mkdir", 0, 0), SECCOMP_RET_USER_NOTIF);
}

TEST(an_error_names_the_place_and_the_value)
{
	struct oci_seccomp bad_index =
		SECTION(ALLOW(NAMES("read")), ALLOW(NAMES("openat"), ARGS(EQ(0, 1), EQ(6, 1))));
	struct oci_seccomp no_errno =
		SECTION({NAMES("read"), .action = OCI_ACT_ALLOW, .has_errno_ret = true});
	struct oci_seccomp big_errno = SECTION({NAMES("read"), .action = OCI_ACT_ERRNO,
	                                        .has_errno_ret = true, .errno_ret = 70000});
	struct oci_seccomp twice =
		SECTION(ALLOW(NAMES("read")), ALLOW(NAMES("openat"), ARGS(EQ(0, 1))),
	                {NAMES("openat"), .action = OCI_ACT_TRAP, ARGS(EQ(0, 1))});
	struct oci_seccomp by_default = {.default_action = OCI_ACT_KILL,
	                                 .has_default_errno_ret = true,
	                                 .default_errno_ret = 1};
	struct seccomp_program program auto_seccomp = {0};

	EXPECT_ERROR(seccomp_compile(&bad_index, &program, err), ERR_INVALID,
	             "linux.seccomp.syscalls[1].args[1].index: 6 is not between 0 and 5");
	EXPECT_ERROR(seccomp_compile(&no_errno, &program, err), ERR_INVALID,
	             "linux.seccomp.syscalls[0].errnoRet: 0: SCMP_ACT_ALLOW takes no errno");
	EXPECT_ERROR(seccomp_compile(&big_errno, &program, err), ERR_INVALID,
	             "linux.seccomp.syscalls[0].errnoRet: 70000 is not between 0 and 65535");
	EXPECT_ERROR(seccomp_compile(&twice, &program, err), ERR_INVALID,
	             "linux.seccomp.syscalls[2]: openat has the conditions of syscalls[1] and "
	             "another action");
	EXPECT_ERROR(seccomp_compile(&by_default, &program, err), ERR_INVALID,
	             "linux.seccomp.defaultErrnoRet: 1: SCMP_ACT_KILL takes no errno");
	EXPECT(program.insns == NULL);
}

TEST(an_architecture_of_the_other_byte_order_is_refused)
{
	struct oci_seccomp section = SECTION(ALLOW(NAMES("read")));
	enum oci_seccomp_arch arches[] = {OCI_ARCH_X86, OCI_ARCH_S390X};
	struct seccomp_program program auto_seccomp = {0};

	if (!(seccomp_arch_native() & __AUDIT_ARCH_LE))
		test_skip("not a little-endian machine");
	section.architectures = arches;
	section.n_architectures = LENGTH(arches);
	EXPECT_ERROR(seccomp_compile(&section, &program, err), ERR_UNSUPPORTED,
	             "linux.seccomp.architectures[1]: SCMP_ARCH_S390X has not the byte order of "
	             "this machine");
}

/* Two rules for @name: @n values of its first argument, every third number from 0. */
static void values_make(struct oci_seccomp_syscall *call, char **name, size_t n)
{
	*call = (struct oci_seccomp_syscall){
		.names = name,
		.n_names = 1,
		.action = OCI_ACT_ALLOW,
		.args = mem_calloc(n, sizeof(*call->args)),
		.n_args = n,
	};
	for (size_t i = 0; i < n; i++)
		call->args[i] = (struct oci_seccomp_arg)EQ(0, 3 * i);
}

static char *long_names[] = {"openat", "ioctl", "read"};

TEST(targets_farther_than_a_byte_can_jump_are_reached)
{
	struct oci_seccomp_syscall calls[3];
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .syscalls = calls, .n_syscalls = LENGTH(calls)};
	struct seccomp_program program auto_seccomp = {0};

	for (size_t i = 0; i < LENGTH(calls); i++)
		values_make(&calls[i], &long_names[i], 900);
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	for (size_t i = 0; i < LENGTH(calls); i++)
		for (uint64_t value = 0; value < 2703; value++)
			EXPECT_INT(verdict(&program, long_names[i], value, 0),
			           value % 3 == 0 && value < 2700 ? SECCOMP_RET_ALLOW : DENIED);
	EXPECT_INT(verdict(&program, "write", 0, 0), DENIED);
	for (size_t i = 0; i < LENGTH(calls); i++)
		free(calls[i].args);
}

TEST(a_filter_longer_than_the_kernel_accepts_is_refused)
{
	struct oci_seccomp_syscall call;
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .syscalls = &call, .n_syscalls = 1};
	struct seccomp_program program auto_seccomp = {0};

	values_make(&call, &long_names[0], BPF_MAXINSNS);
	EXPECT_INT(seccomp_compile(&section, &program, err), -1);
	EXPECT_INT(err->kind, ERR_LIMIT);
	EXPECT_CONTAINS(err->msg, "instructions, the kernel accepts 4096");
	free(call.args);
}

/* Load the program in a child, make two calls there; the child's status says what happened. */
static int child_run(const struct seccomp_program *program)
{
	struct sock_fprog prog = {.len = program->n, .filter = program->insns};
	struct utsname uts;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 1;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program->flags, &prog) < 0)
		return 2;
	if (syscall(SYS_getpriority, 0, 0) != -1 || errno != ENOTNAM)
		return 3;
	if (syscall(SYS_uname, &uts) != 0)
		return 4;
	return syscall(SYS_dup, 0x7fffffff) == -1 && errno == EXDEV ? 0 : 5;
}

static int child_status(const struct seccomp_program *program)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child_run(program));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(the_kernel_takes_the_filter_and_a_forbidden_call_gets_its_errno)
{
	enum oci_seccomp_arch arches[] = {OCI_ARCH_X86_64, OCI_ARCH_X86, OCI_ARCH_X32};
	struct oci_seccomp_syscall calls[] = {
		{NAMES("getpriority"), .action = OCI_ACT_ERRNO, .has_errno_ret = true,
	         .errno_ret = ENOTNAM},
		{NAMES("dup"), .action = OCI_ACT_ERRNO, .has_errno_ret = true, .errno_ret = EXDEV,
	         ARGS({.index = 0, .value = 0x7ffffffe, .op = OCI_CMP_GT})},
	};
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ALLOW, .syscalls = calls, .n_syscalls = LENGTH(calls)};
	struct seccomp_program program auto_seccomp = {0};

	if (seccomp_arch_native() == SCMP_ARCH_X86_64) {
		section.architectures = arches;
		section.n_architectures = LENGTH(arches);
	}
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(child_status(&program), 0);
}

TEST(the_kernel_takes_a_filter_with_long_jumps)
{
	struct oci_seccomp_syscall calls[3];
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ALLOW, .syscalls = calls, .n_syscalls = LENGTH(calls)};
	struct seccomp_program program auto_seccomp = {0};

	for (size_t i = 0; i < LENGTH(calls); i++) {
		values_make(&calls[i], &long_names[i], 900);
		calls[i].action = OCI_ACT_TRAP;
	}
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	EXPECT_INT(child_status(&program), 3); /* loaded, and getpriority is not forbidden */
	for (size_t i = 0; i < LENGTH(calls); i++)
		free(calls[i].args);
}
