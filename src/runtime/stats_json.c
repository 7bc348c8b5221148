/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members that runc's events have, under its names and in its order; 0 is left out where runc
 * leaves it out. "source" is ours.
 */
#include <inttypes.h>
#include <string.h>

#include "common/json.h"
#include "runtime/stats.h"

#define PROCFS "procfs"

/* What is written of a number that is 0. */
enum zero { ZERO_OMITTED, ZERO_WRITTEN };

static void key(struct str *out, const char *name)
{
	char last = out->len ? out->s[out->len - 1] : '{';

	if (last != '{' && last != '[')
		str_append_char(out, ',');
	json_append_string(out, name);
	str_append_char(out, ':');
}

static void open_object(struct str *out, const char *name)
{
	key(out, name);
	str_append_char(out, '{');
}

static void close_object(struct str *out)
{
	str_append_char(out, '}');
}

static void number(struct str *out, const char *name, uint64_t value, enum zero zero)
{
	if (!value && zero == ZERO_OMITTED)
		return;
	key(out, name);
	str_appendf(out, "%" PRIu64, value);
}

static void numbers(struct str *out, const char *name, const struct stats_numbers *list)
{
	if (!list->n)
		return;
	key(out, name);
	for (size_t i = 0; i < list->n; i++)
		str_appendf(out, "%c%" PRIu64, i ? ',' : '[', list->v[i]);
	str_append_char(out, ']');
}

/* "1.50" as Go writes a float64: 1.5. */
static void average(struct str *out, const char *name, const char *text)
{
	size_t n = strlen(text);

	if (strchr(text, '.')) {
		while (n && text[n - 1] == '0')
			n--;
		n -= n && text[n - 1] == '.';
	}
	key(out, name);
	str_append_n(out, text, n);
}

static void pressure(struct str *out, const char *name, const struct stats_pressure *line)
{
	open_object(out, name);
	average(out, "avg10", line->avg10);
	average(out, "avg60", line->avg60);
	average(out, "avg300", line->avg300);
	number(out, "total", line->total_us, ZERO_WRITTEN);
	close_object(out);
}

static void psi(struct str *out, const struct stats_psi *stats)
{
	if (!stats->is_there)
		return;
	open_object(out, "psi");
	pressure(out, "some", &stats->some);
	pressure(out, "full", &stats->full);
	close_object(out);
}

static void source(struct str *out, bool is_procfs)
{
	if (!is_procfs)
		return;
	key(out, "source");
	json_append_string(out, PROCFS);
}

static void cpu(struct str *out, const struct stats_cpu *stats)
{
	open_object(out, "cpu");
	source(out, stats->is_procfs);
	open_object(out, "usage");
	number(out, "total", stats->total_ns, ZERO_OMITTED);
	numbers(out, "percpu", &stats->percpu_ns);
	numbers(out, "percpu_kernel", &stats->percpu_kernel_ns);
	numbers(out, "percpu_user", &stats->percpu_user_ns);
	number(out, "kernel", stats->kernel_ns, ZERO_WRITTEN);
	number(out, "user", stats->user_ns, ZERO_WRITTEN);
	close_object(out);
	open_object(out, "throttling");
	number(out, "periods", stats->periods, ZERO_OMITTED);
	number(out, "throttledPeriods", stats->throttled_periods, ZERO_OMITTED);
	number(out, "throttledTime", stats->throttled_ns, ZERO_OMITTED);
	close_object(out);
	psi(out, &stats->psi);
	close_object(out);
}

/* cpus stand before the first flag, mems before the second. */
static void cpuset(struct str *out, const struct stats_cpuset *stats)
{
	open_object(out, "cpuset");
	numbers(out, "cpus", &stats->cpus);
	for (size_t i = 0; i < sizeof(stats->flags) / sizeof(*stats->flags); i++) {
		if (i == 1)
			numbers(out, "mems", &stats->mems);
		key(out, stats_cpuset_files[i].name);
		str_appendf(out, "%" PRId64, stats->flags[i]);
	}
	close_object(out);
}

static void usage(struct str *out, const char *name, const struct stats_usage *stats)
{
	open_object(out, name);
	number(out, "limit", stats->limit, ZERO_WRITTEN);
	number(out, "usage", stats->usage, ZERO_OMITTED);
	number(out, "max", stats->max, ZERO_OMITTED);
	number(out, "failcnt", stats->failcnt, ZERO_WRITTEN);
	close_object(out);
}

static void memory(struct str *out, const struct stats_memory *stats)
{
	open_object(out, "memory");
	source(out, stats->is_procfs);
	number(out, "cache", stats->cache, ZERO_OMITTED);
	usage(out, "usage", &stats->usage);
	usage(out, "swap", &stats->swap);
	usage(out, "kernel", &stats->kernel);
	usage(out, "kernelTCP", &stats->kernel_tcp);
	if (stats->n_raw) {
		open_object(out, "raw");
		for (size_t i = 0; i < stats->n_raw; i++)
			number(out, stats->raw[i].name, stats->raw[i].value, ZERO_WRITTEN);
		close_object(out);
	}
	psi(out, &stats->psi);
	close_object(out);
}

static void pids(struct str *out, const struct stats_pids *stats)
{
	open_object(out, "pids");
	source(out, stats->is_procfs);
	number(out, "current", stats->current, ZERO_OMITTED);
	number(out, "limit", stats->limit, ZERO_OMITTED);
	close_object(out);
}

static void io_list(struct str *out, const char *name, const struct stats_io_list *list)
{
	if (!list->n)
		return;
	key(out, name);
	str_append_char(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			str_append_char(out, ',');
		str_append_char(out, '{');
		number(out, "major", list->v[i].major, ZERO_OMITTED);
		number(out, "minor", list->v[i].minor, ZERO_OMITTED);
		if (list->v[i].op[0]) {
			key(out, "op");
			json_append_string(out, list->v[i].op);
		}
		number(out, "value", list->v[i].value, ZERO_OMITTED);
		close_object(out);
	}
	str_append_char(out, ']');
}

static void io(struct str *out, const struct stats *stats)
{
	static const char *const names[STATS_IO_N] = {
		[STATS_IO_SERVICE_BYTES] = "ioServiceBytesRecursive",
		[STATS_IO_SERVICED] = "ioServicedRecursive",
		[STATS_IO_QUEUED] = "ioQueueRecursive",
		[STATS_IO_SERVICE_TIME] = "ioServiceTimeRecursive",
		[STATS_IO_WAIT_TIME] = "ioWaitTimeRecursive",
		[STATS_IO_MERGED] = "ioMergedRecursive",
		[STATS_IO_TIME] = "ioTimeRecursive",
		[STATS_IO_SECTORS] = "sectorsRecursive",
	};

	open_object(out, "blkio");
	for (size_t i = 0; i < STATS_IO_N; i++)
		io_list(out, names[i], &stats->io[i]);
	psi(out, &stats->io_psi);
	close_object(out);
}

static void hugetlb(struct str *out, const struct stats *stats)
{
	open_object(out, "hugetlb");
	for (size_t i = 0; i < stats->n_hugetlb; i++) {
		open_object(out, stats->hugetlb[i].size);
		number(out, "usage", stats->hugetlb[i].usage, ZERO_OMITTED);
		number(out, "max", stats->hugetlb[i].max, ZERO_OMITTED);
		number(out, "failcnt", stats->hugetlb[i].failcnt, ZERO_WRITTEN);
		close_object(out);
	}
	close_object(out);
}

static void interfaces(struct str *out, const struct stats *stats)
{
	static const char *const names[] = {"RxBytes", "RxPackets", "RxErrors", "RxDropped",
	                                    "TxBytes", "TxPackets", "TxErrors", "TxDropped"};

	key(out, "network_interfaces");
	if (!stats->interfaces) {
		str_append(out, "null");
		return;
	}
	str_append_char(out, '[');
	for (size_t i = 0; i < stats->n_interfaces; i++) {
		if (i)
			str_append_char(out, ',');
		str_append_char(out, '{');
		key(out, "Name");
		json_append_string(out, stats->interfaces[i].name);
		for (size_t j = 0; j < 8; j++)
			number(out, names[j], stats->interfaces[i].counters[j], ZERO_WRITTEN);
		close_object(out);
	}
	str_append_char(out, ']');
}

void stats_json(const struct stats *stats, struct str *out)
{
	str_append_char(out, '{');
	source(out, stats->is_procfs);
	cpu(out, &stats->cpu);
	cpuset(out, &stats->cpuset);
	memory(out, &stats->memory);
	pids(out, &stats->pids);
	io(out, stats);
	hugetlb(out, stats);
	open_object(out, "intel_rdt");
	close_object(out);
	interfaces(out, stats);
	str_append_char(out, '}');
}
