/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of limits. Process: runtime parent, before the container's init exists.
 * Values for cgroup v2 are converted as runc and crun do it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "libocispec/oci_resources.h"
#include "runtime/limit_file.h"
#include "runtime/resources.h"

#define PREFIX "linux.resources."
#define DEFAULT_CPU_SHARES 1024 /* and cpu.weight 100, which they convert to */

/* Rows of one group are written together: the value of one is a part of the other's. */
enum limit_group { GROUP_NONE, GROUP_MEMORY, GROUP_QUOTA };

/* A limit and how it is written. */
struct limit {
	const char *name; /* below linux.resources. */
	const char *controller;
	/* "a|b": b where a is missing; NULL: no such limit there */
	const char *v1_file;
	const char *v2_file;
	/*
	 * Appends the value: a line for each write(2), alternatives parted by '|' as the files.
	 * Nothing appended: the limit is not asked for. -1: it contradicts another one. A fresh
	 * cgroup has no limits; in an update "no limit" is a value.
	 */
	int (*format)(const struct oci_resources *resources, bool is_v2, bool is_update,
	              struct str *text, struct error *err);
	enum limit_group group;
};

/* One pass over all limits. */
struct pass {
	const struct resources_place *place; /* NULL: only look for the first that is asked for */
	const char *controllers;             /* of these, if not NULL */
	const struct oci_resources *changes; /* an update: only what these name is written */
	struct limit_file_undo *undo;        /* an update: earlier values */
	bool is_strict;
	bool can_wait;   /* what the kernel finds invalid may be valid behind the other rows */
	bool is_waiting; /* the last row was such a one */
	char *first;
	struct error *skipped;
};

/* log2 and exp2 without libm: loading that would cost every start more than these steps do. */
static double log2_of(double x)
{
	double result = 0, step = 1;

	for (; x >= 2; x /= 2)
		result++;
	for (int i = 0; i < 50; i++) {
		step /= 2;
		x *= x;
		if (x >= 2) {
			x /= 2;
			result += step;
		}
	}
	return result;
}

static double exp2_of(double x)
{
	const double ln2 = 0.693147180559945309417;
	double scale = 1, term = 1, sum = 1;

	for (; x >= 1; x--)
		scale *= 2;
	for (int i = 1; i < 20; i++) {
		term *= x * ln2 / i;
		sum += term;
	}
	return scale * sum;
}

unsigned resources_cpu_weight(uint64_t shares)
{
	const double log2_of_10 = 3.321928094887362347870;
	double l, exponent, weight;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	/* a parabola through 2 -> 1, 1024 -> 100, 262144 -> 10000 on logarithmic scales */
	l = log2_of((double)shares);
	exponent = (l * l + 125 * l) / 612 - 7.0 / 34;
	weight = exp2_of(exponent * log2_of_10);
	/* rounded up, but not for the sake of the last digits of a double */
	return (unsigned)(weight + 1 - 1e-9);
}

#define FORMAT(name)                                                                               \
	static int name(const struct oci_resources *r, bool is_v2 __attribute__((unused)),         \
	                bool is_update __attribute__((unused)), struct str *text,                  \
	                struct error *err __attribute__((unused)))

/* What stands for no limit, where the number is negative. */
static const char *no_limit(bool is_v2)
{
	return is_v2 ? "max" : "-1";
}

/* A row whose value is one positive number; 0 asks nothing. */
#define FORMAT_NUMBER(function, object, member)                                                    \
	FORMAT(function)                                                                           \
	{                                                                                          \
		if (!r->object || !r->object->has_##member)                                        \
			return 0;                                                                  \
		if ((int64_t)r->object->member > 0)                                                \
			str_appendf(text, "%" PRId64, (int64_t)r->object->member);                 \
		else if (is_update && (int64_t)r->object->member < 0)                              \
			str_append(text, no_limit(is_v2));                                         \
		return 0;                                                                          \
	}

/* The same, but 0 is a value that an update may go back to. */
#define FORMAT_NUMBER_OR_0(function, object, member)                                               \
	FORMAT(function)                                                                           \
	{                                                                                          \
		if (r->object && r->object->has_##member && (is_update || r->object->member))      \
			str_appendf(text, "%" PRId64, (int64_t)r->object->member);                 \
		return 0;                                                                          \
	}

/* A row whose value is a string. */
#define FORMAT_TEXT(function, object, member)                                                      \
	FORMAT(function)                                                                           \
	{                                                                                          \
		if (r->object && !str_is_empty(r->object->member))                                 \
			str_append(text, r->object->member);                                       \
		return 0;                                                                          \
	}

FORMAT_NUMBER(memory_limit, memory, limit)
FORMAT_NUMBER(memory_reservation, memory, reservation)
FORMAT_NUMBER(memory_kernel, memory, kernel)
FORMAT_NUMBER(memory_kernel_tcp, memory, kernel_tcp)
FORMAT_NUMBER_OR_0(cpu_burst, cpu, burst_us)
FORMAT_NUMBER_OR_0(cpu_idle, cpu, idle)
FORMAT_NUMBER(cpu_realtime_period, cpu, realtime_period_us)
FORMAT_NUMBER(cpu_realtime_runtime, cpu, realtime_runtime_us)
FORMAT_NUMBER(block_io_leaf_weight, block_io, leaf_weight)
FORMAT_NUMBER(network_class_id, network, class_id)
FORMAT_TEXT(cpu_cpus, cpu, cpus)
FORMAT_TEXT(cpu_mems, cpu, mems)

/* The one file of v1 that says "max". */
FORMAT(pids_limit)
{
	if (r->pids && r->pids->has_limit && r->pids->limit > 0)
		str_appendf(text, "%" PRId64, r->pids->limit);
	else if (is_update && r->pids && r->pids->has_limit && r->pids->limit < 0)
		str_append(text, "max");
	return 0;
}

/* v1 counts memory and swap together, v2 swap alone. */
FORMAT(memory_swap)
{
	const struct oci_memory *memory = r->memory;
	int64_t limit = memory && memory->has_limit ? memory->limit : 0;

	if (!memory || !memory->has_swap || memory->swap == 0)
		return 0;
	if (memory->swap < 0) {
		if (is_update)
			str_append(text, no_limit(is_v2));
		return 0;
	}
	if (limit < 0 && is_update) {
		str_appendf(text, "%" PRId64, memory->swap);
		return 0;
	}
	if (limit <= 0)
		return error_set(err, ERR_INVALID,
		                 PREFIX "memory.swap: %" PRId64 " without " PREFIX "memory.limit",
		                 memory->swap);
	if (memory->swap < limit)
		return error_set(err, ERR_INVALID,
		                 PREFIX "memory.swap: %" PRId64 " is less than " PREFIX
		                        "memory.limit: %" PRId64,
		                 memory->swap, limit);
	str_appendf(text, "%" PRId64, is_v2 ? memory->swap - limit : memory->swap);
	return 0;
}

/* 0 keeps pages in memory, so that it is a value, not "no limit". */
FORMAT(memory_swappiness)
{
	if (r->memory && r->memory->has_swappiness)
		str_appendf(text, "%" PRIu64, r->memory->swappiness);
	return 0;
}

FORMAT(memory_disable_oom_killer)
{
	const struct oci_memory *memory = r->memory;

	if (memory && memory->has_disable_oom_killer && (is_update || memory->disable_oom_killer))
		str_append(text, memory->disable_oom_killer ? "1" : "0");
	return 0;
}

/* v2 is always hierarchical. */
FORMAT(memory_use_hierarchy)
{
	if (r->memory && r->memory->has_use_hierarchy && (!is_v2 || !r->memory->use_hierarchy))
		str_append(text, r->memory->use_hierarchy ? "1" : "0");
	return 0;
}

/* The kernel gives every new cgroup the default: callers that always name it ask for nothing. */
FORMAT(cpu_shares)
{
	if (!r->cpu || !r->cpu->has_shares || r->cpu->shares == 0 ||
	    (r->cpu->shares == DEFAULT_CPU_SHARES && !is_update))
		return 0;
	str_appendf(text, "%" PRIu64,
	            is_v2 ? resources_cpu_weight(r->cpu->shares) : r->cpu->shares);
	return 0;
}

static bool has_quota(const struct oci_resources *r, bool is_update)
{
	return r->cpu && r->cpu->has_quota_us &&
	       (r->cpu->quota_us > 0 || (is_update && r->cpu->quota_us < 0));
}

/* On v2 the period is written by the quota's row, if there is a quota. */
FORMAT(cpu_period)
{
	if (!r->cpu || !r->cpu->has_period_us || r->cpu->period_us == 0 ||
	    (is_v2 && has_quota(r, is_update)))
		return 0;
	str_appendf(text, is_v2 ? "max %" PRIu64 : "%" PRIu64, r->cpu->period_us);
	return 0;
}

FORMAT(cpu_quota)
{
	if (!has_quota(r, is_update))
		return 0;
	if (r->cpu->quota_us > 0)
		str_appendf(text, "%" PRId64, r->cpu->quota_us);
	else
		str_append(text, no_limit(is_v2));
	if (is_v2 && r->cpu->has_period_us && r->cpu->period_us)
		str_appendf(text, " %" PRIu64, r->cpu->period_us);
	return 0;
}

/* blkio's 10 to 1000 on the line from 1 to 10000, where the scheduler is not bfq. */
static unsigned io_weight(unsigned weight)
{
	return weight < 10 ? 1 : 1 + (weight - 10) * 9999 / 990;
}

FORMAT(block_io_weight)
{
	const struct oci_block_io *io = r->block_io;

	if (!io || !io->has_weight || io->weight == 0)
		return 0;
	str_appendf(text, "%u", io->weight);
	if (is_v2)
		str_appendf(text, "|%u", io_weight(io->weight));
	return 0;
}

/* A line for each device that has the weight; the members of the two kinds are named alike. */
#define FORMAT_WEIGHT_DEVICE(function, member)                                                     \
	FORMAT(function)                                                                           \
	{                                                                                          \
		const struct oci_block_io *io = r->block_io;                                       \
                                                                                                   \
		for (size_t i = 0; io && i < io->n_weight_device; i++)                             \
			if (io->weight_device[i].has_##member && io->weight_device[i].member)      \
				str_appendf(text, "%" PRId64 ":%" PRId64 " %u\n",                  \
				            io->weight_device[i].major,                            \
				            io->weight_device[i].minor,                            \
				            io->weight_device[i].member);                          \
		return 0;                                                                          \
	}

FORMAT_WEIGHT_DEVICE(block_io_weight_device, weight)
FORMAT_WEIGHT_DEVICE(block_io_leaf_weight_device, leaf_weight)

/* A rate of 0 is none: it takes away what an earlier one has set. */
static void format_throttle(const struct oci_throttle_device *devices, size_t n, const char *key,
                            bool is_update, struct str *text)
{
	for (size_t i = 0; i < n; i++) {
		if (!devices[i].rate && !is_update)
			continue;
		str_appendf(text, "%" PRId64 ":%" PRId64 " %s", devices[i].major, devices[i].minor,
		            key);
		if (!devices[i].rate && *key)
			str_append(text, "max\n");
		else
			str_appendf(text, "%" PRIu64 "\n", devices[i].rate);
	}
}

#define FORMAT_THROTTLE(member, key)                                                               \
	FORMAT(block_io_##member)                                                                  \
	{                                                                                          \
		if (r->block_io)                                                                   \
			format_throttle(r->block_io->member, r->block_io->n_##member,              \
			                is_v2 ? key "=" : "", is_update, text);                    \
		return 0;                                                                          \
	}

FORMAT_THROTTLE(throttle_read_bps_device, "rbps")
FORMAT_THROTTLE(throttle_write_bps_device, "wbps")
FORMAT_THROTTLE(throttle_read_iops_device, "riops")
FORMAT_THROTTLE(throttle_write_iops_device, "wiops")

FORMAT(network_priorities)
{
	const struct oci_network *network = r->network;

	for (size_t i = 0; network && i < network->n_priorities; i++)
		str_appendf(text, "%s %" PRIu32 "\n", network->priorities[i].name,
		            network->priorities[i].priority);
	return 0;
}

FORMAT(rdma)
{
	for (size_t i = 0; i < r->rdma.n; i++) {
		const struct oci_rdma *rdma = &r->rdma.values[i];

		if (!rdma->has_hca_handles && !rdma->has_hca_objects)
			continue;
		str_append(text, r->rdma.keys[i]);
		if (rdma->has_hca_handles)
			str_appendf(text, " hca_handle=%" PRIu32, rdma->hca_handles);
		if (rdma->has_hca_objects)
			str_appendf(text, " hca_object=%" PRIu32, rdma->hca_objects);
		str_append_char(text, '\n');
	}
	return 0;
}

/* The order is the kernel's: memory before memory and swap, shares before idle. */
static const struct limit limits[] = {
	/* clang-format off */
	{"memory.limit", "memory", "memory.limit_in_bytes", "memory.max", memory_limit,
	 GROUP_MEMORY},
	{"memory.swap", "memory", "memory.memsw.limit_in_bytes", "memory.swap.max", memory_swap,
	 GROUP_MEMORY},
	{"memory.reservation", "memory", "memory.soft_limit_in_bytes", "memory.low",
	 memory_reservation, GROUP_NONE},
	{"memory.kernel", "memory", "memory.kmem.limit_in_bytes", NULL, memory_kernel, GROUP_NONE},
	{"memory.kernelTCP", "memory", "memory.kmem.tcp.limit_in_bytes", NULL, memory_kernel_tcp, GROUP_NONE},
	{"memory.swappiness", "memory", "memory.swappiness", NULL, memory_swappiness, GROUP_NONE},
	{"memory.disableOOMKiller", "memory", "memory.oom_control", NULL, memory_disable_oom_killer, GROUP_NONE},
	{"memory.useHierarchy", "memory", "memory.use_hierarchy", NULL, memory_use_hierarchy, GROUP_NONE},
	{"cpu.shares", "cpu", "cpu.shares", "cpu.weight", cpu_shares, GROUP_NONE},
	{"cpu.period", "cpu", "cpu.cfs_period_us", "cpu.max", cpu_period, GROUP_QUOTA},
	{"cpu.quota", "cpu", "cpu.cfs_quota_us", "cpu.max", cpu_quota, GROUP_QUOTA},
	{"cpu.burst", "cpu", "cpu.cfs_burst_us", "cpu.max.burst", cpu_burst, GROUP_NONE},
	{"cpu.realtimePeriod", "cpu", "cpu.rt_period_us", NULL, cpu_realtime_period, GROUP_NONE},
	{"cpu.realtimeRuntime", "cpu", "cpu.rt_runtime_us", NULL, cpu_realtime_runtime, GROUP_NONE},
	{"cpu.idle", "cpu", "cpu.idle", "cpu.idle", cpu_idle, GROUP_NONE},
	{"cpu.cpus", "cpuset", "cpuset.cpus", "cpuset.cpus", cpu_cpus, GROUP_NONE},
	{"cpu.mems", "cpuset", "cpuset.mems", "cpuset.mems", cpu_mems, GROUP_NONE},
	{"pids.limit", "pids", "pids.max", "pids.max", pids_limit, GROUP_NONE},
	{"blockIO.weight", "blkio", "blkio.weight|blkio.bfq.weight", "io.bfq.weight|io.weight",
	 block_io_weight, GROUP_NONE},
	{"blockIO.leafWeight", "blkio", "blkio.leaf_weight", NULL, block_io_leaf_weight, GROUP_NONE},
	{"blockIO.weightDevice", "blkio", "blkio.weight_device|blkio.bfq.weight_device",
	 "io.bfq.weight", block_io_weight_device, GROUP_NONE},
	{"blockIO.weightDevice.leafWeight", "blkio", "blkio.leaf_weight_device", NULL,
	 block_io_leaf_weight_device, GROUP_NONE},
	{"blockIO.throttleReadBpsDevice", "blkio", "blkio.throttle.read_bps_device", "io.max",
	 block_io_throttle_read_bps_device, GROUP_NONE},
	{"blockIO.throttleWriteBpsDevice", "blkio", "blkio.throttle.write_bps_device", "io.max",
	 block_io_throttle_write_bps_device, GROUP_NONE},
	{"blockIO.throttleReadIOPSDevice", "blkio", "blkio.throttle.read_iops_device", "io.max",
	 block_io_throttle_read_iops_device, GROUP_NONE},
	{"blockIO.throttleWriteIOPSDevice", "blkio", "blkio.throttle.write_iops_device", "io.max",
	 block_io_throttle_write_iops_device, GROUP_NONE},
	{"network.classID", "net_cls", "net_cls.classid", NULL, network_class_id, GROUP_NONE},
	{"network.priorities", "net_prio", "net_prio.ifpriomap", NULL, network_priorities, GROUP_NONE},
	{"rdma", "rdma", "rdma.max", "rdma.max", rdma, GROUP_NONE},
	/* clang-format on */
};

/* Cannot be applied: an error, or remembered if it is the first. */
static int refuse(const struct pass *pass, const char *name, const char *reason, struct error *err)
{
	struct error refusal = {0};

	error_set(&refusal, ERR_UNSUPPORTED, PREFIX "%s: cannot be applied: %s", name, reason);
	if (pass->is_strict) {
		*err = refusal;
		return -1;
	}
	if (pass->skipped->kind == ERR_NONE)
		*pass->skipped = refusal;
	return 0;
}

static int v1_fd(const struct resources_place *place, const char *controller, bool *ret_is_there)
{
	*ret_is_there = false;
	for (size_t i = 0; i < place->n_v1; i++) {
		if (!cgroup_has_controller(place->v1[i].controllers, controller))
			continue;
		*ret_is_there = true;
		return place->v1[i].fd;
	}
	return -1;
}

/* Without a device to swap to, a swap limit holds by itself. */
static bool has_no_swap(void)
{
	auto_free char *text = NULL;
	struct error ignored = {0};

	return file_read(AT_FDCWD, "/proc/swaps", 1 << 20, &text, &ignored) >= 0 &&
	       !strstr(text, "\n/");
}

/* What errno of a write means for limit @name: refused by the kernel, or not to be applied. */
static int explain(struct pass *pass, const char *name, const char *files, const char *text,
                   struct error *err)
{
	char reason[300];

	pass->is_waiting = errno == EINVAL && pass->can_wait;
	if (pass->is_waiting)
		return 0;
	switch (errno) {
	case ENOENT:
		if (strcmp(name, "memory.swap") == 0 && has_no_swap())
			return 0;
		snprintf(reason, sizeof(reason), "this kernel has no %s", files);
		return refuse(pass, name, reason, err);
	case EACCES:
	case EPERM:
	case EROFS:
	case EOPNOTSUPP:
	case ENODEV:
		snprintf(reason, sizeof(reason), "%s: %s", files, strerror(errno));
		return refuse(pass, name, reason, err);
	default:
		return error_set(err, ERR_INVALID, PREFIX "%s: the kernel refuses %s (%s): %s",
		                 name, text, files, strerror(errno));
	}
}

static int apply_v2(struct pass *pass, const struct limit *limit, const char *text,
                    struct error *err)
{
	/* what v1 calls blkio is io here */
	const char *controller = strcmp(limit->controller, "blkio") == 0 ? "io" : limit->controller;
	const struct resources_place *place = pass->place;
	struct error reason = {0};

	if (!limit->v2_file)
		return refuse(pass, limit->name, "cgroup v2 has no such limit", err);
	if (limit_file_write(place->v2_fd, limit->v2_file, text, pass->undo) == 0)
		return 0;
	/* files of the core need no controller; others appear when their controller is enabled */
	if (errno == ENOENT && controller[0]) {
		if (cgroup_tree_enable(place->v2_root_fd, place->v2_path, controller, &reason) < 0)
			return refuse(pass, limit->name, reason.msg, err);
		if (limit_file_write(place->v2_fd, limit->v2_file, text, pass->undo) == 0)
			return 0;
	}
	return explain(pass, limit->name, limit->v2_file, text, err);
}

static int apply_v1(struct pass *pass, const struct limit *limit, int fd, const char *text,
                    struct error *err)
{
	char reason[128];

	if (fd < 0) {
		snprintf(reason, sizeof(reason), "the v1 hierarchy of %s is not writable",
		         limit->controller);
		return refuse(pass, limit->name, reason, err);
	}
	if (!limit->v1_file)
		return refuse(pass, limit->name, "cgroup v1 has no such limit", err);
	if (limit_file_write(fd, limit->v1_file, text, pass->undo) == 0)
		return 0;
	return explain(pass, limit->name, limit->v1_file, text, err);
}

/* Write @text, or in a pass without a place remember that it was asked for. */
static int apply_text(struct pass *pass, const struct limit *limit, const char *text,
                      struct error *err)
{
	bool is_in_v1 = false;
	char reason[128];
	int fd;

	if (!pass->place) {
		if (!pass->first && (!pass->controllers ||
		                     cgroup_has_controller(pass->controllers, limit->controller)))
			pass->first = mem_printf(PREFIX "%s", limit->name);
		return 0;
	}
	fd = v1_fd(pass->place, limit->controller, &is_in_v1);
	if (is_in_v1)
		return apply_v1(pass, limit, fd, text, err);
	if (pass->place->v2_fd >= 0)
		return apply_v2(pass, limit, text, err);
	snprintf(reason, sizeof(reason), "this host has no %s controller", limit->controller);
	return refuse(pass, limit->name, reason, err);
}

/* Does the update name a limit of this row's group? What contradicts another is named too. */
static bool is_changed(const struct pass *pass, const struct limit *row)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		const struct limit *limit = &limits[i];
		auto_str struct str text = {0};
		struct error ignored;

		if (limit != row && (row->group == GROUP_NONE || limit->group != row->group))
			continue;
		if (limit->format(pass->changes, false, true, &text, &ignored) < 0 || text.len)
			return true;
	}
	return false;
}

static int apply_row(struct pass *pass, const struct oci_resources *resources,
                     const struct limit *limit, struct error *err)
{
	auto_str struct str text = {0};
	bool is_in_v1 = false;

	if (pass->changes && !is_changed(pass, limit))
		return 0;
	/* named is enough: alone it may contradict what the update leaves as it is */
	if (pass->changes && !pass->place)
		return apply_text(pass, limit, "", err);
	if (pass->place)
		v1_fd(pass->place, limit->controller, &is_in_v1);
	if (limit->format(resources, !is_in_v1, pass->changes != NULL, &text, err) < 0)
		return -1;
	return text.len ? apply_text(pass, limit, text.s, err) : 0;
}

/*
 * Limits that bound each other (memory and swap, quota and period, shares and idle) must be
 * written in an order that depends on what stood there before: what the kernel finds invalid is
 * written once more behind the others.
 */
static int apply_rows(struct pass *pass, const struct oci_resources *resources, struct error *err)
{
	enum { N = sizeof(limits) / sizeof(*limits) };
	bool is_waiting[N] = {false};

	pass->can_wait = pass->place != NULL;
	for (size_t i = 0; i < N; i++) {
		pass->is_waiting = false;
		if (apply_row(pass, resources, &limits[i], err) < 0)
			return -1;
		is_waiting[i] = pass->is_waiting;
	}
	pass->can_wait = false;
	for (size_t i = 0; i < N; i++)
		if (is_waiting[i] && apply_row(pass, resources, &limits[i], err) < 0)
			return -1;
	return 0;
}

static int apply_hugepage_limits(struct pass *pass, const struct oci_resources *resources,
                                 struct error *err)
{
	for (size_t i = 0; i < resources->n_hugepage_limits; i++) {
		const struct oci_hugepage_limit *huge = &resources->hugepage_limits[i];
		auto_free char *name = mem_printf("hugepageLimits[%zu]", i);
		auto_free char *v1 = mem_printf("hugetlb.%s.limit_in_bytes", huge->page_size);
		auto_free char *v2 = mem_printf("hugetlb.%s.max", huge->page_size);
		auto_free char *text = mem_printf("%" PRIu64, huge->limit_bytes);
		struct limit limit = {name, "hugetlb", v1, v2, NULL, GROUP_NONE};

		if (strchr(huge->page_size, '/'))
			return error_set(err, ERR_INVALID, PREFIX "%s.pageSize: %s is no page size",
			                 name, huge->page_size);
		if (apply_text(pass, &limit, text, err) < 0)
			return -1;
	}
	return 0;
}

/* Files that move or kill processes are not limits. */
static bool is_unified_file(const char *name)
{
	static const char *const refused[] = {"cgroup.procs", "cgroup.threads", "cgroup.kill"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (strcmp(name, refused[i]) == 0)
			return false;
	return name[0] && name[0] != '.' && strchr(name, '.') && !strchr(name, '/');
}

/* Names of v2's files as they are: nothing is converted, and v1 is not looked at. */
static int apply_unified(struct pass *pass, const struct oci_resources *resources,
                         struct error *err)
{
	for (size_t i = 0; i < resources->unified.n; i++) {
		const char *file = resources->unified.keys[i];
		auto_free char *name = mem_printf("unified[%s]", file);
		auto_free char *controller = mem_strndup(file, strcspn(file, "."));
		struct limit limit = {name, controller, NULL, file, NULL, GROUP_NONE};

		if (!is_unified_file(file))
			return error_set(err, ERR_INVALID,
			                 PREFIX "%s: not the name of a limit's file", name);
		if (strcmp(controller, "cgroup") == 0)
			limit.controller = "";
		if (pass->place && pass->place->v2_fd < 0) {
			if (refuse(pass, name, "this host has no cgroup v2", err) < 0)
				return -1;
			continue;
		}
		if (pass->place ? apply_v2(pass, &limit, resources->unified.values[i], err) < 0
		                : apply_text(pass, &limit, "", err) < 0)
			return -1;
	}
	return 0;
}

static int run(struct pass *pass, const struct oci_resources *resources, struct error *err)
{
	const struct oci_resources *rest = pass->changes ? pass->changes : resources;

	if (apply_rows(pass, resources, err) < 0 || apply_hugepage_limits(pass, rest, err) < 0)
		return -1;
	return apply_unified(pass, rest, err);
}

char *resources_first(const struct oci_resources *resources, const char *controllers)
{
	struct pass pass = {.controllers = controllers};
	struct error ignored = {0};

	run(&pass, resources, &ignored);
	return pass.first;
}

int resources_apply(const struct resources_place *place, const struct oci_resources *resources,
                    bool is_strict, struct error *ret_skipped, struct error *err)
{
	struct pass pass = {.place = place, .is_strict = is_strict, .skipped = ret_skipped};

	return run(&pass, resources, err);
}

char *resources_first_change(const struct oci_resources *changes, const char *controllers)
{
	struct pass pass = {.controllers = controllers, .changes = changes};
	struct error ignored = {0};

	run(&pass, changes, &ignored);
	return pass.first;
}

int resources_update(const struct resources_place *place, const struct oci_resources *changes,
                     const struct oci_resources *merged, struct limit_file_undo *undo,
                     struct error *err)
{
	struct pass pass = {.place = place, .changes = changes, .undo = undo, .is_strict = true};

	if (run(&pass, merged, err) == 0)
		return 0;
	limit_file_undo(undo);
	return -1;
}
