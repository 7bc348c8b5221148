/* SPDX-License-Identifier: Apache-2.0 */
/* See stats.h. */
#include "runtime/stats.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/mem.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "runtime/caller.h"
#include "runtime/ps.h"

#define FILE_MAX_BYTES (16u << 20)
#define LIST_MAX 65536

const struct stats_cpuset_file stats_cpuset_files[9] = {
	{"cpuset.cpu_exclusive", "cpu_exclusive"},
	{"cpuset.mem_hardwall", "mem_hardwall"},
	{"cpuset.mem_exclusive", "mem_exclusive"},
	{"cpuset.memory_migrate", "memory_migrate"},
	{"cpuset.memory_spread_page", "memory_spread_page"},
	{"cpuset.memory_spread_slab", "memory_spread_slab"},
	{"cpuset.memory_pressure", "memory_pressure"},
	{"cpuset.sched_load_balance", "sched_load_balance"},
	{"cpuset.sched_relax_domain_level", "sched_relax_domain_level"},
};

void stats_clear(struct stats *stats)
{
	cleanup_free(&stats->cpu.percpu_ns.v);
	cleanup_free(&stats->cpu.percpu_kernel_ns.v);
	cleanup_free(&stats->cpu.percpu_user_ns.v);
	cleanup_free(&stats->cpuset.cpus.v);
	cleanup_free(&stats->cpuset.mems.v);
	for (size_t i = 0; i < stats->memory.n_raw; i++)
		cleanup_free(&stats->memory.raw[i].name);
	cleanup_free(&stats->memory.raw);
	for (size_t i = 0; i < STATS_IO_N; i++)
		cleanup_free(&stats->io[i].v);
	cleanup_free(&stats->hugetlb);
	cleanup_free(&stats->interfaces);
	*stats = (struct stats){0};
}

char *stats_read(int dir_fd, const char *file)
{
	struct error ignored;
	char *text = NULL;

	return file_read(dir_fd, file, FILE_MAX_BYTES, &text, &ignored) < 0 ? NULL : text;
}

uint64_t stats_number(int dir_fd, const char *file, uint64_t otherwise)
{
	auto_free char *text = stats_read(dir_fd, file);
	char *end;
	uint64_t value;

	if (!text)
		return otherwise;
	if (str_has_prefix(text, "max"))
		return STATS_NO_LIMIT;
	value = strtoull(text, &end, 10);
	return end == text ? otherwise : value;
}

uint64_t stats_value(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, key, n) == 0 && line[n] == ' ')
			return strtoull(line + n + 1, NULL, 10);
	return 0;
}

void stats_append_number(struct stats_numbers *numbers, uint64_t value)
{
	mem_array_grow(numbers->v, numbers->n);
	numbers->v[numbers->n++] = value;
}

void stats_cpu_list(const char *text, struct stats_numbers *ret)
{
	for (char *end; *text >= '0' && *text <= '9'; text = end + (*end == ',')) {
		uint64_t first = strtoull(text, &end, 10), last = first;

		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		for (; first <= last && ret->n < LIST_MAX; first++)
			stats_append_number(ret, first);
	}
}

void stats_raw(const char *text, struct stats_memory *ret)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = strcspn(line, " \n");

		if (line[n] != ' ')
			continue;
		mem_array_grow(ret->raw, ret->n_raw);
		ret->raw[ret->n_raw++] = (struct stats_named){
			.name = mem_strndup(line, n),
			.value = strtoull(line + n + 1, NULL, 10),
		};
	}
}

void stats_add_io(struct stats_io_list *list, uint64_t major, uint64_t minor, const char *op,
                  uint64_t value)
{
	struct stats_io_entry *entry;

	mem_array_grow(list->v, list->n);
	entry = &list->v[list->n++];
	*entry = (struct stats_io_entry){.major = major, .minor = minor, .value = value};
	snprintf(entry->op, sizeof(entry->op), "%s", op);
}

void stats_huge_sizes(int dir_fd, struct stats *ret)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *size = entry->d_name + strlen("hugetlb.");
		struct stats_hugetlb *huge;

		/* each has these two, on v1 or on v2 */
		if (!str_has_prefix(entry->d_name, "hugetlb.") ||
		    (strcmp(size + strcspn(size, "."), ".limit_in_bytes") != 0 &&
		     strcmp(size + strcspn(size, "."), ".max") != 0))
			continue;
		mem_array_grow(ret->hugetlb, ret->n_hugetlb);
		huge = &ret->hugetlb[ret->n_hugetlb++];
		*huge = (struct stats_hugetlb){0};
		snprintf(huge->size, sizeof(huge->size), "%.*s", (int)strcspn(size, "."), size);
	}
}

void stats_interfaces(const char *text, struct stats *ret)
{
	/* columns of received and sent: bytes packets errs drop */
	static const unsigned columns[] = {0, 1, 2, 3, 8, 9, 10, 11};
	struct stats_interface *interface;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = line + strspn(line, " ");
		const char *colon = name + strcspn(name, ":\n");
		uint64_t values[12] = {0};
		char *p = (char *)colon + 1;

		/* the heading has bars in place of colons */
		if (*colon != ':')
			continue;
		for (size_t i = 0; i < 12; i++)
			values[i] = strtoull(p, &p, 10);
		mem_array_grow(ret->interfaces, ret->n_interfaces);
		interface = &ret->interfaces[ret->n_interfaces++];
		*interface = (struct stats_interface){0};
		snprintf(interface->name, sizeof(interface->name), "%.*s", (int)(colon - name),
		         name);
		for (size_t i = 0; i < 8; i++)
			interface->counters[i] = values[columns[i]];
	}
}

static void collect_network(const struct state *state, struct stats *ret)
{
	int proc_fd = caller_get()->proc_fd;
	auto_free char *link = mem_printf("%d/ns/net", state->record->pid);
	auto_free char *file = mem_printf("%d/net/dev", state->record->pid);
	auto_free char *text = NULL;
	struct stat own, theirs;

	if (fstatat(proc_fd, "self/ns/net", &own, 0) < 0 ||
	    fstatat(proc_fd, link, &theirs, 0) < 0 || own.st_ino == theirs.st_ino)
		return;
	text = stats_read(proc_fd, file);
	if (text)
		stats_interfaces(text, ret);
}

/* Take from @wanted what this v1 hierarchy counts. */
static void exclude(const char *controllers, struct stats_wanted *wanted)
{
	/* what is measured of the CPU is cpuacct's, whatever limits it */
	wanted->cpu &= !cgroup_has_controller(controllers, "cpuacct");
	wanted->cpuset &= !cgroup_has_controller(controllers, "cpuset");
	wanted->memory &= !cgroup_has_controller(controllers, "memory");
	wanted->pids &= !cgroup_has_controller(controllers, "pids");
	wanted->io &= !cgroup_has_controller(controllers, "blkio");
	wanted->hugetlb &= !cgroup_has_controller(controllers, "hugetlb");
}

/* Whether there is any directory; what none counts stays in @wanted. */
static bool collect_cgroups(const char *path, struct stats_wanted *wanted, struct stats *ret)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	struct stats_wanted found = {0};
	auto_fd int v2_fd = -1;
	struct error ignored;
	bool is_there = false;

	if (!path || cgroup_layout_find(&layout, &ignored) < 0)
		return false;
	for (size_t i = 0; i < layout.n_v1; i++) {
		auto_fd int fd = cgroup_tree_open_in(&layout.v1[i], path);

		if (fd < 0)
			continue;
		is_there = true;
		stats_v1(fd, layout.v1[i].controllers, ret);
		exclude(layout.v1[i].controllers, wanted);
	}
	v2_fd = cgroup_tree_open_in(&layout.v2, path);
	if (v2_fd < 0)
		return is_there;
	stats_v2(v2_fd, wanted, ret, &found);
	wanted->cpu &= !found.cpu;
	wanted->memory &= !found.memory;
	wanted->pids &= !found.pids;
	return true;
}

int stats_collect(const struct state *state, struct stats *ret, struct error *err)
{
	struct stats_wanted wanted = {true, true, true, true, true, true};
	auto_free pid_t *pids = NULL;
	size_t n = 0;

	ret->is_procfs = !collect_cgroups(state->record->cgroup_path, &wanted, ret);
	if (wanted.cpu || wanted.memory || wanted.pids) {
		if (ps_list(state, &pids, &n, err) < 0)
			return -1;
		stats_procfs(caller_get()->proc_fd, pids, n, &wanted, ret);
	}
	collect_network(state, ret);
	return 0;
}
