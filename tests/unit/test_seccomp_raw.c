/* SPDX-License-Identifier: Apache-2.0 */
/* A filter given as base64. */
#include <linux/filter.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/seccomp_raw.h"
#include "test.h"

TEST(instructions_come_out_as_they_went_in)
{
	auto_seccomp struct seccomp_program program = {0};

	/* ret ALLOW, twice; the second with every byte different */
	EXPECT_OK(seccomp_raw_decode("BgAAAAAA/38BAgMEBQYHCA==", &program, err));
	EXPECT_INT(program.n, 2);
	EXPECT(program.insns[0].code == 6 && program.insns[0].k == 0x7fff0000);
	EXPECT(program.insns[1].code == 0x0201 && program.insns[1].jt == 3 &&
	       program.insns[1].jf == 4 && program.insns[1].k == 0x08070605);
}

TEST(what_is_no_base64_is_refused)
{
	static const char *const bad[] = {"A",    "AAA",   "AA=A",          "====",        "AA A",
	                                  "A*AA", "AAA=A", "BgAAAAAA/38\n", "BgAAAAAA_38="};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_seccomp struct seccomp_program program = {0};

		EXPECT_ERROR(seccomp_raw_decode(bad[i], &program, err), ERR_INVALID,
		             "annotations.run.oci.seccomp_bpf_data: is not base64");
	}
}

TEST(the_length_must_be_that_of_instructions)
{
	auto_seccomp struct seccomp_program program = {0};
	auto_free char *long_text = mem_calloc(4097 * 8 / 3 * 4 + 16, 1);

	EXPECT_ERROR(seccomp_raw_decode("", &program, err), ERR_INVALID,
	             "annotations.run.oci.seccomp_bpf_data: 0 bytes are no filter of 1 to 4096 "
	             "instructions of 8 bytes");
	EXPECT_ERROR(seccomp_raw_decode("AAAA", &program, err), ERR_INVALID,
	             "annotations.run.oci.seccomp_bpf_data: 3 bytes are no filter of 1 to 4096 "
	             "instructions of 8 bytes");
	/* 4098 instructions */
	memset(long_text, 'A', 4098 * 8 / 3 * 4);
	EXPECT_ERROR(seccomp_raw_decode(long_text, &program, err), ERR_INVALID,
	             "annotations.run.oci.seccomp_bpf_data: 32784 bytes are no filter of 1 to 4096 "
	             "instructions of 8 bytes");
}
