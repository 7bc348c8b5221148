/* SPDX-License-Identifier: Apache-2.0 */
/* rtl update. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/command.h"
#include "common/cleanup.h"
#include "common/size.h"
#include "common/str.h"
#include "libocispec/oci_resources.h"
#include "runtime/update.h"

struct update_options {
	const char *resources;
	const char *memory;
	const char *memory_reservation;
	const char *memory_swap;
	const char *kernel_memory;
	const char *kernel_memory_tcp;
	const char *cpu_share;
	const char *cpu_period;
	const char *cpu_quota;
	const char *cpu_burst;
	const char *cpu_rt_period;
	const char *cpu_rt_runtime;
	const char *cpu_idle;
	const char *cpuset_cpus;
	const char *cpuset_mems;
	const char *pids_limit;
	const char *blkio_weight;
	const char *l3_cache_schema;
	const char *mem_bw_schema;
};

#define UPDATE(member) offsetof(struct update_options, member)
static const struct option update_options[] = {
	{"resources", 'r', OPTION_STRING, "FILE", UPDATE(resources),
         "read the limits from FILE, - for standard input; other limits are ignored", NULL},
	{"memory", 0, OPTION_STRING, "BYTES", UPDATE(memory), "memory limit, -1 for none", NULL},
	{"memory-reservation", 0, OPTION_STRING, "BYTES", UPDATE(memory_reservation),
         "memory that is kept for it, or soft limit", NULL},
	{"memory-swap", 0, OPTION_STRING, "BYTES", UPDATE(memory_swap),
         "limit of memory and swap together, -1 for none", NULL},
	{"kernel-memory", 0, OPTION_STRING, "BYTES", UPDATE(kernel_memory),
         "kernel memory limit (cgroup v1, old kernels)", NULL},
	{"kernel-memory-tcp", 0, OPTION_STRING, "BYTES", UPDATE(kernel_memory_tcp),
         "limit of TCP buffers (cgroup v1)", NULL},
	{"cpu-share", 0, OPTION_STRING, "SHARES", UPDATE(cpu_share),
         "weight against other containers, 2 to 262144", NULL},
	{"cpu-period", 0, OPTION_STRING, "USECS", UPDATE(cpu_period), "period of the CPU quota",
         NULL},
	{"cpu-quota", 0, OPTION_STRING, "USECS", UPDATE(cpu_quota),
         "CPU time in a period, -1 for no limit", NULL},
	{"cpu-burst", 0, OPTION_STRING, "USECS", UPDATE(cpu_burst),
         "CPU time that may be saved up for later periods", NULL},
	{"cpu-rt-period", 0, OPTION_STRING, "USECS", UPDATE(cpu_rt_period),
         "period of the realtime limit (cgroup v1)", NULL},
	{"cpu-rt-runtime", 0, OPTION_STRING, "USECS", UPDATE(cpu_rt_runtime),
         "realtime CPU time in a period (cgroup v1)", NULL},
	{"cpu-idle", 0, OPTION_STRING, "0|1", UPDATE(cpu_idle), "1: run when nothing else does",
         NULL},
	{"cpuset-cpus", 0, OPTION_STRING, "LIST", UPDATE(cpuset_cpus), "CPUs to run on, as 0-3,7",
         NULL},
	{"cpuset-mems", 0, OPTION_STRING, "LIST", UPDATE(cpuset_mems), "memory nodes to use", NULL},
	{"pids-limit", 0, OPTION_STRING, "N", UPDATE(pids_limit),
         "how many processes and threads, -1 for no limit", NULL},
	{"blkio-weight", 0, OPTION_STRING, "WEIGHT", UPDATE(blkio_weight),
         "weight of block I/O, 10 to 1000", NULL},
	{"l3-cache-schema", 0, OPTION_STRING, "SCHEMA", UPDATE(l3_cache_schema),
         "Intel RDT: L3 cache allocation", NULL},
	{"mem-bw-schema", 0, OPTION_STRING, "SCHEMA", UPDATE(mem_bw_schema),
         "Intel RDT: memory bandwidth allocation", NULL},
	{0},
};

enum object { OBJECT_MEMORY, OBJECT_CPU, OBJECT_PIDS, OBJECT_BLOCK_IO };

/* What a number may be: bytes with a unit or -1; any; not negative. */
enum number { NUMBER_BYTES, NUMBER_SIGNED, NUMBER_UNSIGNED, NUMBER_UINT16 };

/* From an option to the member it fills. */
struct assignment {
	size_t option;
	enum object object;
	size_t offset;
	size_t has_offset;
	enum number number;
};

#define ASSIGN(option, object, type, member, number)                                               \
	{                                                                                          \
		UPDATE(option), object, offsetof(struct type, member),                             \
			offsetof(struct type, has_##member), number                                \
	}
static const struct assignment assignments[] = {
	ASSIGN(memory, OBJECT_MEMORY, oci_memory, limit, NUMBER_BYTES),
	ASSIGN(memory_reservation, OBJECT_MEMORY, oci_memory, reservation, NUMBER_BYTES),
	ASSIGN(memory_swap, OBJECT_MEMORY, oci_memory, swap, NUMBER_BYTES),
	ASSIGN(kernel_memory, OBJECT_MEMORY, oci_memory, kernel, NUMBER_BYTES),
	ASSIGN(kernel_memory_tcp, OBJECT_MEMORY, oci_memory, kernel_tcp, NUMBER_BYTES),
	ASSIGN(cpu_share, OBJECT_CPU, oci_cpu, shares, NUMBER_UNSIGNED),
	ASSIGN(cpu_period, OBJECT_CPU, oci_cpu, period_us, NUMBER_UNSIGNED),
	ASSIGN(cpu_quota, OBJECT_CPU, oci_cpu, quota_us, NUMBER_SIGNED),
	ASSIGN(cpu_burst, OBJECT_CPU, oci_cpu, burst_us, NUMBER_UNSIGNED),
	ASSIGN(cpu_rt_period, OBJECT_CPU, oci_cpu, realtime_period_us, NUMBER_UNSIGNED),
	ASSIGN(cpu_rt_runtime, OBJECT_CPU, oci_cpu, realtime_runtime_us, NUMBER_SIGNED),
	ASSIGN(cpu_idle, OBJECT_CPU, oci_cpu, idle, NUMBER_SIGNED),
	ASSIGN(pids_limit, OBJECT_PIDS, oci_pids, limit, NUMBER_SIGNED),
	ASSIGN(blkio_weight, OBJECT_BLOCK_IO, oci_block_io, weight, NUMBER_UINT16),
};

static const char *option_name(size_t offset)
{
	const struct option *option = update_options;

	while (option->offset != offset)
		option++;
	return option->name;
}

static int parse_number(const char *text, enum number number, int64_t *ret)
{
	bool is_negative = number != NUMBER_UNSIGNED && number != NUMBER_UINT16 && *text == '-';
	uint64_t value;

	if (number == NUMBER_BYTES && !is_negative)
		return size_parse(text, ret);
	if (number == NUMBER_BYTES && !(text[1] == '1' && !text[2]))
		return -1;
	if (str_to_uint(text + is_negative, number == NUMBER_UINT16 ? UINT16_MAX : INT64_MAX,
	                &value) < 0)
		return -1;
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return 0;
}

static int assign(const struct assignment *row, const char *text, void *const *objects,
                  struct error *err)
{
	static const char *const expected[] = {"an amount such as 512M, or -1", "a number",
	                                       "a number that is not negative",
	                                       "a number up to 65535"};
	char *object = objects[row->object];
	int64_t value;

	if (parse_number(text, row->number, &value) < 0)
		return error_set(err, ERR_INVALID, "update: --%s: expected %s, got %s",
		                 option_name(row->option), expected[row->number], text);
	if (row->number == NUMBER_UINT16)
		*(uint16_t *)(object + row->offset) = (uint16_t)value;
	else
		*(int64_t *)(object + row->offset) = value;
	*(bool *)(object + row->has_offset) = true;
	return 0;
}

static struct oci_resources *make_changes(const struct update_options *options, struct error *err)
{
	auto_json struct oci_resources *changes = json_new(&oci_resources_type);
	void *objects[] = {
		[OBJECT_MEMORY] = changes->memory = json_alloc(changes, sizeof(*changes->memory)),
		[OBJECT_CPU] = changes->cpu = json_alloc(changes, sizeof(*changes->cpu)),
		[OBJECT_PIDS] = changes->pids = json_alloc(changes, sizeof(*changes->pids)),
		[OBJECT_BLOCK_IO] = changes->block_io =
			json_alloc(changes, sizeof(*changes->block_io)),
	};

	for (size_t i = 0; i < sizeof(assignments) / sizeof(*assignments); i++) {
		const struct assignment *row = &assignments[i];
		const char *text = *(const char *const *)((const char *)options + row->option);

		if (!str_is_empty(text) && assign(row, text, objects, err) < 0)
			return NULL;
	}
	changes->cpu->cpus =
		str_is_empty(options->cpuset_cpus) ? NULL : (char *)options->cpuset_cpus;
	changes->cpu->mems =
		str_is_empty(options->cpuset_mems) ? NULL : (char *)options->cpuset_mems;
	return ptr_take(changes);
}

static int update_run(const struct args *args, struct error *err)
{
	const struct update_options *options = args->options;
	auto_json struct oci_resources *changes = str_is_empty(options->resources)
	                                                  ? make_changes(options, err)
	                                                  : update_read(options->resources, err);
	struct update_request request = {
		.changes = changes,
		.l3_cache_schema =
			str_is_empty(options->l3_cache_schema) ? NULL : options->l3_cache_schema,
		.mem_bw_schema =
			str_is_empty(options->mem_bw_schema) ? NULL : options->mem_bw_schema,
	};

	return changes ? runtime_update(args->runtime, args->v[0], &request, err) : -1;
}

const struct command cmd_update = {
	.name = "update",
	.synopsis = "CONTAINER",
	.summary = "change the limits of a container",
	.description = "BYTES is a number with or without a unit: k, m, g, t or p.\n",
	.options = update_options,
	.options_size = sizeof(struct update_options),
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = update_run,
};
