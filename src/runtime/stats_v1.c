/* SPDX-License-Identifier: Apache-2.0 */
/* Files of cgroup v1. The kernel's admin-guide/cgroup-v1. Process: runtime parent. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "kernel/cgroup.h"
#include "runtime/stats.h"

#define NS_PER_S UINT64_C(1000000000)

/* "a|b|c": the first that has a line counts; disks have one scheduler or another. */
static const struct {
	enum stats_io list;
	const char *files;
} io_files[] = {
	{STATS_IO_SERVICE_BYTES, "blkio.bfq.io_service_bytes_recursive|"
                                 "blkio.io_service_bytes_recursive|"
                                 "blkio.throttle.io_service_bytes_recursive"},
	{STATS_IO_SERVICED, "blkio.bfq.io_serviced_recursive|blkio.io_serviced_recursive|"
                            "blkio.throttle.io_serviced_recursive"},
	{STATS_IO_QUEUED, "blkio.bfq.io_queued_recursive|blkio.io_queued_recursive"},
	{STATS_IO_SERVICE_TIME,
         "blkio.bfq.io_service_time_recursive|blkio.io_service_time_recursive"},
	{STATS_IO_WAIT_TIME, "blkio.bfq.io_wait_time_recursive|blkio.io_wait_time_recursive"},
	{STATS_IO_MERGED, "blkio.bfq.io_merged_recursive|blkio.io_merged_recursive"},
	{STATS_IO_TIME, "blkio.bfq.time_recursive|blkio.time_recursive"},
	{STATS_IO_SECTORS, "blkio.bfq.sectors_recursive|blkio.sectors_recursive"},
};

static void read_percpu(int dir_fd, struct stats_cpu *cpu)
{
	auto_free char *usage = stats_read(dir_fd, "cpuacct.usage_percpu");
	auto_free char *all = stats_read(dir_fd, "cpuacct.usage_all");
	uint64_t user, kernel;

	for (char *p = usage, *end; p; p = end) {
		uint64_t value = strtoull(p, &end, 10);

		if (end == p)
			break;
		stats_append_number(&cpu->percpu_ns, value);
	}
	/* a heading, then: number of the CPU, user, system */
	for (const char *line = all ? strchr(all, '\n') : NULL; line; line = strchr(line, '\n')) {
		line++;
		if (sscanf(line, "%*u %" SCNu64 " %" SCNu64, &user, &kernel) != 2)
			continue;
		stats_append_number(&cpu->percpu_user_ns, user);
		stats_append_number(&cpu->percpu_kernel_ns, kernel);
	}
}

static void read_cpuacct(int dir_fd, struct stats_cpu *cpu)
{
	auto_free char *stat = stats_read(dir_fd, "cpuacct.stat");
	uint64_t ns_per_tick = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);

	cpu->total_ns = stats_number(dir_fd, "cpuacct.usage", 0);
	if (stat) {
		cpu->user_ns = stats_value(stat, "user") * ns_per_tick;
		cpu->kernel_ns = stats_value(stat, "system") * ns_per_tick;
	}
	read_percpu(dir_fd, cpu);
}

static void read_cpu(int dir_fd, struct stats_cpu *cpu)
{
	auto_free char *stat = stats_read(dir_fd, "cpu.stat");

	if (!stat)
		return;
	cpu->periods = stats_value(stat, "nr_periods");
	cpu->throttled_periods = stats_value(stat, "nr_throttled");
	cpu->throttled_ns = stats_value(stat, "throttled_time");
}

static void read_cpuset(int dir_fd, struct stats_cpuset *cpuset)
{
	auto_free char *cpus = stats_read(dir_fd, "cpuset.cpus");
	auto_free char *mems = stats_read(dir_fd, "cpuset.mems");

	if (cpus)
		stats_cpu_list(cpus, &cpuset->cpus);
	if (mems)
		stats_cpu_list(mems, &cpuset->mems);
	for (size_t i = 0; i < sizeof(cpuset->flags) / sizeof(*cpuset->flags); i++) {
		auto_free char *text = stats_read(dir_fd, stats_cpuset_files[i].file);

		if (text)
			cpuset->flags[i] = strtoll(text, NULL, 10);
	}
}

/* memory.NAME.usage_in_bytes and its like; @name with the point behind it, or "". */
static void read_usage(int dir_fd, const char *name, struct stats_usage *ret)
{
	auto_free char *usage = mem_printf("memory.%susage_in_bytes", name);
	auto_free char *max = mem_printf("memory.%smax_usage_in_bytes", name);
	auto_free char *failcnt = mem_printf("memory.%sfailcnt", name);
	auto_free char *limit = mem_printf("memory.%slimit_in_bytes", name);

	ret->usage = stats_number(dir_fd, usage, 0);
	ret->max = stats_number(dir_fd, max, 0);
	ret->failcnt = stats_number(dir_fd, failcnt, 0);
	ret->limit = stats_number(dir_fd, limit, 0);
}

static void read_memory(int dir_fd, struct stats_memory *memory)
{
	auto_free char *stat = stats_read(dir_fd, "memory.stat");

	if (stat) {
		stats_raw(stat, memory);
		memory->cache = stats_value(stat, "cache");
	}
	read_usage(dir_fd, "", &memory->usage);
	read_usage(dir_fd, "memsw.", &memory->swap);
	read_usage(dir_fd, "kmem.", &memory->kernel);
	read_usage(dir_fd, "kmem.tcp.", &memory->kernel_tcp);
}

static void read_pids(int dir_fd, struct stats_pids *pids)
{
	uint64_t limit = stats_number(dir_fd, "pids.max", 0);

	pids->current = stats_number(dir_fd, "pids.current", 0);
	pids->limit = limit == STATS_NO_LIMIT ? 0 : limit;
}

/* "8:0 Read 4096" or "8:0 4096"; the sum at the end has no device. */
static void read_io_file(int dir_fd, const char *file, struct stats_io_list *ret)
{
	auto_free char *text = stats_read(dir_fd, file);

	for (const char *line = text; line && *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		uint64_t major, minor, value;
		char op[12] = "";

		if (sscanf(line, "%" SCNu64 ":%" SCNu64 " %11[A-Za-z] %" SCNu64, &major, &minor, op,
		           &value) == 4)
			stats_add_io(ret, major, minor, op, value);
		else if (sscanf(line, "%" SCNu64 ":%" SCNu64 " %" SCNu64, &major, &minor, &value) ==
		         3)
			stats_add_io(ret, major, minor, "", value);
	}
}

static void read_io(int dir_fd, struct stats *ret)
{
	for (size_t i = 0; i < sizeof(io_files) / sizeof(*io_files); i++) {
		struct stats_io_list *list = &ret->io[io_files[i].list];

		for (const char *p = io_files[i].files; p && !list->n; p = strchr(p, '|')) {
			p += *p == '|';
			auto_free char *file = mem_strndup(p, strcspn(p, "|"));

			read_io_file(dir_fd, file, list);
		}
	}
}

static void read_hugetlb(int dir_fd, struct stats *ret)
{
	stats_huge_sizes(dir_fd, ret);
	for (size_t i = 0; i < ret->n_hugetlb; i++) {
		struct stats_hugetlb *huge = &ret->hugetlb[i];
		auto_free char *usage = mem_printf("hugetlb.%s.usage_in_bytes", huge->size);
		auto_free char *max = mem_printf("hugetlb.%s.max_usage_in_bytes", huge->size);
		auto_free char *failcnt = mem_printf("hugetlb.%s.failcnt", huge->size);

		huge->usage = stats_number(dir_fd, usage, 0);
		huge->max = stats_number(dir_fd, max, 0);
		huge->failcnt = stats_number(dir_fd, failcnt, 0);
	}
}

void stats_v1(int dir_fd, const char *controllers, struct stats *ret)
{
	if (cgroup_has_controller(controllers, "cpuacct"))
		read_cpuacct(dir_fd, &ret->cpu);
	if (cgroup_has_controller(controllers, "cpu"))
		read_cpu(dir_fd, &ret->cpu);
	if (cgroup_has_controller(controllers, "cpuset"))
		read_cpuset(dir_fd, &ret->cpuset);
	if (cgroup_has_controller(controllers, "memory"))
		read_memory(dir_fd, &ret->memory);
	if (cgroup_has_controller(controllers, "pids"))
		read_pids(dir_fd, &ret->pids);
	if (cgroup_has_controller(controllers, "blkio"))
		read_io(dir_fd, ret);
	if (cgroup_has_controller(controllers, "hugetlb"))
		read_hugetlb(dir_fd, ret);
}
