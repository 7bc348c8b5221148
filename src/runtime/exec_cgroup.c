/* SPDX-License-Identifier: Apache-2.0 */
/* See exec_cgroup.h. Process: runtime parent. */
#include "runtime/exec_cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "runtime/annotations.h"
#include "runtime/caller.h"

/* The path below the container's own cgroup; nothing leads out of it. */
static int check_path(const char *option, const char *path, struct error *err)
{
	const char *p = path;

	if (!*path)
		return error_set(err, ERR_INVALID, "--cgroup %s: the path is empty", option);
	while ((p = strstr(p, ".."))) {
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return error_set(err, ERR_INVALID,
			                 "--cgroup %s: leads out of the container's cgroup",
			                 option);
		p += 2;
	}
	return 0;
}

/* Exchange the directory at *@fd for @path below it. */
static int enter(int *fd, const char *option, const char *path, struct error *err)
{
	int sub = *fd < 0 ? -1 : cgroup_tree_open(*fd, path);

	if (*fd < 0)
		return error_set(err, ERR_INVALID, "--cgroup %s: the container has no cgroup there",
		                 option);
	if (sub < 0)
		return error_errno(err, "--cgroup %s: open it in the container's cgroup", option);
	close(*fd);
	*fd = sub;
	return 0;
}

static int enter_v1(const struct cgroup_layout *layout, struct cgroup_place *place,
                    const char *option, const char *controller, const char *path, bool is_entered[],
                    struct error *err)
{
	for (size_t i = 0; i < layout->n_v1 && i < place->n_v1; i++) {
		if (!cgroup_has_controller(layout->v1[i].controllers, controller))
			continue;
		if (is_entered[i])
			return error_set(err, ERR_INVALID,
			                 "--cgroup %s: a second one for the controller %s", option,
			                 controller);
		is_entered[i] = true;
		return enter(&place->v1_fds[i], option, path, err);
	}
	return error_set(err, ERR_INVALID,
	                 "--cgroup %s: this host has no cgroup v1 hierarchy of the controller %s",
	                 option, controller);
}

static int enter_all(struct cgroup_place *place, const char *option, struct error *err)
{
	if (place->v2_fd >= 0)
		return enter(&place->v2_fd, option, option, err);
	for (size_t i = 0; i < place->n_v1; i++) {
		if (place->v1_fds[i] >= 0 && enter(&place->v1_fds[i], option, option, err) < 0)
			return -1;
	}
	return 0;
}

/* One value of --cgroup. */
static int enter_sub(const struct cgroup_layout *layout, struct cgroup_place *place,
                     const char *option, size_t n, bool is_entered[], struct error *err)
{
	const char *colon = strchr(option, ':');

	if (check_path(option, colon ? colon + 1 : option, err) < 0)
		return -1;
	if (!colon && n > 1)
		return error_set(err, ERR_INVALID,
		                 "--cgroup %s: one of several needs its CONTROLLER:", option);
	if (!colon)
		return enter_all(place, option, err);
	for (const char *p = option; p <= colon;) {
		size_t len = strcspn(p, ",:");
		auto_free char *controller = mem_strndup(p, len);

		if (!len)
			return error_set(err, ERR_INVALID, "--cgroup %s: a controller is empty",
			                 option);
		if (enter_v1(layout, place, option, controller, colon + 1, is_entered, err) < 0)
			return -1;
		p += len + 1;
	}
	return 0;
}

/* Are there controllers in sub-cgroups, so that the kernel refuses processes (cgroup v2)? */
static bool is_divided(int v2_fd)
{
	auto_free char *text = NULL;
	struct error ignored;

	return v2_fd >= 0 &&
	       file_read(v2_fd, "cgroup.subtree_control", 4096, &text, &ignored) > 0 &&
	       text[strspn(text, " \n")];
}

/* The init has gone into a sub-cgroup then; it may not have left the container's. */
static int follow_init(const struct cgroup_layout *layout, const struct state_record *record,
                       struct cgroup_place *place, struct error *err)
{
	auto_free char *text = NULL, *own = NULL;
	size_t len = strlen(record->cgroup_path);
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "%d/cgroup", record->pid);
	if (file_read(caller_get()->proc_fd, path, 1 << 20, &text, err) < 0)
		return -1;
	own = cgroup_own_path(text, &layout->v2);
	if (!own || strncmp(own, record->cgroup_path, len) != 0 || own[len] != '/')
		return 0;
	fd = cgroup_tree_open(place->v2_fd, own + len);
	if (fd < 0)
		return error_errno(err, "open cgroup %s of the container's init", own);
	close(place->v2_fd);
	place->v2_fd = fd;
	return 0;
}

int exec_cgroup_open(const struct state_record *record, const char *const *subs, size_t n,
                     struct cgroup_place *ret, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	bool is_entered[CGROUP_MAX_V1] = {false};

	if (cgroup_place_open(record->cgroup_path, ret, err) < 0)
		return -1;
	if (n && !ret->path)
		return error_set(err, ERR_UNSUPPORTED, "--cgroup %s: the container has no cgroup",
		                 subs[0]);
	if (!n && !is_divided(ret->v2_fd) &&
	    !json_map_find(&record->annotations, ANNOTATION_DELEGATE_CGROUP))
		return 0;
	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	if (!n)
		return follow_init(&layout, record, ret, err);
	for (size_t i = 0; i < n; i++) {
		if (enter_sub(&layout, ret, subs[i], n, is_entered, err) < 0)
			return -1;
	}
	return 0;
}
