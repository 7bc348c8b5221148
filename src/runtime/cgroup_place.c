/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, opening, joining and removing the cgroup of a container by the cgroupfs
 * manager. Process: runtime parent. The same path is used in every hierarchy; on pure v2
 * there is one, and nothing of /proc is read.
 *
 * runtime-spec, config-linux, Control groups.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/str.h"
#include "dl/bpf.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_freeze.h"
#include "kernel/cgroup_tree.h"
#include "libocispec/oci_resources.h"
#include "runtime/cgroup_place.h"
#include "runtime/device_filter.h"
#include "runtime/freezer.h"
#include "runtime/resources.h"

_Static_assert(CGROUP_PLACE_MAX_V1 == CGROUP_MAX_V1, "one descriptor for each hierarchy");

/* A cgroup being made. v1_fds has an entry for every hierarchy of the layout; -1: not joined. */
struct making {
	const struct cgroup_place_request *request;
	struct cgroup_place place;
	struct cgroup_layout layout;
	int v2_root_fd;
	bool is_v2_new;
	bool is_v1_new[CGROUP_MAX_V1];
	char reason[256]; /* why there is no cgroup, or not in all hierarchies */
};

static void place_init(struct cgroup_place *place)
{
	*place = (struct cgroup_place){.v2_fd = -1};
}

void cgroup_place_close(struct cgroup_place *place)
{
	if (!place || (!place->path && !place->n_v1))
		return;
	cleanup_free(&place->path);
	fd_close(&place->v2_fd);
	for (size_t i = 0; i < place->n_v1; i++)
		fd_close(&place->v1_fds[i]);
	device_filter_clear(&place->devices);
	place_init(place);
}

/* Is it a name for systemd, "slice:prefix:name"? */
static bool is_systemd_path(const char *path)
{
	const char *colon = path ? strchr(path, ':') : NULL;

	return colon && !strchr(path, '/') && strchr(colon + 1, ':');
}

static bool has_dotdot(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p += 2)
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return true;
	return false;
}

/* linux.cgroupsPath as a path from the root of the hierarchies; caller frees. */
static char *literal_path(const char *path, struct error *err)
{
	auto_free char *absolute = mem_printf("/%s", path);
	auto_free char *clean = path_clean(absolute);

	if (!has_dotdot(path) && strcmp(clean, "/") != 0)
		return ptr_take(clean);
	error_set(err, ERR_INVALID, "linux.cgroupsPath: %s %s", path,
	          has_dotdot(path) ? "holds \"..\"" : "is not a cgroup of its own");
	return NULL;
}

static bool is_writable(int root_fd, const char *path)
{
	auto_free char *procs = mem_printf("%s/cgroup.procs", path);

	return faccessat(root_fd, path, W_OK | X_OK, AT_EACCESS) == 0 &&
	       faccessat(root_fd, procs, W_OK, AT_EACCESS) == 0;
}

/* "/parent" + "rtl-id", or NULL if this user may not make it; caller frees. */
static char *path_in(const struct making *making, const char *parent)
{
	auto_free char *relative = mem_printf(".%s", parent);

	if (!is_writable(making->v2_root_fd, relative))
		return NULL;
	return mem_printf("%s/rtl-%s", strcmp(parent, "/") == 0 ? "" : parent, making->request->id);
}

/*
 * Where an ordinary user's container goes: beside his own cgroup, else below it. Beside is better,
 * as controllers cannot be enabled in a cgroup that holds processes. NULL: he may write neither.
 */
static char *delegated_path(const struct making *making)
{
	auto_free char *text = NULL, *own = NULL, *parent = NULL;
	struct error ignored = {0};
	char *path;

	if (making->v2_root_fd < 0 ||
	    file_read(AT_FDCWD, "/proc/self/cgroup", 1 << 20, &text, &ignored) < 0)
		return NULL;
	own = cgroup_own_path(text, &making->layout.v2);
	if (!own)
		return NULL;
	parent = mem_strndup(own, (size_t)(strrchr(own, '/') - own));
	path = path_in(making, parent[0] ? parent : "/");
	return path ? path : path_in(making, own);
}

/*
 * The path of the container's cgroup.
 * Return: 0, with @ret NULL and a reason if there will be none; -1 if that must not be.
 */
static int choose_path(struct making *making, char **ret, struct error *err)
{
	const struct cgroup_place_request *request = making->request;
	enum runtime_cgroup_manager manager = request->opts->cgroup_manager;
	const char *path = str_is_empty(request->cgroups_path) ? NULL : request->cgroups_path;

	*ret = NULL;
	if (manager == RUNTIME_CGROUP_DISABLED) {
		snprintf(making->reason, sizeof(making->reason), "cgroups are disabled");
		return 0;
	}
	if (manager == RUNTIME_CGROUP_SYSTEMD ||
	    (manager == RUNTIME_CGROUP_AUTO && is_systemd_path(path))) {
		if (request->is_real_root)
			return error_set(
				err, ERR_UNSUPPORTED,
				"the systemd cgroup manager is not there yet: use a "
				"cgroupsPath like /parent/name, or --cgroup-manager cgroupfs");
		snprintf(making->reason, sizeof(making->reason),
		         "the systemd cgroup manager is not there yet");
		return 0;
	}
	if (path) {
		*ret = literal_path(path, err);
		return *ret ? 0 : -1;
	}
	*ret = request->is_real_root ? mem_printf("/rtl-%s", request->id) : delegated_path(making);
	if (!*ret)
		snprintf(making->reason, sizeof(making->reason),
		         "no cgroup is delegated to this user");
	return 0;
}

/* May a directory be missing because of this errno? */
static bool is_not_writable(int errnum)
{
	return errnum == EACCES || errnum == EPERM || errnum == EROFS || errnum == ENOENT;
}

/* A cgroup with processes is another container's, or somebody's own. */
static int refuse_used(const struct cgroup_hierarchy *hierarchy, const char *path, int dir_fd,
                       struct error *err)
{
	if (dir_fd < 0 || !cgroup_tree_is_populated(dir_fd))
		return 0;
	return error_set(err, ERR_EXISTS, "cgroup %s%s is in use: it holds processes",
	                 hierarchy->mount_point, path);
}

/* Before the path is recorded: what is recorded may be killed and removed. */
static int check_unused(const struct making *making, struct error *err)
{
	const char *path = making->place.path;
	auto_fd int fd = -1;

	if (making->v2_root_fd >= 0)
		fd = cgroup_tree_open(making->v2_root_fd, path);
	if (refuse_used(&making->layout.v2, path, fd, err) < 0)
		return -1;
	for (size_t i = 0; i < making->layout.n_v1; i++) {
		auto_fd int v1_fd = cgroup_tree_open_in(&making->layout.v1[i], path);

		if (refuse_used(&making->layout.v1[i], path, v1_fd, err) < 0)
			return -1;
	}
	return 0;
}

/* One directory; @ret_fd stays -1 where the hierarchy may not be written. */
static int make_directory(struct making *making, const struct cgroup_hierarchy *hierarchy,
                          int root_fd, int *ret_fd, bool *ret_is_new, struct error *err)
{
	const char *path = making->place.path;

	if (cgroup_tree_make(root_fd, path, ret_is_new) < 0) {
		if (!is_not_writable(errno))
			return error_errno(err, "make cgroup %s%s", hierarchy->mount_point, path);
		snprintf(making->reason, sizeof(making->reason), "cannot make %s%s: %s",
		         hierarchy->mount_point, path, strerror(errno));
		return 0;
	}
	if (cgroup_has_controller(hierarchy->controllers, "cpuset") &&
	    cgroup_tree_init_cpuset(root_fd, path, err) < 0)
		return -1;
	*ret_fd = cgroup_tree_open(root_fd, path);
	if (*ret_fd < 0)
		return error_errno(err, "open cgroup %s%s", hierarchy->mount_point, path);
	return *ret_is_new ? 0 : refuse_used(hierarchy, path, *ret_fd, err);
}

static int make_one_v1(struct making *making, size_t i, struct error *err)
{
	struct cgroup_place *place = &making->place;
	auto_fd int root_fd = cgroup_tree_open_mount(&making->layout.v1[i]);

	if (root_fd >= 0 && make_directory(making, &making->layout.v1[i], root_fd,
	                                   &place->v1_fds[i], &making->is_v1_new[i], err) < 0)
		return -1;
	place->has_v1 |= place->v1_fds[i] >= 0;
	return 0;
}

/*
 * Which v1 hierarchies are joined. All of them where the caller named the path, and may look for
 * it there, and where there is no v2. Else those that hold a limit: to move a process waits for
 * RCU, which is as long as all the rest of a start, and v2 takes it without moving.
 */
static bool needs_v1(const struct making *making, const struct cgroup_hierarchy *hierarchy)
{
	const struct cgroup_place_request *request = making->request;
	auto_free char *first = NULL;

	if (!str_is_empty(request->cgroups_path))
		return true;
	/* below the root of v1 nothing is delegated to users, unless they say where */
	if (!request->is_real_root)
		return false;
	if (making->place.v2_fd < 0)
		return true;
	if (request->resources)
		first = resources_first(request->resources, hierarchy->controllers);
	return first != NULL;
}

static int make_v1(struct making *making, struct error *err)
{
	struct cgroup_place *place = &making->place;

	for (; place->n_v1 < making->layout.n_v1; place->n_v1++)
		place->v1_fds[place->n_v1] = -1;
	for (size_t i = 0; i < place->n_v1; i++)
		if (needs_v1(making, &making->layout.v1[i]) && make_one_v1(making, i, err) < 0)
			return -1;
	return 0;
}

static int make_directories(struct making *making, struct error *err)
{
	if (making->v2_root_fd >= 0 &&
	    make_directory(making, &making->layout.v2, making->v2_root_fd, &making->place.v2_fd,
	                   &making->is_v2_new, err) < 0)
		return -1;
	if (make_v1(making, err) < 0)
		return -1;
	if (making->place.v2_fd >= 0 || making->place.has_v1)
		return 0;
	if (!making->reason[0])
		snprintf(making->reason, sizeof(making->reason),
		         "this host has no cgroups mounted");
	cgroup_place_close(&making->place);
	return 0;
}

/* Nothing of a failed attempt stays; what was there before does. */
static void unmake(struct making *making)
{
	struct error ignored = {0};

	if (making->is_v2_new)
		cgroup_tree_remove(making->v2_root_fd, making->place.path, &ignored);
	for (size_t i = 0; i < making->place.n_v1; i++) {
		auto_fd int root_fd = -1;

		if (!making->is_v1_new[i])
			continue;
		root_fd = cgroup_tree_open_mount(&making->layout.v1[i]);
		cgroup_tree_remove(root_fd, making->place.path, &ignored);
	}
}

static bool is_strict(const struct cgroup_place_request *request)
{
	return request->is_real_root || request->opts->is_strict_cgroups;
}

/* There is no cgroup: is anything lost by that? */
static int go_without(const struct making *making, struct error *err)
{
	const struct cgroup_place_request *request = making->request;
	const struct oci_resources *resources = request->resources;
	auto_free char *first = resources ? resources_first(resources, NULL) : NULL;

	if (is_strict(request) && first)
		return error_set(err, ERR_UNSUPPORTED, "%s: cannot be applied: %s", first,
		                 making->reason);
	if (request->is_real_root && resources && resources->n_devices &&
	    request->opts->cgroup_manager != RUNTIME_CGROUP_DISABLED)
		return error_set(err, ERR_UNSUPPORTED,
		                 "linux.resources.devices: cannot be applied: %s", making->reason);
	if (request->opts->is_strict_cgroups && !str_is_empty(request->cgroups_path))
		return error_set(err, ERR_UNSUPPORTED, "linux.cgroupsPath: cannot be used: %s",
		                 making->reason);
	if (first)
		log_warn("%s: cannot be applied: %s", first, making->reason);
	else
		log_debug("no cgroup: %s", making->reason);
	return 0;
}

static int apply_limits(struct making *making, struct error *err)
{
	struct resources_v1 v1[CGROUP_MAX_V1];
	struct resources_place place = {
		.v2_root_fd = making->v2_root_fd,
		.v2_fd = making->place.v2_fd,
		.v2_path = making->place.path,
		.v1 = v1,
		.n_v1 = making->place.n_v1,
	};
	struct error skipped = {0};

	for (size_t i = 0; i < place.n_v1; i++)
		v1[i] = (struct resources_v1){making->layout.v1[i].controllers,
		                              making->place.v1_fds[i]};
	if (resources_apply(&place, making->request->resources, is_strict(making->request),
	                    &skipped, err) < 0)
		return -1;
	if (skipped.kind != ERR_NONE)
		log_warn("%s", skipped.msg);
	return 0;
}

static int write_device_lines(const struct device_filter *filter, int dir_fd, struct error *err)
{
	auto_strv char **lines = NULL;

	if (device_filter_lines(filter, &lines, err) < 0)
		return -1;
	for (char **line = lines; *line; line++)
		if (file_write(dir_fd, **line == '+' ? "devices.allow" : "devices.deny", *line + 1,
		               err) < 0)
			return error_wrap(err, "linux.resources.devices: cannot be applied");
	return 0;
}

static int attach_device_program(const struct device_filter *filter, int dir_fd, struct error *err)
{
	size_t n;
	auto_free struct bpf_insn *insns = device_filter_compile(filter, &n);
	auto_fd int program_fd = dl_bpf_load_device_program(insns, n, err);

	if (program_fd < 0 || dl_bpf_attach_device_program(program_fd, dir_fd, err) < 0)
		return error_wrap(err, "linux.resources.devices: cannot be applied");
	return 0;
}

static int find_v1(const struct making *making, const char *controller)
{
	for (size_t i = 0; i < making->place.n_v1; i++)
		if (cgroup_has_controller(making->layout.v1[i].controllers, controller))
			return (int)i;
	return -1;
}

static int enforce_devices(struct making *making, struct device_filter *filter, struct error *err)
{
	int i = find_v1(making, "devices");
	bool has_joined_v1 = i >= 0 && making->place.v1_fds[i] >= 0;
	struct error failure = {0};

	if (i < 0 && making->place.v2_fd >= 0) {
		making->place.has_devices = true;
		making->place.devices = *filter;
		*filter = (struct device_filter){0};
		return 0;
	}
	if (!has_joined_v1 && making->place.v2_fd >= 0) {
		if (attach_device_program(filter, making->place.v2_fd, &failure) == 0)
			return 0;
	}
	if (i >= 0 && !has_joined_v1 && make_one_v1(making, (size_t)i, err) < 0)
		return -1;
	if (i >= 0 && making->place.v1_fds[i] >= 0)
		return write_device_lines(filter, making->place.v1_fds[i], err);
	if (failure.kind == ERR_NONE)
		error_set(&failure, ERR_UNSUPPORTED,
		          "linux.resources.devices: cannot be applied: this host has neither a "
		          "writable devices hierarchy nor cgroup v2");
	*err = failure;
	return -1;
}

/*
 * Who is not root in the initial user namespace can neither load a program nor make a device
 * node, so that the container has the devices that are mounted into it and no others.
 */
static int apply_devices(struct making *making, struct error *err)
{
	const struct oci_resources *resources = making->request->resources;
	auto_device_filter struct device_filter filter = {0};

	if (device_filter_build(resources ? resources->devices : NULL,
	                        resources ? resources->n_devices : 0, &filter, err) < 0)
		return -1;
	if (!making->request->is_real_root || device_filter_allows_all(&filter))
		return 0;
	return enforce_devices(making, &filter, err);
}

static int prepare(struct making *making, struct error *err)
{
	if (choose_path(making, &making->place.path, err) < 0)
		return -1;
	if (making->place.path && check_unused(making, err) < 0)
		return -1;
	if (making->place.path && making->request->on_path &&
	    making->request->on_path(making->request->data, making->place.path, err) < 0)
		return -1;
	if (making->place.path && make_directories(making, err) < 0)
		return -1;
	if (!making->place.path)
		return go_without(making, err);
	if (making->request->resources && apply_limits(making, err) < 0)
		return -1;
	return apply_devices(making, err);
}

int cgroup_place_prepare(const struct cgroup_place_request *request, struct cgroup_place *ret,
                         struct error *err)
{
	struct making making = {.request = request, .v2_root_fd = -1};
	int status;

	place_init(ret);
	place_init(&making.place);
	if (request->opts->cgroup_manager != RUNTIME_CGROUP_DISABLED &&
	    cgroup_layout_find(&making.layout, err) < 0)
		return -1;
	making.v2_root_fd = cgroup_tree_open_mount(&making.layout.v2);
	status = prepare(&making, err);
	if (status < 0) {
		unmake(&making);
		cgroup_place_close(&making.place);
	} else {
		*ret = making.place;
	}
	fd_close(&making.v2_root_fd);
	cgroup_layout_clear(&making.layout);
	return status;
}

int cgroup_place_open(const char *path, struct cgroup_place *ret, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};

	place_init(ret);
	if (!path)
		return 0;
	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	ret->path = mem_strdup(path);
	ret->v2_fd = cgroup_tree_open_in(&layout.v2, path);
	for (; ret->n_v1 < layout.n_v1; ret->n_v1++) {
		ret->v1_fds[ret->n_v1] = cgroup_tree_open_in(&layout.v1[ret->n_v1], path);
		ret->has_v1 |= ret->v1_fds[ret->n_v1] >= 0;
	}
	if (ret->v2_fd >= 0 || ret->has_v1)
		return 0;
	cgroup_place_close(ret);
	return error_set(err, ERR_NOT_FOUND, "cgroup %s is not there", path);
}

int cgroup_place_confine(const struct cgroup_place *place, struct error *err)
{
	return place->has_devices ? attach_device_program(&place->devices, place->v2_fd, err) : 0;
}

int cgroup_place_attach(const struct cgroup_place *place, pid_t pid, bool is_in_v2,
                        struct error *err)
{
	if (!is_in_v2 && place->v2_fd >= 0 && cgroup_tree_attach(place->v2_fd, pid) < 0)
		return error_errno(err, "move process %d into cgroup %s", pid, place->path);
	for (size_t i = 0; i < place->n_v1; i++)
		if (place->v1_fds[i] >= 0 && cgroup_tree_attach(place->v1_fds[i], pid) < 0)
			return error_errno(err, "move process %d into cgroup v1 %s", pid,
			                   place->path);
	return 0;
}

/* In a hierarchy where it could not be made, "not there" may show as "not writable". */
static int remove_in(const struct cgroup_hierarchy *hierarchy, const char *path, struct error *err)
{
	auto_fd int root_fd = cgroup_tree_open_mount(hierarchy);
	auto_fd int fd = -1;

	if (root_fd < 0 || cgroup_tree_remove(root_fd, path, err) == 0)
		return 0;
	fd = cgroup_tree_open(root_fd, path);
	return fd < 0 && errno == ENOENT ? 0 : -1;
}

int cgroup_place_remove(const char *path, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	int status;

	if (!path)
		return 0;
	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	status = remove_in(&layout.v2, path, err);
	for (size_t i = 0; i < layout.n_v1; i++) {
		struct error failure = {0};

		if (remove_in(&layout.v1[i], path, &failure) == 0)
			continue;
		if (status == 0)
			*err = failure;
		status = -1;
	}
	return status;
}

/* The directory in which all processes of the cgroup can be seen; -1 if it is gone. */
static int open_any(const char *path, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	int fd;

	if (!path) {
		error_set(err, ERR_UNSUPPORTED, "the container has no cgroup");
		return -1;
	}
	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	fd = cgroup_tree_open_in(&layout.v2, path);
	for (size_t i = 0; fd < 0 && i < layout.n_v1; i++)
		fd = cgroup_tree_open_in(&layout.v1[i], path);
	if (fd < 0)
		error_set(err, ERR_NOT_FOUND, "cgroup %s is not there", path);
	return fd;
}

/*
 * Without cgroup.kill a process can fork faster than it is found: all are frozen first, where v1
 * can do that, and die when they are thawed.
 */
static int kill_frozen(int dir_fd, int freezer_fd, int sig, struct error *err)
{
	bool was_frozen = cgroup_freeze_get(freezer_fd) == 1;
	struct error ignored;
	int status;

	if (!was_frozen)
		cgroup_freeze_set(freezer_fd, true, CGROUP_FREEZE_TIMEOUT_MS, &ignored);
	status = cgroup_tree_kill(dir_fd, sig, err);
	/* a paused container stays so, unless it is to die */
	if (!was_frozen || sig == SIGKILL)
		cgroup_freeze_set(freezer_fd, false, CGROUP_FREEZE_TIMEOUT_MS, &ignored);
	return status;
}

int cgroup_place_kill(const char *path, int sig, struct error *err)
{
	auto_fd int fd = open_any(path, err);
	auto_fd int freezer_fd = -1;

	if (fd < 0)
		return -1;
	/* v2 kills all at once, and needs no thawing */
	if (sig == SIGKILL && faccessat(fd, "cgroup.kill", F_OK, 0) == 0)
		return cgroup_tree_kill(fd, sig, err);
	freezer_fd = freezer_open_v1(path);
	return freezer_fd < 0 ? cgroup_tree_kill(fd, sig, err)
	                      : kill_frozen(fd, freezer_fd, sig, err);
}

int cgroup_place_pids(const char *path, pid_t **ret, size_t *ret_n, struct error *err)
{
	auto_fd int fd = open_any(path, err);

	return fd < 0 ? -1 : cgroup_tree_pids(fd, ret, ret_n, err);
}
