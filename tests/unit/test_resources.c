/* SPDX-License-Identifier: Apache-2.0 */
/* Limits are written into directories of plain files that stand for cgroups. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "libocispec/oci_resources.h"
#include "runtime/limit_file.h"
#include "runtime/resources.h"
#include "test.h"

/* A host: one directory for all v1 controllers that are named, one for v2. */
struct host {
	struct resources_v1 v1;
	struct resources_place place;
	int v2_fd;
	int v1_fd;
};

static void host_clear(struct host *host)
{
	fd_close(&host->v1_fd);
	fd_close(&host->v2_fd);
}

#define auto_host __attribute__((cleanup(host_clear)))

static int make_dir(const char *name)
{
	auto_free char *path = mem_printf("%s/%s", test_dir(), name);

	mkdir(path, 0755);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* @v1: controllers of the v1 hierarchy, or NULL for pure v2. The v2 root has no controllers. */
static void host_open(struct host *host, const char *v1, bool has_v2)
{
	*host = (struct host){.v1_fd = make_dir("v1"), .v2_fd = has_v2 ? make_dir("v2") : -1};
	host->v1 = (struct resources_v1){v1, host->v1_fd};
	host->place = (struct resources_place){
		.v2_root_fd = host->v2_fd,
		.v2_fd = host->v2_fd,
		.v2_path = "/",
		.v1 = &host->v1,
		.n_v1 = v1 ? 1 : 0,
	};
}

static void make_file(int dir_fd, const char *name)
{
	auto_fd int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0);
}

static void expect_file(int dir_fd, const char *name, const char *text)
{
	auto_free char *found = NULL;
	struct error err = {0};

	if (file_read(dir_fd, name, 4096, &found, &err) < 0)
		test_fail(__FILE__, __LINE__, "%s", err.msg);
	else
		EXPECT_STR(found, text);
}

/* Apply @resources on pure v2 with one file: its contents then. */
static void expect_v2(const struct oci_resources *resources, const char *file, const char *text,
                      struct error *err)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, file);
	EXPECT_OK(resources_apply(&host.place, resources, true, &skipped, err));
	expect_file(host.v2_fd, file, text);
	unlinkat(host.v2_fd, file, 0);
}

/* The same where the controller is on v1. */
static void expect_v1(const struct oci_resources *resources, const char *controller,
                      const char *file, const char *text, struct error *err)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, controller, true);
	make_file(host.v1_fd, file);
	EXPECT_OK(resources_apply(&host.place, resources, true, &skipped, err));
	expect_file(host.v1_fd, file, text);
	unlinkat(host.v1_fd, file, 0);
}

static int apply_nowhere(const struct oci_resources *resources, struct error *err)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, NULL, true);
	return resources_apply(&host.place, resources, true, &skipped, err);
}

#define MEMORY(...) (&(struct oci_resources){.memory = &(struct oci_memory){__VA_ARGS__}})
#define CPU(...) (&(struct oci_resources){.cpu = &(struct oci_cpu){__VA_ARGS__}})
#define PIDS(n)                                                                                    \
	(&(struct oci_resources){.pids = &(struct oci_pids){.has_limit = true, .limit = (n)}})
#define IO(...) (&(struct oci_resources){.block_io = &(struct oci_block_io){__VA_ARGS__}})

TEST(shares_become_a_weight)
{
	static const unsigned known[][2] = {
		{0, 1},       {2, 1},          {3, 2},          {10, 4},         {100, 17},
		{512, 59},    {1024, 100},     {1025, 101},     {2048, 174},     {4096, 303},
		{10240, 639}, {262143, 10000}, {262144, 10000}, {1000000, 10000}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		EXPECT_INT(resources_cpu_weight(known[i][0]), known[i][1]);
}

TEST(a_weight_never_falls_when_shares_rise)
{
	unsigned last = 0;

	for (uint64_t shares = 0; shares <= 262144; shares++) {
		unsigned weight = resources_cpu_weight(shares);

		REQUIRE(weight >= last && weight >= 1 && weight <= 10000);
		last = weight;
	}
}

TEST(memory_limits_are_converted_for_v2)
{
	expect_v2(MEMORY(.has_limit = true, .limit = 1048576), "memory.max", "1048576", err);
	expect_v2(MEMORY(.has_reservation = true, .reservation = 4096), "memory.low", "4096", err);
}

TEST(v1_memory_files_take_the_values_as_they_are)
{
	expect_v1(MEMORY(.has_limit = true, .limit = 1048576), "memory", "memory.limit_in_bytes",
	          "1048576", err);
	expect_v1(MEMORY(.has_reservation = true, .reservation = 4096), "memory",
	          "memory.soft_limit_in_bytes", "4096", err);
	expect_v1(MEMORY(.has_swappiness = true, .swappiness = 0), "memory", "memory.swappiness",
	          "0", err);
	expect_v1(MEMORY(.has_disable_oom_killer = true, .disable_oom_killer = true), "memory",
	          "memory.oom_control", "1", err);
}

TEST(swap_on_v2_is_what_goes_beyond_the_memory_limit)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "memory.max");
	make_file(host.v2_fd, "memory.swap.max");
	EXPECT_OK(resources_apply(
		&host.place,
		MEMORY(.has_limit = true, .limit = 1000, .has_swap = true, .swap = 1500), true,
		&skipped, err));
	expect_file(host.v2_fd, "memory.max", "1000");
	expect_file(host.v2_fd, "memory.swap.max", "500");
}

TEST(a_swap_limit_that_contradicts_the_memory_limit_is_refused)
{
	EXPECT_ERROR(apply_nowhere(MEMORY(.has_swap = true, .swap = 5), err), ERR_INVALID,
	             "linux.resources.memory.swap: 5 without linux.resources.memory.limit");
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "memory.max");
	EXPECT_ERROR(
		resources_apply(&host.place,
	                        MEMORY(.has_limit = true, .limit = 9, .has_swap = true, .swap = 5),
	                        true, &skipped, err),
		ERR_INVALID,
		"linux.resources.memory.swap: 5 is less than linux.resources.memory.limit: 9");
}

TEST(quota_and_period_share_a_file_on_v2)
{
	expect_v2(CPU(.has_quota_us = true, .quota_us = 50000), "cpu.max", "50000", err);
	expect_v2(CPU(.has_quota_us = true, .quota_us = 50000, .has_period_us = true,
	              .period_us = 200000),
	          "cpu.max", "50000 200000", err);
	expect_v2(CPU(.has_period_us = true, .period_us = 200000), "cpu.max", "max 200000", err);
	expect_v2(CPU(.has_quota_us = true, .quota_us = -1, .has_period_us = true,
	              .period_us = 200000),
	          "cpu.max", "max 200000", err);
}

TEST(quota_and_period_are_two_files_on_v1)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, "cpu,cpuacct", true);
	make_file(host.v1_fd, "cpu.cfs_period_us");
	make_file(host.v1_fd, "cpu.cfs_quota_us");
	EXPECT_OK(resources_apply(&host.place,
	                          CPU(.has_quota_us = true, .quota_us = 50000,
	                              .has_period_us = true, .period_us = 200000),
	                          true, &skipped, err));
	expect_file(host.v1_fd, "cpu.cfs_period_us", "200000");
	expect_file(host.v1_fd, "cpu.cfs_quota_us", "50000");
}

TEST(other_cpu_limits_are_written)
{
	expect_v2(CPU(.has_shares = true, .shares = 2048), "cpu.weight", "174", err);
	expect_v1(CPU(.has_shares = true, .shares = 2048), "cpu", "cpu.shares", "2048", err);
	expect_v2(CPU(.cpus = "0-1"), "cpuset.cpus", "0-1", err);
	expect_v1(CPU(.mems = "0"), "cpuset", "cpuset.mems", "0", err);
	expect_v2(CPU(.has_burst_us = true, .burst_us = 1000), "cpu.max.burst", "1000", err);
	expect_v2(CPU(.has_idle = true, .idle = 1), "cpu.idle", "1", err);
}

TEST(a_pids_limit_is_the_same_file_everywhere)
{
	expect_v2(PIDS(10), "pids.max", "10", err);
	expect_v1(PIDS(10), "pids", "pids.max", "10", err);
}

TEST(io_weight_is_converted_where_bfq_is_missing)
{
	expect_v2(IO(.has_weight = true, .weight = 500), "io.bfq.weight", "500", err);
	expect_v2(IO(.has_weight = true, .weight = 10), "io.weight", "1", err);
	expect_v2(IO(.has_weight = true, .weight = 500), "io.weight", "4950", err);
	expect_v2(IO(.has_weight = true, .weight = 1000), "io.weight", "10000", err);
	expect_v1(IO(.has_weight = true, .weight = 500), "blkio", "blkio.bfq.weight", "500", err);
}

TEST(throttles_of_devices_are_written)
{
	struct oci_throttle_device device = {.major = 8, .minor = 16, .rate = 1000};
	struct oci_resources *resources =
		IO(.throttle_read_bps_device = &device, .n_throttle_read_bps_device = 1);

	expect_v2(resources, "io.max", "8:16 rbps=1000", err);
	expect_v1(resources, "blkio", "blkio.throttle.read_bps_device", "8:16 1000", err);
}

TEST(hugepage_limits_go_to_a_file_for_each_size)
{
	struct oci_hugepage_limit limit = {.page_size = "2MB", .limit_bytes = 4194304};
	struct oci_resources resources = {.hugepage_limits = &limit, .n_hugepage_limits = 1};
	struct oci_hugepage_limit bad = {.page_size = "../2MB", .limit_bytes = 1};
	struct oci_resources escape = {.hugepage_limits = &bad, .n_hugepage_limits = 1};

	expect_v2(&resources, "hugetlb.2MB.max", "4194304", err);
	expect_v1(&resources, "hugetlb", "hugetlb.2MB.limit_in_bytes", "4194304", err);
	EXPECT_ERROR(apply_nowhere(&escape, err), ERR_INVALID,
	             "linux.resources.hugepageLimits[0].pageSize: ../2MB is no page size");
}

TEST(limits_of_v1_that_this_kind_of_host_lacks_are_written)
{
	struct oci_weight_device weight = {
		.major = 8, .minor = 16, .has_weight = true, .weight = 300};
	struct oci_weight_device leaf = {
		.major = 8, .minor = 16, .has_leaf_weight = true, .leaf_weight = 200};
	struct oci_interface_priority priority = {.name = "lo", .priority = 5};
	char *device = "mlx5_0";
	struct oci_rdma rdma = {true, 3, true, 10};
	struct oci_network network = {.has_class_id = true, .class_id = 1048577};
	struct oci_network priorities = {.priorities = &priority, .n_priorities = 1};
	struct oci_resources resources = {.rdma = {&device, &rdma, 1}};

	expect_v1(MEMORY(.has_kernel = true, .kernel = 1048576), "memory",
	          "memory.kmem.limit_in_bytes", "1048576", err);
	expect_v1(IO(.weight_device = &weight, .n_weight_device = 1), "blkio",
	          "blkio.bfq.weight_device", "8:16 300", err);
	expect_v1(IO(.weight_device = &leaf, .n_weight_device = 1), "blkio",
	          "blkio.leaf_weight_device", "8:16 200", err);
	expect_v1(IO(.has_leaf_weight = true, .leaf_weight = 200), "blkio", "blkio.leaf_weight",
	          "200", err);
	expect_v1(&(struct oci_resources){.network = &network}, "net_cls", "net_cls.classid",
	          "1048577", err);
	expect_v1(&(struct oci_resources){.network = &priorities}, "net_prio", "net_prio.ifpriomap",
	          "lo 5", err);
	expect_v1(&resources, "rdma", "rdma.max", "mlx5_0 hca_handle=3 hca_object=10", err);
	expect_v2(&resources, "rdma.max", "mlx5_0 hca_handle=3 hca_object=10", err);
}

TEST(unified_files_are_written_as_they_are)
{
	char *key = "memory.high", *value = "100\n200";
	struct oci_resources resources = {.unified = {&key, &value, 1}};

	expect_v2(&resources, "memory.high", "100200", err);
}

TEST(unified_refuses_names_that_are_no_limits)
{
	static const char *const names[] = {"../memory.max", "a/b.c", "cgroup.procs",
	                                    ".max",          "max",   ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *key = (char *)names[i], *value = "1";
		struct oci_resources resources = {.unified = {&key, &value, 1}};
		auto_free char *text = mem_printf(
			"linux.resources.unified[%s]: not the name of a limit's file", key);

		EXPECT_ERROR(apply_nowhere(&resources, err), ERR_INVALID, text);
	}
}

TEST(no_limit_asks_nothing)
{
	struct oci_resources empty = {0};

	EXPECT_OK(apply_nowhere(&empty, err));
	EXPECT_OK(apply_nowhere(PIDS(-1), err));
	EXPECT_OK(apply_nowhere(PIDS(0), err));
	EXPECT_OK(apply_nowhere(
		MEMORY(.has_limit = true, .limit = -1, .has_swap = true, .swap = -1), err));
	EXPECT_OK(apply_nowhere(CPU(.has_quota_us = true, .quota_us = -1, .cpus = ""), err));
	/* what a new cgroup has anyway */
	EXPECT_OK(apply_nowhere(CPU(.has_shares = true, .shares = 1024), err));
	EXPECT(resources_first(PIDS(-1), NULL) == NULL);
}

TEST(a_missing_controller_is_named)
{
	auto_host struct host host;
	struct error skipped = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "cgroup.controllers");
	EXPECT_ERROR(resources_apply(&host.place, MEMORY(.has_limit = true, .limit = 1), true,
	                             &skipped, err),
	             ERR_UNSUPPORTED,
	             "linux.resources.memory.limit: cannot be applied: this host has no memory "
	             "controller on cgroup v2");
	host.place.v2_fd = -1;
	EXPECT_ERROR(resources_apply(&host.place, PIDS(3), true, &skipped, err), ERR_UNSUPPORTED,
	             "linux.resources.pids.limit: cannot be applied: this host has no pids "
	             "controller");
	EXPECT_ERROR(resources_apply(
			     &(struct resources_place){.v2_root_fd = -1, .v2_fd = host.v2_fd},
			     MEMORY(.has_swappiness = true, .swappiness = 3), true, &skipped, err),
	             ERR_UNSUPPORTED,
	             "linux.resources.memory.swappiness: cannot be applied: cgroup v2 has no such "
	             "limit");
}

TEST(the_first_skipped_limit_is_remembered_and_the_others_applied)
{
	auto_host struct host host;
	struct error skipped = {0};
	struct oci_memory memory = {
		.has_limit = true, .limit = 1, .has_reservation = true, .reservation = 1};
	struct oci_pids pids = {.has_limit = true, .limit = 7};
	struct oci_resources resources = {.memory = &memory, .pids = &pids};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "pids.max");
	EXPECT_OK(resources_apply(&host.place, &resources, false, &skipped, err));
	EXPECT_CONTAINS(skipped.msg, "linux.resources.memory.limit: cannot be applied: ");
	expect_file(host.v2_fd, "pids.max", "7");
}

TEST(the_first_limit_is_named)
{
	struct oci_pids pids = {.has_limit = true, .limit = 7};
	struct oci_cpu cpu = {.has_shares = true, .shares = 7};
	struct oci_resources resources = {.pids = &pids, .cpu = &cpu};
	auto_free char *first = resources_first(&resources, NULL);
	auto_free char *of_pids = resources_first(&resources, "freezer,pids");

	EXPECT_STR(first, "linux.resources.cpu.shares");
	EXPECT_STR(of_pids, "linux.resources.pids.limit");
	EXPECT(resources_first(&resources, "memory") == NULL);
}

/* An update of the file @file, which holds @before, by @changes to @merged: its contents then. */
static void expect_update(bool is_v1, const struct oci_resources *changes,
                          const struct oci_resources *merged, const char *file, const char *before,
                          const char *after, struct error *err)
{
	auto_host struct host host;
	auto_limit_file_undo struct limit_file_undo undo = {0};
	int fd;

	host_open(&host, is_v1 ? "memory,cpu,pids,blkio,cpuset" : NULL, true);
	fd = is_v1 ? host.v1_fd : host.v2_fd;
	REQUIRE_OK(file_replace(fd, file, before, strlen(before), 0644, err));
	EXPECT_OK(resources_update(&host.place, changes, merged, &undo, err));
	expect_file(fd, file, after);
	limit_file_undo(&undo);
	/* a kernel's file would hold the value alone */
	expect_file(fd, file, before);
	unlinkat(fd, file, 0);
}

TEST(an_update_writes_no_limit_as_a_value)
{
	const struct oci_resources *memory = MEMORY(.has_limit = true, .limit = -1);
	const struct oci_resources *quota = CPU(.has_quota_us = true, .quota_us = -1);

	expect_update(false, memory, memory, "memory.max", "max\n", "max\n", err);
	expect_update(true, memory, memory, "memory.limit_in_bytes", "77\n", "-1\n", err);
	expect_update(false, PIDS(-1), PIDS(-1), "pids.max", "max\n", "max\n", err);
	expect_update(true, PIDS(-1), PIDS(-1), "pids.max", "555\n", "max\n", err);
	expect_update(true, quota, quota, "cpu.cfs_quota_us", "50\n", "-1\n", err);
	expect_update(false, quota, quota, "cpu.max", "500 1000\n", "max 1000\n", err);
}

TEST(an_update_goes_back_to_0_where_it_is_a_value)
{
	const struct oci_resources *idle = CPU(.has_idle = true, .idle = 0);
	const struct oci_resources *burst = CPU(.has_burst_us = true, .burst_us = 0);

	expect_update(false, idle, idle, "cpu.idle", "1\n", "0\n", err);
	expect_update(true, idle, idle, "cpu.idle", "1\n", "0\n", err);
	expect_update(false, burst, burst, "cpu.max.burst", "5\n", "0\n", err);
	expect_update(true, burst, burst, "cpu.cfs_burst_us", "5\n", "0\n", err);
}

TEST(an_update_may_go_back_to_the_default_shares)
{
	const struct oci_resources *shares = CPU(.has_shares = true, .shares = 1024);

	expect_update(true, shares, shares, "cpu.shares", "0512\n", "1024\n", err);
	expect_update(false, shares, shares, "cpu.weight", "059\n", "100\n", err);
}

TEST(an_update_of_the_memory_limit_keeps_the_sum_with_swap)
{
	const struct oci_resources *changes = MEMORY(.has_limit = true, .limit = 300);
	const struct oci_resources *merged =
		MEMORY(.has_limit = true, .limit = 300, .has_swap = true, .swap = 1000);
	auto_host struct host host;
	auto_limit_file_undo struct limit_file_undo undo = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "memory.max");
	make_file(host.v2_fd, "memory.swap.max");
	EXPECT_OK(resources_update(&host.place, changes, merged, &undo, err));
	expect_file(host.v2_fd, "memory.max", "300");
	expect_file(host.v2_fd, "memory.swap.max", "700");
}

TEST(an_update_of_swap_converts_its_values)
{
	static const struct {
		int64_t limit, swap;
		const char *v1, *v2;
	} known[] = {{100, 250, "250", "150"},
	             {100, 100, "100", "0"},
	             {100, -1, "-1", "max"},
	             {-1, -1, "-1", "max"},
	             {-1, 250, "250", "250"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct oci_resources *merged =
			MEMORY(.has_limit = true, .limit = known[i].limit, .has_swap = true,
		               .swap = known[i].swap);
		struct limit_file_undo undo = {0};
		auto_host struct host host;

		host_open(&host, NULL, true);
		make_file(host.v2_fd, "memory.max");
		make_file(host.v2_fd, "memory.swap.max");
		EXPECT_OK(resources_update(&host.place, merged, merged, &undo, err));
		expect_file(host.v2_fd, "memory.swap.max", known[i].v2);
		limit_file_undo_clear(&undo);
		host_clear(&host);
		host_open(&host, "memory", true);
		make_file(host.v1_fd, "memory.limit_in_bytes");
		make_file(host.v1_fd, "memory.memsw.limit_in_bytes");
		EXPECT_OK(resources_update(&host.place, merged, merged, &undo, err));
		expect_file(host.v1_fd, "memory.memsw.limit_in_bytes", known[i].v1);
		limit_file_undo_clear(&undo);
	}
}

TEST(an_update_of_the_period_writes_the_quota_with_it)
{
	const struct oci_resources *changes = CPU(.has_period_us = true, .period_us = 2000);
	const struct oci_resources *merged = CPU(.has_period_us = true, .period_us = 2000,
	                                         .has_quota_us = true, .quota_us = 500);

	expect_update(false, changes, merged, "cpu.max", "500 1000\n", "500 2000\n", err);
	expect_update(false, changes, changes, "cpu.max", "max 1000\n", "max 2000\n", err);
}

TEST(an_update_takes_a_throttle_away)
{
	struct oci_throttle_device device = {.major = 8, .minor = 0, .rate = 0};
	const struct oci_resources *io =
		IO(.throttle_read_bps_device = &device, .n_throttle_read_bps_device = 1);
	auto_host struct host host;
	struct limit_file_undo undo = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "io.max");
	EXPECT_OK(resources_update(&host.place, io, io, &undo, err));
	expect_file(host.v2_fd, "io.max", "8:0 rbps=max");
	limit_file_undo_clear(&undo);
	host_clear(&host);
	host_open(&host, "blkio", true);
	make_file(host.v1_fd, "blkio.throttle.read_bps_device");
	EXPECT_OK(resources_update(&host.place, io, io, &undo, err));
	expect_file(host.v1_fd, "blkio.throttle.read_bps_device", "8:0 0");
	limit_file_undo_clear(&undo);
}

TEST(an_update_touches_only_what_it_names)
{
	const struct oci_resources *merged = &(struct oci_resources){
		.pids = &(struct oci_pids){.has_limit = true, .limit = 5},
		.memory = &(struct oci_memory){.has_limit = true, .limit = 9}};
	auto_host struct host host;
	auto_limit_file_undo struct limit_file_undo undo = {0};

	host_open(&host, NULL, true);
	make_file(host.v2_fd, "pids.max");
	/* there is no memory.max: to touch it would be an error */
	EXPECT_OK(resources_update(&host.place, PIDS(5), merged, &undo, err));
	expect_file(host.v2_fd, "pids.max", "5");
}

TEST(an_update_that_fails_puts_the_earlier_values_back)
{
	const struct oci_resources *changes = &(struct oci_resources){
		.pids = &(struct oci_pids){.has_limit = true, .limit = 5},
		.memory = &(struct oci_memory){.has_limit = true, .limit = 9}};
	auto_host struct host host;
	struct limit_file_undo undo = {0};

	host_open(&host, NULL, true);
	REQUIRE_OK(file_replace(host.v2_fd, "memory.max", "7\n", 2, 0644, err));
	EXPECT_ERROR(resources_update(&host.place, changes, changes, &undo, err), ERR_UNSUPPORTED,
	             "linux.resources.pids.limit: cannot be applied: this host has no pids "
	             "controller on cgroup v2");
	expect_file(host.v2_fd, "memory.max", "7\n");
	EXPECT_INT(undo.n, 0);
}

TEST(the_first_change_is_named)
{
	auto_free char *none = resources_first_change(&(struct oci_resources){0}, NULL);
	auto_free char *unlimited = resources_first_change(PIDS(-1), NULL);
	auto_free char *other = resources_first_change(PIDS(-1), "memory");

	EXPECT_STR(none, NULL);
	EXPECT_STR(unlimited, "linux.resources.pids.limit");
	EXPECT_STR(other, NULL);

	auto_free char *swap = resources_first_change(MEMORY(.has_swap = true, .swap = 5), NULL);

	/* memory and swap are one */
	EXPECT_STR(swap, "linux.resources.memory.limit");
}
