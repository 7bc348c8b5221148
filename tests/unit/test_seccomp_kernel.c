/* SPDX-License-Identifier: Apache-2.0 */
/* Actions and flags that the kernel lacks: here all of them, to a child that is filtered. */
#include "test.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>

#include "deny_call.h"
#include "runtime/seccomp_kernel.h"

static struct oci_seccomp_syscall calls[] = {
	{.action = OCI_ACT_ALLOW},
	{.action = OCI_ACT_LOG},
};

TEST(what_this_kernel_has_passes)
{
	enum oci_seccomp_flag flags[] = {OCI_SECCOMP_FLAG_LOG, OCI_SECCOMP_FLAG_SPEC_ALLOW,
	                                 OCI_SECCOMP_FLAG_TSYNC};
	struct oci_seccomp section = {
		.default_action = OCI_ACT_KILL_PROCESS,
		.flags = flags,
		.n_flags = 3,
		.syscalls = calls,
		.n_syscalls = 2,
	};
	struct seccomp_program program = {.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW};

	EXPECT_OK(seccomp_kernel_check(&section, &program, err));
	EXPECT_INT(program.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
}

static void lack_actions(struct error *err)
{
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .syscalls = calls, .n_syscalls = 2};
	struct seccomp_program program = {0};

	deny_call(SYS_seccomp, EOPNOTSUPP);
	EXPECT(!seccomp_kernel_has_action(OCI_ACT_NOTIFY));
	EXPECT(seccomp_kernel_has_action(OCI_ACT_TRAP));
	EXPECT_ERROR(seccomp_kernel_check(&section, &program, err), ERR_UNSUPPORTED,
	             "linux.seccomp.syscalls[1].action: SCMP_ACT_LOG needs Linux 4.14");
	section.default_action = OCI_ACT_KILL_PROCESS;
	EXPECT_ERROR(seccomp_kernel_check(&section, &program, err), ERR_UNSUPPORTED,
	             "linux.seccomp.defaultAction: SCMP_ACT_KILL_PROCESS needs Linux 4.14");
}

TEST(an_action_that_the_kernel_lacks_is_named_with_the_kernel_that_has_it)
{
	test_child(lack_actions);
}

static void lack_flags(struct error *err)
{
	enum oci_seccomp_flag flags[] = {OCI_SECCOMP_FLAG_WAIT_KILLABLE_RECV};
	struct oci_seccomp section = {
		.default_action = OCI_ACT_ERRNO, .flags = flags, .n_flags = 1};
	struct seccomp_program program = {0};

	deny_call(SYS_seccomp, EINVAL);
	EXPECT(!seccomp_kernel_has_flag(OCI_SECCOMP_FLAG_LOG));
	EXPECT_ERROR(seccomp_kernel_check(&section, &program, err), ERR_UNSUPPORTED,
	             "linux.seccomp.flags[0]: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs Linux "
	             "5.19");
}

TEST(a_flag_that_the_kernel_lacks_is_named_with_the_kernel_that_has_it)
{
	test_child(lack_flags);
}

static void lack_default_flag(struct error *err)
{
	struct oci_seccomp section = {.default_action = OCI_ACT_ERRNO};
	struct seccomp_program program = {.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW};

	deny_call(SYS_seccomp, EINVAL);
	EXPECT_OK(seccomp_kernel_check(&section, &program, err));
	EXPECT_INT(program.flags, 0);
}

TEST(a_flag_that_nobody_asked_for_is_done_without)
{
	test_child(lack_default_flag);
}

TEST(architectures_of_the_other_byte_order_are_none_of_this_kernels)
{
	bool is_little = seccomp_kernel_has_arch(OCI_ARCH_X86_64);

	EXPECT(seccomp_kernel_has_arch(OCI_ARCH_AARCH64) == is_little);
	EXPECT(seccomp_kernel_has_arch(OCI_ARCH_S390X) == !is_little);
}
