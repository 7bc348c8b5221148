/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling, affinity, memory policy and personality as the kernel's numbers. */
#include "runtime/process_tuning.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "deny_call.h"
#include "kernel/mempolicy.h"
#include "test.h"

/* The tuning of process members and linux members, JSON texts that begin with a comma, or "". */
static int make(const char *process, const char *linux_members, bool is_exec,
                struct oci_config **ret_config, struct init_tuning **ret, struct error *err)
{
	auto_free char *text = mem_printf(
		"{\"ociVersion\":\"1.3.0\",\"process\":{\"cwd\":\"/\",\"args\":[\"x\"]%s},"
		"\"linux\":{\"namespaces\":[]%s}}",
		process, linux_members);

	*ret_config = oci_config_read("config.json", text, strlen(text), err);
	REQUIRE_OK(*ret_config);
	return process_tuning_make((*ret_config)->process, (*ret_config)->linux, is_exec, ret, err);
}

static void expect_refused(const char *process, const char *linux_members, enum error_kind kind,
                           const char *text, struct error *err)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_ERROR(make(process, linux_members, true, &config, &tuning, err), kind, text);
	EXPECT(tuning == NULL);
}

TEST(where_nothing_is_asked_for_there_is_nothing)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(make("", "", true, &config, &tuning, err));
	EXPECT(tuning == NULL && !process_tuning_is_early(tuning));
	EXPECT_OK(process_tuning_make(config->process, NULL, false, &tuning, err));
	EXPECT(tuning == NULL);
}

TEST(all_policies_and_flags_have_their_numbers)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(
		make(",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":1,\"deadline\":2,"
	             "\"period\":3,\"flags\":[\"SCHED_FLAG_RESET_ON_FORK\",\"SCHED_FLAG_RECLAIM\","
	             "\"SCHED_FLAG_DL_OVERRUN\",\"SCHED_FLAG_KEEP_POLICY\","
	             "\"SCHED_FLAG_KEEP_PARAMS\",\"SCHED_FLAG_UTIL_CLAMP_MIN\","
	             "\"SCHED_FLAG_UTIL_CLAMP_MAX\"]}",
	             "", false, &config, &tuning, err));
	EXPECT_INT(tuning->params.policy, 6);
	EXPECT_INT(tuning->params.flags, 0x7f);
	EXPECT(tuning->params.runtime_ns == 1 && tuning->params.deadline_ns == 2);
	EXPECT_INT(tuning->params.period_ns, 3);
	EXPECT(process_tuning_is_early(tuning));
}

TEST(io_priorities_are_class_and_level)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(make(",\"ioPriority\":{\"class\":\"IOPRIO_CLASS_RT\",\"priority\":7}", "", false,
	               &config, &tuning, err));
	EXPECT_INT(tuning->ioprio, (1 << 13) | 7);
	EXPECT(process_tuning_is_early(tuning));
}

TEST(affinity_is_for_exec_and_checked_in_create_too)
{
	static const char text[] = ",\"execCPUAffinity\":{\"initial\":\"1\",\"final\":\"0-3,7\"}";
	auto_json struct oci_config *config = NULL;
	auto_json struct oci_config *other = NULL;
	auto_free struct init_tuning *exec = NULL;
	auto_free struct init_tuning *create = NULL;

	EXPECT_OK(make(text, "", true, &config, &exec, err));
	EXPECT(exec->has_initial_cpus && number_set_has(&exec->initial_cpus, 1));
	EXPECT_STR(exec->final_text, "0-3,7");
	EXPECT(number_set_has(&exec->final_cpus, 7) && !number_set_has(&exec->final_cpus, 4));
	EXPECT(!process_tuning_is_early(exec));
	EXPECT_OK(make(text, "", false, &other, &create, err));
	EXPECT(!create->has_initial_cpus && !create->final_text);
	expect_refused(",\"execCPUAffinity\":{\"initial\":\"4-\"}", "", ERR_INVALID,
	               "process.execCPUAffinity.initial: \"4-\" is no number below 8192 and no "
	               "range of such numbers",
	               err);
}

TEST(an_empty_list_of_cpus_is_none)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(make(",\"execCPUAffinity\":{\"initial\":\"\",\"final\":\"\"}", "", true, &config,
	               &tuning, err));
	EXPECT(!tuning->has_initial_cpus && !tuning->final_text);
}

TEST(memory_modes_carry_their_flags)
{
	static const struct {
		const char *mode;
		int number;
	} modes[] = {
		{"MPOL_BIND", 2},           {"MPOL_INTERLEAVE", 3},          {"MPOL_PREFERRED", 1},
		{"MPOL_PREFERRED_MANY", 5}, {"MPOL_WEIGHTED_INTERLEAVE", 6},
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		auto_free char *text = mem_printf(",\"memoryPolicy\":{\"mode\":\"%s\",\"nodes\":"
		                                  "\"1\",\"flags\":[\"MPOL_F_STATIC_NODES\"]}",
		                                  modes[i].mode);
		auto_json struct oci_config *config = NULL;
		auto_free struct init_tuning *tuning = NULL;

		EXPECT_OK(make("", text, false, &config, &tuning, err));
		EXPECT_INT(tuning->memory_mode, modes[i].number | 1 << 15);
		EXPECT(tuning->memory_nodes && number_set_has(tuning->memory_nodes, 1));
		EXPECT(!process_tuning_is_early(tuning));
	}
}

TEST(a_domain_is_needed_and_flags_do_not_exist)
{
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(make("", ",\"personality\":{\"domain\":\"LINUX32\",\"flags\":[]}", false, &config,
	               &tuning, err));
	EXPECT(tuning->has_persona && tuning->persona == 8);
	expect_refused("", ",\"personality\":{\"flags\":[]}", ERR_INVALID,
	               "linux.personality.domain: missing", err);
	expect_refused("", ",\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"X\"]}",
	               ERR_UNSUPPORTED, "linux.personality.flags[0]: X: runtime-spec has no flags",
	               err);
}

TEST(a_deadline_has_its_times_in_order)
{
	static const char text[] =
		"process.scheduler: SCHED_DEADLINE needs 0 < runtime (0) <= deadline (2) <= period "
		"(0)";
	auto_json struct oci_config *config = NULL;
	auto_free struct init_tuning *tuning = NULL;

	EXPECT_OK(
		make(",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":2,\"deadline\":2}",
	             "", false, &config, &tuning, err));
	expect_refused(",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"deadline\":2}", "",
	               ERR_INVALID, text, err);
	expect_refused(",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"priority\":2}", "",
	               ERR_INVALID,
	               "process.scheduler.priority: SCHED_DEADLINE has none, only SCHED_FIFO and "
	               "SCHED_RR do",
	               err);
}

/* In a child: a nice value cannot be taken back. */
static void apply_nice(struct error *err)
{
	const struct init_tuning tuning = {.policy = "SCHED_BATCH",
	                                   .params = {.policy = 3, .nice = 19}};

	EXPECT_OK(process_tuning_apply(&tuning, 0, err));
	EXPECT_INT(getpriority(PRIO_PROCESS, 0), 19);
	EXPECT_INT(syscall(SYS_sched_getscheduler, 0), 3);
}

TEST(what_is_applied_is_in_force)
{
	test_child(apply_nice);
}

static void apply_to_old_kernel(struct error *err)
{
	const struct init_tuning tuning = {
		.policy = "SCHED_OTHER",
		.params = {.flags = SCHED_FLAG_RECLAIM | SCHED_FLAG_KEEP_POLICY},
	};

	deny_call(SYS_sched_setattr, E2BIG);
	EXPECT_ERROR(process_tuning_apply(&tuning, 0, err), ERR_UNSUPPORTED,
	             "process.scheduler SCHED_OTHER: set the scheduling policy: Operation not "
	             "supported (SCHED_FLAG_KEEP_POLICY is there since Linux 5.3)");
}

TEST(a_flag_that_the_kernel_lacks_is_named_with_the_kernel_that_has_it)
{
	test_child(apply_to_old_kernel);
}

static void apply_ioprio_denied(struct error *err)
{
	const struct init_tuning tuning = {.ioprio = 1 << 13};

	deny_call(SYS_ioprio_set, EPERM);
	EXPECT_ERROR(process_tuning_apply(&tuning, 0, err), ERR_DENIED,
	             "process.ioPriority: set the I/O priority: Operation not permitted");
}

TEST(a_class_that_is_not_granted_is_an_error)
{
	test_child(apply_ioprio_denied);
}

static void no_numa(struct error *err)
{
	deny_call(SYS_set_mempolicy, ENOSYS);
	EXPECT_ERROR(mempolicy_set(0, NULL, err), ERR_UNSUPPORTED,
	             "set the memory policy: Function not implemented");
}

TEST(without_numa_there_is_no_memory_policy)
{
	test_child(no_numa);
}
