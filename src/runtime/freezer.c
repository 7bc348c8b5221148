/* SPDX-License-Identifier: Apache-2.0 */
/* See freezer.h. Process: runtime parent. */
#include "runtime/freezer.h"

#include "common/cleanup.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_freeze.h"
#include "kernel/cgroup_tree.h"

static int open_v1(const struct cgroup_layout *layout, const char *path)
{
	for (size_t i = 0; i < layout->n_v1; i++)
		if (cgroup_has_controller(layout->v1[i].controllers, "freezer"))
			return cgroup_tree_open_in(&layout->v1[i], path);
	return -1;
}

/* v2 is better: what is frozen there can be killed. */
static int open_frozen(const struct cgroup_layout *layout, const char *path)
{
	auto_fd int fd = cgroup_tree_open_in(&layout->v2, path);
	int v1_fd = fd >= 0 && cgroup_freeze_get(fd) >= 0 ? -1 : open_v1(layout, path);

	return v1_fd >= 0 ? v1_fd : fd_take(&fd);
}

int freezer_set(const char *path, bool is_frozen, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	auto_fd int fd = -1;

	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	fd = open_frozen(&layout, path);
	if (fd < 0)
		return error_set(err, ERR_NOT_FOUND, "cgroup %s is not there", path);
	return cgroup_freeze_set(fd, is_frozen, CGROUP_FREEZE_TIMEOUT_MS, err);
}

int freezer_open_v1(const char *path)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	struct error ignored;

	return cgroup_layout_find(&layout, &ignored) < 0 ? -1 : open_v1(&layout, path);
}

void freezer_thaw_killed(const char *path)
{
	auto_fd int fd = path ? freezer_open_v1(path) : -1;
	struct error ignored;

	if (fd >= 0)
		cgroup_freeze_set(fd, false, CGROUP_FREEZE_TIMEOUT_MS, &ignored);
}

/*
 * Every state and every line of a list asks this: the usual places are looked at before the table
 * of mounts is read.
 */
bool freezer_is_frozen(const char *path)
{
	static const char *const usual[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	auto_cgroup_layout struct cgroup_layout layout = {0};
	auto_fd int fd = -1;
	struct error ignored;

	if (!path)
		return false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		struct cgroup_hierarchy hierarchy = {.mount_point = (char *)usual[i]};
		auto_fd int usual_fd = cgroup_tree_open_in(&hierarchy, path);
		int answer = usual_fd < 0 ? -1 : cgroup_freeze_get(usual_fd);

		if (answer >= 0)
			return answer;
	}
	if (cgroup_layout_find(&layout, &ignored) < 0)
		return false;
	fd = open_frozen(&layout, path);
	return fd >= 0 && cgroup_freeze_get(fd) == 1;
}
