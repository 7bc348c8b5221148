/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums over processes, for what no cgroup counts. Memory is Pss where it may be read (shared pages
 * are counted once), else what is resident; CPU time is that of the living and of the children
 * they have waited for. proc_pid_stat(5), proc_pid_status(5), proc_pid_smaps(5).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "runtime/process_table.h"
#include "runtime/stats.h"

#define NS_PER_S UINT64_C(1000000000)

/* The number behind "Name:"; kilobytes are not converted. */
static uint64_t field(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, n) == 0)
			return strtoull(line + n, NULL, 10);
	return 0;
}

static char *read_of(int proc_fd, pid_t pid, const char *name)
{
	auto_free char *path = mem_printf("%d/%s", pid, name);

	return stats_read(proc_fd, path);
}

static void add_cpu(int proc_fd, pid_t pid, struct stats_cpu *cpu)
{
	auto_free char *text = read_of(proc_fd, pid, "stat");
	uint64_t ns_per_tick = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
	struct process_stat stat;

	if (!text || process_table_parse(text, &stat) < 0)
		return;
	cpu->total_ns += (stat.cpu_ticks + stat.child_ticks) * ns_per_tick;
	cpu->user_ns += stat.user_ticks * ns_per_tick;
	cpu->kernel_ns = cpu->total_ns - cpu->user_ns;
}

static void add_memory(int proc_fd, pid_t pid, const char *status, struct stats_memory *memory)
{
	auto_free char *rollup = read_of(proc_fd, pid, "smaps_rollup");
	uint64_t pss = rollup ? field(rollup, "Pss:") : 0;
	uint64_t used = (pss ? pss : field(status, "VmRSS:")) * 1024;

	memory->usage.usage += used;
	memory->swap.usage += used + field(status, "VmSwap:") * 1024;
}

void stats_procfs(int proc_fd, const pid_t *pids, size_t n, const struct stats_wanted *wanted,
                  struct stats *ret)
{
	ret->cpu.is_procfs = wanted->cpu;
	ret->memory.is_procfs = wanted->memory;
	ret->pids.is_procfs = wanted->pids;
	if (wanted->memory)
		ret->memory.usage.limit = ret->memory.swap.limit = STATS_NO_LIMIT;
	for (size_t i = 0; i < n; i++) {
		auto_free char *status = read_of(proc_fd, pids[i], "status");

		if (!status)
			continue;
		if (wanted->cpu)
			add_cpu(proc_fd, pids[i], &ret->cpu);
		if (wanted->memory)
			add_memory(proc_fd, pids[i], status, &ret->memory);
		if (wanted->pids)
			ret->pids.current += field(status, "Threads:");
	}
}
