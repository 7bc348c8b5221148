/* SPDX-License-Identifier: Apache-2.0 */
/* The process object as masks, numbers and a filter. */
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "runtime/caller.h"
#include "runtime/process_plan.h"
#include "test.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* A process with the members @members, JSON text that begins with a comma, or "". */
static struct oci_process *process_with(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"cwd\":\"/\",\"args\":[\"x\"]%s}", members);
	struct oci_process *process = oci_process_read("process", text, strlen(text), err);

	REQUIRE_OK(process);
	return process;
}

static int plan_caps(const char *lists, struct caps_sets *ret, struct error *err)
{
	auto_free char *member = mem_printf(",\"capabilities\":{%s}", lists);
	auto_json struct oci_process *process = process_with(member, err);

	*ret = (struct caps_sets){0};
	return process_plan_caps(process->capabilities, ret, err);
}

TEST(lists_of_capabilities_become_masks)
{
	struct caps_sets sets;

	EXPECT_OK(plan_caps("\"bounding\":[\"CAP_KILL\",\"CAP_CHOWN\",\"CAP_KILL\"],"
	                    "\"effective\":[\"CAP_KILL\"],\"permitted\":[\"CAP_KILL\","
	                    "\"CAP_NET_RAW\"],\"inheritable\":[\"CAP_KILL\"],"
	                    "\"ambient\":[\"CAP_KILL\"]",
	                    &sets, err));
	EXPECT(sets.bounding == (BIT(CAP_KILL) | BIT(CAP_CHOWN)));
	EXPECT(sets.effective == BIT(CAP_KILL));
	EXPECT(sets.permitted == (BIT(CAP_KILL) | BIT(CAP_NET_RAW)));
	EXPECT(sets.inheritable == BIT(CAP_KILL));
	EXPECT(sets.ambient == BIT(CAP_KILL));
}

TEST(absent_lists_are_no_capability_at_all)
{
	struct caps_sets sets = {0};

	EXPECT_OK(process_plan_caps(NULL, &sets, err));
	EXPECT(!sets.bounding && !sets.effective && !sets.permitted);
	EXPECT_OK(plan_caps("", &sets, err));
	EXPECT(!sets.bounding && !sets.effective && !sets.permitted);
}

TEST(no_capability_is_effective_or_ambient_without_being_permitted)
{
	struct caps_sets sets;

	EXPECT_OK(
		plan_caps("\"effective\":[\"CAP_KILL\",\"CAP_CHOWN\"],\"permitted\":[\"CAP_KILL\"],"
	                  "\"inheritable\":[\"CAP_CHOWN\"],\"ambient\":[\"CAP_KILL\","
	                  "\"CAP_CHOWN\"]",
	                  &sets, err));
	EXPECT(sets.effective == BIT(CAP_KILL));
	EXPECT(sets.ambient == 0);
}

TEST(an_unknown_capability_is_named_with_its_place)
{
	struct caps_sets sets;

	EXPECT_ERROR(plan_caps("\"bounding\":[\"CAP_KILL\",\"CAP_NONE\"]", &sets, err), ERR_INVALID,
	             "process.capabilities.bounding[1]: unknown capability CAP_NONE");
	EXPECT_ERROR(plan_caps("\"effective\":[\"\"]", &sets, err), ERR_INVALID,
	             "process.capabilities.effective[0]: unknown capability ");
	EXPECT_ERROR(plan_caps("\"permitted\":[\"CAP_1\"]", &sets, err), ERR_INVALID,
	             "process.capabilities.permitted[0]: unknown capability CAP_1");
	EXPECT_ERROR(plan_caps("\"inheritable\":[\"all\"]", &sets, err), ERR_INVALID,
	             "process.capabilities.inheritable[0]: unknown capability all");
	EXPECT_ERROR(plan_caps("\"ambient\":[\"CAP_KILL \"]", &sets, err), ERR_INVALID,
	             "process.capabilities.ambient[0]: unknown capability CAP_KILL ");
}

static int plan(const struct oci_process *process, struct init_ctx *ctx, struct process_plan *ret,
                struct error *err)
{
	ctx->process = process;
	return process_plan_make(ctx, NULL, NULL, ret, err);
}

TEST(limits_keep_their_order_and_values)
{
	auto_json struct oci_process *process =
		process_with(",\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":10,\"hard\":20},"
	                     "{\"type\":\"RLIMIT_CORE\",\"soft\":0,\"hard\":18446744073709551615}]",
	                     err);
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {.has_user_ns = true};

	EXPECT_OK(plan(process, &ctx, &ret, err));
	EXPECT_INT(ctx.n_rlimits, 2);
	EXPECT_INT(ctx.rlimits[0].resource, RLIMIT_NOFILE);
	EXPECT(ctx.rlimits[0].limit.rlim_cur == 10 && ctx.rlimits[0].limit.rlim_max == 20);
	EXPECT_INT(ctx.rlimits[1].resource, RLIMIT_CORE);
	EXPECT(ctx.rlimits[1].limit.rlim_max == RLIM_INFINITY);
	EXPECT(ctx.filter == NULL);
}

TEST(every_limit_of_the_kernel_has_its_name)
{
	static const char *const names[] = {
		"AS",   "CORE",   "CPU",   "DATA", "FSIZE",  "LOCKS",      "MEMLOCK", "MSGQUEUE",
		"NICE", "NOFILE", "NPROC", "RSS",  "RTPRIO", "SIGPENDING", "STACK",   "RTTIME",
	};
	uint64_t seen = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		auto_free char *member = mem_printf(
			",\"rlimits\":[{\"type\":\"RLIMIT_%s\",\"soft\":1,\"hard\":1}]", names[i]);
		auto_json struct oci_process *process = process_with(member, err);
		auto_process_plan struct process_plan ret = {0};
		struct init_ctx ctx = {.has_user_ns = true};

		EXPECT_OK(plan(process, &ctx, &ret, err));
		seen |= BIT(ctx.rlimits[0].resource);
	}
	EXPECT_INT(seen, BIT(RLIM_NLIMITS) - 1);
}

static void expect_limits_refused(const char *limits, const char *text, struct error *err)
{
	auto_free char *member = mem_printf(",\"rlimits\":[%s]", limits);
	auto_json struct oci_process *process = process_with(member, err);
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {.has_user_ns = true};

	EXPECT_ERROR(plan(process, &ctx, &ret, err), ERR_INVALID, text);
}

TEST(limits_that_are_unknown_doubled_or_contradict_themselves_are_refused)
{
	expect_limits_refused("{\"type\":\"RLIMIT_NOPE\",\"soft\":1,\"hard\":1}",
	                      "process.rlimits[0].type: unknown limit RLIMIT_NOPE", err);
	expect_limits_refused("{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},"
	                      "{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":1},"
	                      "{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":2}",
	                      "process.rlimits[2]: a second RLIMIT_CPU", err);
	expect_limits_refused("{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":1}",
	                      "process.rlimits[0].soft: above the hard limit", err);
}

/* All 41 in all sets. */
static struct oci_process *process_with_all(struct error *err)
{
	static const char *const sets[] = {"bounding", "effective", "permitted", "inheritable",
	                                   "ambient"};
	auto_str struct str text = {0};

	for (size_t i = 0; i < 5; i++) {
		str_appendf(&text, "%s\"%s\":[", i ? "," : ",\"capabilities\":{", sets[i]);
		for (int cap = 0; cap <= CAP_CHECKPOINT_RESTORE; cap++) {
			char name[64];

			caps_name(cap, name, sizeof(name));
			str_appendf(&text, "%s\"%s\"", cap ? "," : "", name);
		}
		str_append(&text, "]");
	}
	str_append(&text, "}");
	return process_with(text.s, err);
}

TEST(in_a_user_namespace_all_that_the_kernel_knows_can_be_given)
{
	auto_json struct oci_process *process = process_with_all(err);
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {.has_user_ns = true};
	uint64_t all = ((UINT64_C(2) << caps_last()) - 1) & (BIT(CAP_CHECKPOINT_RESTORE + 1) - 1);

	EXPECT_OK(plan(process, &ctx, &ret, err));
	EXPECT(ctx.caps.bounding == all && ctx.caps.effective == all && ctx.caps.permitted == all);
	EXPECT(ctx.caps.inheritable == all && ctx.caps.ambient == all);
}

/* caller_get() is first asked here: of a process with one capability or none. */
static void check_held(struct error *err)
{
	const struct caps_sets one = {.permitted = caps_permitted() & BIT(CAP_KILL)};
	auto_json struct oci_process *process = process_with_all(err);
	auto_free char *path = mem_printf("%s/log", test_dir());
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {0};
	char *text = NULL;

	REQUIRE_OK(caps_apply(&one, err));
	REQUIRE_OK(log_open(path, LOG_TEXT, LOG_WARN, err));
	EXPECT_OK(plan(process, &ctx, &ret, err));
	EXPECT(ctx.caps.bounding == one.permitted && ctx.caps.permitted == one.permitted);
	EXPECT(ctx.caps.effective == one.permitted && ctx.caps.inheritable == one.permitted);
	EXPECT(ctx.caps.ambient == one.permitted);
	REQUIRE_OK(file_read(AT_FDCWD, path, 1 << 16, &text, err));
	EXPECT_CONTAINS(text,
	                " warning capabilities that rtl does not hold itself cannot be given: "
	                "CAP_CHOWN ");
	EXPECT(!strstr(text, "CAP_KILL") == !!one.permitted);
}

TEST(what_is_not_held_is_left_out_with_a_warning)
{
	test_child(check_held);
}

TEST(a_filter_that_notifies_needs_the_socket_of_an_agent)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.0\",\"linux\":{\"seccomp\":{\"defaultAction\":"
		"\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/no/"
		"x\",\"syscalls\":[{\"names\":[\"mount\"],"
		"\"action\":\"SCMP_ACT_NOTIFY\"}]}}}";
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, sizeof(text) - 1, err);
	auto_json struct oci_process *process = process_with("", err);
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {.has_user_ns = true, .config = config, .process = process};

	REQUIRE_OK(config);
	EXPECT_ERROR(process_plan_make(&ctx, config->linux->seccomp, NULL, &ret, err),
	             ERR_NOT_FOUND,
	             "linux.seccomp.listenerPath: find the agent's socket /no/x: No such file or "
	             "directory");
	EXPECT(!ctx.has_listener);
}

TEST(a_filter_is_compiled)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.0\",\"linux\":{\"seccomp\":{\"defaultAction\":"
		"\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"no_such_call\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}]}}}";
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, sizeof(text) - 1, err);
	auto_json struct oci_process *process = process_with("", err);
	auto_process_plan struct process_plan ret = {0};
	struct init_ctx ctx = {.has_user_ns = true, .config = config, .process = process};

	REQUIRE_OK(config);
	EXPECT_OK(process_plan_make(&ctx, config->linux->seccomp, NULL, &ret, err));
	EXPECT(ctx.filter == ret.filter.insns && ctx.n_filter > 0);
}
