/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device programs are run by a small interpreter and compared with the rules read one by one;
 * as root one is also loaded and tried in a cgroup of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/process.h"
#include "dl/bpf.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "libocispec/oci_resources.h"
#include "runtime/device_filter.h"
#include "test.h"

#define R BPF_DEVCG_ACC_READ
#define W BPF_DEVCG_ACC_WRITE
#define M BPF_DEVCG_ACC_MKNOD
#define RWM (R | W | M)

#define RULE(allow_, type_, major_, minor_, access_)                                               \
	{                                                                                          \
		.allow = (allow_), .type = (type_), .has_major = (major_) >= 0, .major = (major_), \
		.has_minor = (minor_) >= 0, .minor = (minor_), .access = (access_)                 \
	}

/* What a program of the instructions we emit returns; -1 if it leaves its text. */
static int64_t interpret(const struct bpf_insn *insns, size_t n, const uint32_t ctx[3])
{
	uint64_t r[11] = {0};

	for (size_t pc = 0; pc < n; pc++) {
		const struct bpf_insn *i = &insns[pc];
		uint64_t *dst = &r[i->dst_reg];
		bool jumps = false;

		switch (i->code) {
		case BPF_LDX | BPF_W | BPF_MEM:
			if (i->src_reg != BPF_REG_1 || i->off < 0 || i->off > 8)
				return -1;
			*dst = ctx[i->off / 4];
			break;
		case BPF_ALU | BPF_MOV | BPF_X:
			*dst = (uint32_t)r[i->src_reg];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			*dst = (uint64_t)(int64_t)i->imm;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			*dst = (uint32_t)*dst & (uint32_t)i->imm;
			break;
		case BPF_ALU | BPF_RSH | BPF_K:
			*dst = (uint32_t)*dst >> i->imm;
			break;
		case BPF_JMP | BPF_JA:
			jumps = true;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jumps = *dst == (uint64_t)(int64_t)i->imm;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			jumps = *dst != (uint64_t)(int64_t)i->imm;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jumps = (*dst & (uint64_t)(int64_t)i->imm) != 0;
			break;
		case BPF_JMP | BPF_EXIT:
			return (int64_t)r[0];
		default:
			return -1;
		}
		if (jumps)
			pc += (size_t)i->off;
	}
	return -1;
}

/* The kernel refuses a program with an instruction that nothing reaches. */
static bool is_all_reached(const struct bpf_insn *insns, size_t n)
{
	auto_free bool *reached = mem_calloc(n + 1, sizeof(bool));

	reached[0] = true;
	for (size_t i = 0; i < n; i++) {
		bool is_jump =
			BPF_CLASS(insns[i].code) == BPF_JMP && BPF_OP(insns[i].code) != BPF_EXIT;
		bool falls_through = insns[i].code != (BPF_JMP | BPF_JA) &&
		                     insns[i].code != (BPF_JMP | BPF_EXIT);

		if (!reached[i] || (is_jump && insns[i].off < 0))
			return false;
		if (is_jump)
			reached[i + 1 + (size_t)insns[i].off] = true;
		if (falls_through)
			reached[i + 1] = true;
	}
	return !reached[n];
}

static int verdict(const struct oci_device_rule *rules, size_t n, char type, unsigned major,
                   unsigned minor, unsigned access, struct error *err)
{
	auto_device_filter struct device_filter filter = {0};
	size_t n_insns;

	REQUIRE_OK(device_filter_build(rules, n, &filter, err));
	auto_free struct bpf_insn *insns = device_filter_compile(&filter, &n_insns);
	uint32_t ctx[3] = {access << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
	                   major, minor};

	EXPECT(is_all_reached(insns, n_insns));
	return (int)interpret(insns, n_insns, ctx);
}

static bool is_default_device(char type, unsigned major, unsigned minor)
{
	static const unsigned nodes[][2] = {{1, 3}, {1, 5}, {1, 7}, {1, 8},
	                                    {1, 9}, {5, 0}, {5, 1}, {5, 2}};

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++)
		if (type == 'c' && major == nodes[i][0] && minor == nodes[i][1])
			return true;
	return type == 'c' && major == 136;
}

/* The specification by itself: the last rule that matches decides, for each access alone. */
static int expected_verdict(const struct oci_device_rule *rules, size_t n, char type,
                            unsigned major, unsigned minor, unsigned access)
{
	for (unsigned bit = 1; bit <= 4; bit <<= 1) {
		char letter = bit == M ? 'm' : bit == R ? 'r' : 'w';
		bool is_allowed = false;

		for (size_t i = 0; i < n; i++)
			if ((!rules[i].type || rules[i].type[0] == 'a' ||
			     rules[i].type[0] == type) &&
			    (!rules[i].has_major || rules[i].major == (int64_t)major) &&
			    (!rules[i].has_minor || rules[i].minor == (int64_t)minor) &&
			    (!rules[i].access || strchr(rules[i].access, letter)))
				is_allowed = rules[i].allow;
		if (bit == M || is_default_device(type, major, minor))
			is_allowed = true;
		if ((access & bit) && !is_allowed)
			return 0;
	}
	return 1;
}

static const struct oci_device_rule usual[] = {
	RULE(false, "a", -1, -1, "rwm"), RULE(true, "c", -1, -1, "m"),
	RULE(true, "b", -1, -1, "m"),    RULE(true, "c", 1, 3, "rwm"),
	RULE(true, "c", 1, 8, "rwm"),    RULE(true, "c", 1, 7, "rwm"),
	RULE(true, "c", 5, 0, "rwm"),    RULE(true, "c", 1, 5, "rwm"),
	RULE(true, "c", 1, 9, "rwm"),    RULE(true, "c", 5, 1, "rwm"),
	RULE(true, "c", 136, -1, "rwm"), RULE(true, "c", 5, 2, "rwm"),
	RULE(true, "c", 10, 200, "rwm"),
};
#define N_USUAL (sizeof(usual) / sizeof(*usual))

TEST(default_devices_are_allowed_without_any_rule)
{
	EXPECT_INT(verdict(NULL, 0, 'c', 1, 3, R | W, err), 1);
	EXPECT_INT(verdict(NULL, 0, 'c', 136, 7, R | W, err), 1);
	EXPECT_INT(verdict(NULL, 0, 'c', 1, 11, R, err), 0);
	EXPECT_INT(verdict(NULL, 0, 'b', 8, 0, R, err), 0);
	EXPECT_INT(verdict(NULL, 0, 'b', 8, 0, M, err), 1);
}

TEST(default_devices_cannot_be_denied)
{
	struct oci_device_rule rules[] = {RULE(false, "c", 1, 3, "rwm")};

	EXPECT_INT(verdict(rules, 1, 'c', 1, 3, R | W, err), 1);
}

TEST(the_usual_rules_allow_what_they_name)
{
	EXPECT_INT(verdict(usual, N_USUAL, 'c', 10, 200, R | W, err), 1);
	EXPECT_INT(verdict(usual, N_USUAL, 'c', 10, 229, R | W, err), 0);
	EXPECT_INT(verdict(usual, N_USUAL, 'b', 10, 200, R, err), 0);
	EXPECT_INT(verdict(usual, N_USUAL, 'b', 7, 0, M, err), 1);
}

TEST(the_usual_rules_make_a_short_program)
{
	auto_device_filter struct device_filter filter = {0};
	size_t n;

	REQUIRE_OK(device_filter_build(usual, N_USUAL, &filter, err));
	free(device_filter_compile(&filter, &n));
	EXPECT_INT(filter.n, 11);
	EXPECT(n <= 40);
}

TEST(a_denied_write_is_denied_in_an_open_for_both)
{
	struct oci_device_rule rules[] = {RULE(true, "c", 10, 229, "rwm"),
	                                  RULE(false, "c", 10, 229, "w")};

	EXPECT_INT(verdict(rules, 2, 'c', 10, 229, R, err), 1);
	EXPECT_INT(verdict(rules, 2, 'c', 10, 229, W, err), 0);
	EXPECT_INT(verdict(rules, 2, 'c', 10, 229, R | W, err), 0);
}

TEST(the_last_rule_wins)
{
	struct oci_device_rule rules[] = {RULE(true, "a", -1, -1, NULL),
	                                  RULE(false, "c", 10, -1, "rwm"),
	                                  RULE(true, "c", 10, 229, "rw")};

	EXPECT_INT(verdict(rules, 3, 'b', 8, 0, R | W, err), 1);
	EXPECT_INT(verdict(rules, 3, 'c', 10, 1, R, err), 0);
	EXPECT_INT(verdict(rules, 3, 'c', 10, 229, R | W, err), 1);
}

TEST(rules_that_allow_everything_need_no_program)
{
	struct oci_device_rule all[] = {RULE(false, "c", 1, 2, "r"),
	                                RULE(true, NULL, -1, -1, NULL)};
	struct oci_device_rule parts[] = {RULE(true, "a", -1, -1, "r"),
	                                  RULE(true, "a", -1, -1, "w")};
	auto_device_filter struct device_filter filter = {0}, other = {0};

	REQUIRE_OK(device_filter_build(all, 2, &filter, err));
	EXPECT(device_filter_allows_all(&filter));
	REQUIRE_OK(device_filter_build(parts, 2, &other, err));
	EXPECT(device_filter_allows_all(&other));
}

TEST(a_program_agrees_with_the_rules_read_one_by_one)
{
	static const char *const types[] = {"a", "b", "c", NULL};
	static const char *const accesses[] = {"r", "w", "m", "rw", "rm", "wm", "rwm", NULL};
	static const int numbers[] = {-1, 1, 3, 5, 10, 136};

	srand(20261124);
	for (int round = 0; round < 3000; round++) {
		struct oci_device_rule rules[8];
		size_t n = (size_t)rand() % 9;

		for (size_t i = 0; i < n; i++) {
			int major = numbers[rand() % 6], minor = numbers[rand() % 5];
			struct oci_device_rule rule = RULE(rand() % 2, types[rand() % 4], major,
			                                   minor, accesses[rand() % 8]);

			rules[i] = rule;
		}
		for (int request = 0; request < 60; request++) {
			char type = "bc"[rand() % 2];
			unsigned major = (unsigned)numbers[1 + rand() % 5];
			unsigned minor = (unsigned)(rand() % 11),
				 access = (unsigned)(1 + rand() % 7);
			int got = verdict(rules, n, type, major, minor, access, err);

			if (got != expected_verdict(rules, n, type, major, minor, access)) {
				test_fail(__FILE__, __LINE__,
				          "round %d: %c %u:%u access %u gives %d", round, type,
				          major, minor, access, got);
				return;
			}
		}
	}
}

static void expect_lines(const struct oci_device_rule *rules, size_t n, const char *expected,
                         struct error *err)
{
	auto_device_filter struct device_filter filter = {0};
	auto_strv char **lines = NULL;
	auto_str struct str text = {0};

	REQUIRE_OK(device_filter_build(rules, n, &filter, err));
	REQUIRE_OK(device_filter_lines(&filter, &lines, err));
	for (char **line = lines; *line; line++)
		str_appendf(&text, "%s%s", text.len ? "," : "", *line);
	EXPECT_STR(text.s ? text.s : "", expected);
}

TEST(on_v1_everything_is_denied_first_and_the_rest_allowed)
{
	expect_lines(usual, N_USUAL,
	             "-a,+c 136:* rw,+c 10:200 rw,+c 5:2 rw,+c 5:1 rw,+c 5:0 rw,+c 1:9 rw,"
	             "+c 1:8 rw,+c 1:7 rw,+c 1:5 rw,+c 1:3 rw,+c *:* m,+b *:* m",
	             err);
}

TEST(on_v1_one_device_is_denied_to_a_privileged_container)
{
	struct oci_device_rule rules[] = {RULE(true, "a", -1, -1, "rwm"),
	                                  RULE(false, "c", 10, 229, "rwm")};

	expect_lines(rules, 2, "-c 10:229 rw", err);
}

TEST(on_v1_a_hole_in_a_range_is_refused)
{
	struct oci_device_rule rules[] = {RULE(true, "c", 10, -1, "rw"),
	                                  RULE(false, "c", 10, 229, "w")};
	auto_device_filter struct device_filter filter = {0};
	auto_strv char **lines = NULL;

	REQUIRE_OK(device_filter_build(rules, 2, &filter, err));
	EXPECT_ERROR(device_filter_lines(&filter, &lines, err), ERR_UNSUPPORTED,
	             "linux.resources.devices: cannot be applied: cgroup v1 cannot deny "
	             "\"c 10:229 w\" inside a wider rule");
}

TEST(a_malformed_rule_is_named)
{
	struct oci_device_rule type[] = {RULE(true, "c", 1, 1, "r"), RULE(true, "u", 1, 1, "r")};
	struct oci_device_rule access[] = {RULE(true, "c", 1, 1, "rx")};
	struct oci_device_rule number[] = {RULE(true, "c", 5000000000, 1, "r")};
	struct device_filter filter;

	EXPECT_ERROR(device_filter_build(type, 2, &filter, err), ERR_INVALID,
	             "linux.resources.devices[1].type: expected a, b or c, got u");
	EXPECT_ERROR(device_filter_build(access, 1, &filter, err), ERR_INVALID,
	             "linux.resources.devices[0].access: expected letters of rwm, got rx");
	EXPECT_ERROR(device_filter_build(number, 1, &filter, err), ERR_INVALID,
	             "linux.resources.devices[0]: device number out of range");
}

/* In a child that was cloned into @cgroup_fd: errno of open(2), or 0. */
static int open_inside(int cgroup_fd, const char *path, struct error *err)
{
	struct process_clone args = {.cgroup_fd = cgroup_fd};
	pid_t pid = process_clone(&args, NULL, err);

	if (pid == 0)
		_exit(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) < 0 ? errno : 0);
	REQUIRE_OK(pid);
	return process_exit_status(process_wait(pid, err));
}

/* An empty cgroup v2 directory in a hierarchy that can be written; -1 without one. */
static int make_cgroup(const char *name, int *ret_root_fd)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	struct error ignored = {0};

	*ret_root_fd = -1;
	if (geteuid() != 0 || cgroup_layout_find(&layout, &ignored) < 0 || !layout.v2.mount_point)
		return -1;
	*ret_root_fd = open(layout.v2.mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (cgroup_tree_make(*ret_root_fd, name, NULL) < 0)
		return -1;
	return cgroup_tree_open(*ret_root_fd, name);
}

TEST(the_kernel_takes_the_program_and_enforces_it)
{
	struct device_filter filter = {0};
	struct bpf_insn *insns;
	char name[32], node[256];
	int root_fd, cgroup_fd, program_fd;
	size_t n;

	snprintf(name, sizeof(name), "rtl-unit-device-%d", getpid());
	snprintf(node, sizeof(node), "%s/node", test_dir());
	cgroup_fd = make_cgroup(name, &root_fd);
	if (cgroup_fd < 0)
		test_skip("no cgroup v2 may be made here");
	if (mknod(node, S_IFCHR | 0600, makedev(1, 11)) < 0)
		test_skip("no device node may be made here");
	REQUIRE_OK(device_filter_build(usual, N_USUAL, &filter, err));
	insns = device_filter_compile(&filter, &n);
	device_filter_clear(&filter);
	program_fd = dl_bpf_load_device_program(insns, n, err);
	free(insns);
	if (program_fd < 0 && err->kind == ERR_UNSUPPORTED)
		test_skip("no libbpf, or no such programs");
	EXPECT_OK(program_fd);
	EXPECT_INT(open_inside(cgroup_fd, node, err), 0);
	EXPECT_OK(dl_bpf_attach_device_program(program_fd, cgroup_fd, err));
	EXPECT_INT(open_inside(cgroup_fd, node, err), EPERM);
	EXPECT_INT(open_inside(cgroup_fd, "/dev/null", err), 0);
	EXPECT_OK(cgroup_tree_remove(root_fd, name, err));
}
