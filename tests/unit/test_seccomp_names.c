/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of names, libseccomp's and our own. */
#include "test.h"

#include <seccomp.h>

#include "runtime/seccomp_names.h"

TEST(names_have_libseccomps_numbers)
{
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X86_64, "openat"), 257);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X86, "openat"), 295);
	EXPECT(seccomp_names_number(SCMP_ARCH_X86, "socket") < -100);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X86_64, "no_such_call"), __NR_SCMP_ERROR);
}

TEST(names_newer_than_libseccomp_have_one_number_on_all_architectures)
{
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X86_64, "mseal"), 462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X86, "mseal"), 462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_AARCH64, "mseal"), 462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_X32, "mseal"), 0x40000000 + 462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_MIPSEL, "mseal"), 4462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_MIPSEL64, "mseal"), 5462);
	EXPECT_INT(seccomp_names_number(SCMP_ARCH_MIPSEL64N32, "mseal"), 6462);
}
