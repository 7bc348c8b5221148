/* SPDX-License-Identifier: Apache-2.0 */
/* See cgroup_update.h. */
#include "runtime/cgroup_update.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "dl/bpf.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "libocispec/oci_resources.h"
#include "runtime/device_filter.h"
#include "runtime/limit_file.h"
#include "runtime/resources.h"

/* Processes that are forked while others are moved are moved in the next round. */
#define MOVE_MAX_ROUNDS 100

/* The cgroup in all hierarchies. */
struct updating {
	const struct cgroup_update *update;
	struct cgroup_layout layout;
	int v2_root_fd;
	int v2_fd;
	struct resources_v1 v1[CGROUP_MAX_V1];
};

static void updating_clear(struct updating *updating)
{
	fd_close(&updating->v2_root_fd);
	fd_close(&updating->v2_fd);
	for (size_t i = 0; i < updating->layout.n_v1; i++)
		fd_close(&updating->v1[i].fd);
	cgroup_layout_clear(&updating->layout);
}

#define auto_updating auto_call(updating_clear)

static int open_all(struct updating *updating, struct error *err)
{
	const char *path = updating->update->path;
	bool is_there;

	if (cgroup_layout_find(&updating->layout, err) < 0)
		return -1;
	for (size_t i = 0; i < updating->layout.n_v1; i++)
		updating->v1[i] = (struct resources_v1){updating->layout.v1[i].controllers, -1};
	updating->v2_root_fd = cgroup_tree_open_mount(&updating->layout.v2);
	updating->v2_fd = cgroup_tree_open_in(&updating->layout.v2, path);
	is_there = updating->v2_fd >= 0;
	for (size_t i = 0; i < updating->layout.n_v1; i++) {
		updating->v1[i].fd = cgroup_tree_open_in(&updating->layout.v1[i], path);
		is_there |= updating->v1[i].fd >= 0;
	}
	return is_there ? 0 : error_set(err, ERR_NOT_FOUND, "cgroup %s is not there", path);
}

/* Where all processes can be seen. */
static int any_fd(const struct updating *updating)
{
	for (size_t i = 0; updating->v2_fd < 0 && i < updating->layout.n_v1; i++)
		if (updating->v1[i].fd >= 0)
			return updating->v1[i].fd;
	return updating->v2_fd;
}

static bool has_pid(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* Move those of @from_fd that are not in @to_fd yet; how many these were, or -1. */
static int move_round(int from_fd, int to_fd, struct error *err)
{
	auto_free pid_t *all = NULL, *moved = NULL;
	size_t n_all = 0, n_moved = 0;
	int n = 0;

	if (cgroup_tree_pids(from_fd, &all, &n_all, err) < 0 ||
	    cgroup_tree_pids(to_fd, &moved, &n_moved, err) < 0)
		return -1;
	for (size_t i = 0; i < n_all; i++) {
		if (has_pid(moved, n_moved, all[i]))
			continue;
		if (cgroup_tree_attach(to_fd, all[i]) == 0)
			n++;
		else if (errno != ESRCH)
			return error_errno(err, "move process %d into its v1 cgroup", all[i]);
	}
	return n;
}

/* Make the directory in one v1 hierarchy, and move every process there. */
static int join_v1(struct updating *updating, size_t i, struct error *err)
{
	const struct cgroup_hierarchy *hierarchy = &updating->layout.v1[i];
	const char *path = updating->update->path;
	auto_fd int root_fd = cgroup_tree_open_mount(hierarchy);
	auto_fd int fd = -1;
	int n = 1;

	if (root_fd < 0 || cgroup_tree_make(root_fd, path, NULL) < 0)
		return error_errno(err, "make cgroup %s%s", hierarchy->mount_point, path);
	if (cgroup_has_controller(hierarchy->controllers, "cpuset") &&
	    cgroup_tree_init_cpuset(root_fd, path, err) < 0)
		return -1;
	fd = cgroup_tree_open(root_fd, path);
	if (fd < 0)
		return error_errno(err, "open cgroup %s%s", hierarchy->mount_point, path);
	for (int round = 0; n && round < MOVE_MAX_ROUNDS; round++) {
		n = move_round(any_fd(updating), fd, err);
		if (n < 0)
			return -1;
	}
	if (n)
		return error_set(err, ERR_STATE,
		                 "processes appear faster than they can be moved into %s%s",
		                 hierarchy->mount_point, path);
	updating->v1[i].fd = fd_take(&fd);
	return 0;
}

static int join_missing(struct updating *updating, struct error *err)
{
	for (size_t i = 0; i < updating->layout.n_v1; i++) {
		auto_free char *first = NULL;

		if (updating->v1[i].fd >= 0 || !updating->update->is_real_root)
			continue;
		first = resources_first_change(updating->update->changes,
		                               updating->layout.v1[i].controllers);
		if (first && join_v1(updating, i, err) < 0)
			return error_wrap(err, "%s: cannot be applied", first);
	}
	return 0;
}

static int find_v1(const struct updating *updating, const char *controller)
{
	for (size_t i = 0; i < updating->layout.n_v1; i++)
		if (cgroup_has_controller(updating->layout.v1[i].controllers, controller))
			return (int)i;
	return -1;
}

/* v1 refuses a limit below the usage by itself; v2 would kill. */
static int check_usage(const struct updating *updating, struct error *err)
{
	const struct oci_memory *wanted = updating->update->changes->memory;
	const struct oci_memory *merged = updating->update->merged->memory;
	int i = find_v1(updating, "memory");
	int fd = i >= 0 ? updating->v1[i].fd : updating->v2_fd;
	const char *file = i >= 0 ? "memory.usage_in_bytes" : "memory.current";
	auto_free char *text = NULL;
	struct error ignored;
	uint64_t usage;

	if (!wanted || !wanted->has_limit || wanted->limit <= 0 || !merged->check_before_update)
		return 0;
	if (fd < 0 || file_read(fd, file, 64, &text, &ignored) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	if (str_to_uint(text, UINT64_MAX, &usage) < 0 || usage <= (uint64_t)wanted->limit)
		return 0;
	return error_set(err, ERR_INVALID,
	                 "linux.resources.memory.limit: %" PRId64
	                 " is less than what is in use, %" PRIu64,
	                 wanted->limit, usage);
}

static int write_device_lines(const struct device_filter *filter, int dir_fd, struct error *err)
{
	auto_strv char **lines = NULL;

	if (device_filter_lines(filter, &lines, err) < 0)
		return -1;
	/* "a" forgets all exceptions; the lines of a filter that denies begin with it */
	if (filter->is_allowed_otherwise && file_write(dir_fd, "devices.allow", "a", err) < 0)
		return -1;
	for (char **line = lines; *line; line++)
		if (file_write(dir_fd, **line == '+' ? "devices.allow" : "devices.deny", *line + 1,
		               err) < 0)
			return -1;
	return 0;
}

static int replace_program(const struct device_filter *filter, int dir_fd, struct error *err)
{
	size_t n;
	auto_free struct bpf_insn *insns = NULL;
	auto_fd int program_fd = -1;

	if (device_filter_allows_all(filter))
		return dl_bpf_replace_device_programs(-1, dir_fd, err);
	insns = device_filter_compile(filter, &n);
	program_fd = dl_bpf_load_device_program(insns, n, err);
	return program_fd < 0 ? -1 : dl_bpf_replace_device_programs(program_fd, dir_fd, err);
}

/* The rules stand where create has put them: in the v1 hierarchy if it was joined. */
static int enforce_devices(const struct updating *updating, const struct oci_resources *resources,
                           struct error *err)
{
	auto_device_filter struct device_filter filter = {0};
	int i = find_v1(updating, "devices");

	if (device_filter_build(resources->devices, resources->n_devices, &filter, err) < 0)
		return -1;
	if (i >= 0 && updating->v1[i].fd >= 0)
		return write_device_lines(&filter, updating->v1[i].fd, err);
	return replace_program(&filter, updating->v2_fd, err);
}

static int update_devices(const struct updating *updating, struct error *err)
{
	const struct cgroup_update *update = updating->update;
	struct error ignored;

	if (!update->changes->n_devices)
		return 0;
	if (!update->is_real_root)
		return error_set(err, ERR_UNSUPPORTED,
		                 "linux.resources.devices: cannot be applied: only root can change "
		                 "device rules");
	if (enforce_devices(updating, update->changes, err) == 0)
		return 0;
	enforce_devices(updating, update->before, &ignored);
	return error_wrap(err, "linux.resources.devices: cannot be applied");
}

int cgroup_update(const struct cgroup_update *update, struct error *err)
{
	auto_updating struct updating updating = {.update = update, .v2_root_fd = -1, .v2_fd = -1};
	auto_limit_file_undo struct limit_file_undo undo = {0};
	struct resources_place place;

	if (open_all(&updating, err) < 0 || join_missing(&updating, err) < 0 ||
	    check_usage(&updating, err) < 0)
		return -1;
	place = (struct resources_place){
		.v2_root_fd = updating.v2_root_fd,
		.v2_fd = updating.v2_fd,
		.v2_path = update->path,
		.v1 = updating.v1,
		.n_v1 = updating.layout.n_v1,
	};
	if (resources_update(&place, update->changes, update->merged, &undo, err) < 0)
		return -1;
	if (update_devices(&updating, err) == 0)
		return 0;
	limit_file_undo(&undo);
	return -1;
}
