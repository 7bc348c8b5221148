/* SPDX-License-Identifier: Apache-2.0 */
/* Files of cgroup v2, as the members that v1 has. The kernel's cgroup-v2.rst, psi.rst. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "runtime/stats.h"

#define NS_PER_US 1000

/* The line "some avg10=0.00 avg60=0.00 avg300=0.00 total=0". */
static bool read_pressure(const char *text, const char *kind, struct stats_pressure *ret)
{
	const char *line = text ? strstr(text, kind) : NULL;

	return line && sscanf(line + strlen(kind),
	                      " avg10=%11[0-9.] avg60=%11[0-9.] avg300=%11[0-9.] total=%" SCNu64,
	                      ret->avg10, ret->avg60, ret->avg300, &ret->total_us) == 4;
}

static void read_psi(int dir_fd, const char *file, struct stats_psi *ret)
{
	auto_free char *text = stats_read(dir_fd, file);

	/* older kernels have no "full" for the CPU */
	ret->is_there = read_pressure(text, "some", &ret->some);
	if (!read_pressure(text, "full", &ret->full))
		ret->full = (struct stats_pressure){"0", "0", "0", 0};
}

static bool read_cpu(int dir_fd, struct stats_cpu *cpu)
{
	auto_free char *stat = stats_read(dir_fd, "cpu.stat");

	if (!stat)
		return false;
	cpu->total_ns = stats_value(stat, "usage_usec") * NS_PER_US;
	cpu->user_ns = stats_value(stat, "user_usec") * NS_PER_US;
	cpu->kernel_ns = stats_value(stat, "system_usec") * NS_PER_US;
	cpu->periods = stats_value(stat, "nr_periods");
	cpu->throttled_periods = stats_value(stat, "nr_throttled");
	cpu->throttled_ns = stats_value(stat, "throttled_usec") * NS_PER_US;
	return true;
}

static void read_cpuset(int dir_fd, struct stats_cpuset *cpuset)
{
	auto_free char *cpus = stats_read(dir_fd, "cpuset.cpus.effective");
	auto_free char *mems = stats_read(dir_fd, "cpuset.mems.effective");

	if (cpus)
		stats_cpu_list(cpus, &cpuset->cpus);
	if (mems)
		stats_cpu_list(mems, &cpuset->mems);
}

static uint64_t add_limits(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? STATS_NO_LIMIT : sum;
}

static bool read_memory(int dir_fd, struct stats_memory *memory)
{
	auto_free char *stat = stats_read(dir_fd, "memory.stat");
	auto_free char *events = stats_read(dir_fd, "memory.events");
	uint64_t swap_limit = stats_number(dir_fd, "memory.swap.max", STATS_NO_LIMIT);

	if (!stat)
		return false;
	stats_raw(stat, memory);
	memory->cache = stats_value(stat, "file");
	memory->usage = (struct stats_usage){
		.limit = stats_number(dir_fd, "memory.max", STATS_NO_LIMIT),
		.usage = stats_number(dir_fd, "memory.current", 0),
		.max = stats_number(dir_fd, "memory.peak", 0),
		.failcnt = events ? stats_value(events, "max") : 0,
	};
	/* v1 counts memory and swap together, and so do the readers of these figures */
	memory->swap = (struct stats_usage){
		.limit = add_limits(memory->usage.limit, swap_limit),
		.usage = memory->usage.usage + stats_number(dir_fd, "memory.swap.current", 0),
	};
	memory->kernel.usage = stats_value(stat, "kernel");
	return true;
}

static bool read_pids(int dir_fd, struct stats_pids *pids)
{
	uint64_t limit = stats_number(dir_fd, "pids.max", 0);

	pids->current = stats_number(dir_fd, "pids.current", 0);
	pids->limit = limit == STATS_NO_LIMIT ? 0 : limit;
	return faccessat(dir_fd, "pids.current", R_OK, 0) == 0;
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6" */
static void read_io(int dir_fd, struct stats *ret)
{
	static const struct {
		const char *key;
		enum stats_io list;
		const char *op;
	} keys[] = {
		{"rbytes=", STATS_IO_SERVICE_BYTES, "Read"},
		{"wbytes=", STATS_IO_SERVICE_BYTES, "Write"},
		{"dbytes=", STATS_IO_SERVICE_BYTES, "Discard"},
		{"rios=", STATS_IO_SERVICED, "Read"},
		{"wios=", STATS_IO_SERVICED, "Write"},
		{"dios=", STATS_IO_SERVICED, "Discard"},
	};
	auto_free char *text = stats_read(dir_fd, "io.stat");
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		uint64_t major, minor;

		if (sscanf(line, "%" SCNu64 ":%" SCNu64 " ", &major, &minor) != 2)
			continue;
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			const char *value = strstr(line, keys[i].key);

			if (value && value > line && value[-1] == ' ')
				stats_add_io(&ret->io[keys[i].list], major, minor, keys[i].op,
				             strtoull(value + strlen(keys[i].key), NULL, 10));
		}
	}
}

static void read_hugetlb(int dir_fd, struct stats *ret)
{
	stats_huge_sizes(dir_fd, ret);
	for (size_t i = 0; i < ret->n_hugetlb; i++) {
		struct stats_hugetlb *huge = &ret->hugetlb[i];
		auto_free char *current = mem_printf("hugetlb.%s.current", huge->size);
		auto_free char *file = mem_printf("hugetlb.%s.events", huge->size);
		auto_free char *events = stats_read(dir_fd, file);

		huge->usage = stats_number(dir_fd, current, 0);
		huge->failcnt = events ? stats_value(events, "max") : 0;
	}
}

void stats_v2(int dir_fd, const struct stats_wanted *wanted, struct stats *ret,
              struct stats_wanted *ret_found)
{
	if (wanted->cpu)
		ret_found->cpu = read_cpu(dir_fd, &ret->cpu);
	if (wanted->cpuset)
		read_cpuset(dir_fd, &ret->cpuset);
	if (wanted->memory)
		ret_found->memory = read_memory(dir_fd, &ret->memory);
	if (wanted->pids)
		ret_found->pids = read_pids(dir_fd, &ret->pids);
	if (wanted->io)
		read_io(dir_fd, ret);
	if (wanted->hugetlb)
		read_hugetlb(dir_fd, ret);
	/* these need no controller */
	read_psi(dir_fd, "cpu.pressure", &ret->cpu.psi);
	read_psi(dir_fd, "memory.pressure", &ret->memory.psi);
	read_psi(dir_fd, "io.pressure", &ret->io_psi);
}
