/* SPDX-License-Identifier: Apache-2.0 */
/* See checkpoint.h. Process: runtime parent. */
#include "runtime/checkpoint.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/cgroup.h"
#include "runtime/caller.h"
#include "runtime/criu.h"
#include "runtime/criu_streams.h"
#include "runtime/delete.h"
#include "runtime/freezer.h"
#include "runtime/state.h"

#define END_WAIT_MS 10000
#define LOG_FILE "dump.log"

/* A checkpoint in the making. */
struct checkpoint {
	const struct runtime_checkpoint_options *options;
	struct state state;
	struct oci_config *config;
	struct criu_setup setup;
	int status_fd; /* or -1 */
};

static void checkpoint_clear(struct checkpoint *checkpoint)
{
	criu_setup_clear(&checkpoint->setup);
	json_free(checkpoint->config);
	state_close(&checkpoint->state);
	cleanup_fd(&checkpoint->status_fd);
}

/* ADDRESS:PORT; an IPv6 address may stand in brackets. */
static int parse_page_server(struct checkpoint *checkpoint, struct error *err)
{
	const char *text = checkpoint->options->page_server;
	struct criu_rpc_options *options = &checkpoint->setup.options;
	const char *colon = text ? strrchr(text, ':') : NULL;
	uint64_t port;
	size_t n;

	if (!text)
		return 0;
	n = colon ? (size_t)(colon - text) : 0;
	if (!n || str_to_uint(colon + 1, UINT16_MAX, &port) < 0 || !port)
		return error_set(err, ERR_INVALID, "--page-server: expected ADDRESS:PORT, got %s",
		                 text);
	if (text[0] == '[' && text[n - 1] == ']' && n > 2)
		options->page_server_address =
			criu_setup_string(&checkpoint->setup, mem_strndup(text + 1, n - 2));
	else
		options->page_server_address =
			criu_setup_string(&checkpoint->setup, mem_strndup(text, n));
	options->page_server_port = (int32_t)port;
	return 0;
}

static int parse_status_fd(struct checkpoint *checkpoint, struct error *err)
{
	const char *text = checkpoint->options->status_fd;
	uint64_t fd;
	int flags;

	if (!text || strcmp(text, "-1") == 0)
		return 0;
	if (str_to_uint(text, INT32_MAX, &fd) < 0)
		return error_set(err, ERR_INVALID, "--status-fd: expected a descriptor, got %s",
		                 text);
	flags = fcntl((int)fd, F_GETFL);
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return error_set(err, ERR_INVALID,
		                 "--status-fd: descriptor %s is not open to write", text);
	checkpoint->status_fd = (int)fd;
	return 0;
}

/* A namespace that the container joined by path stays outside of the dump. */
static int add_external_ns(struct checkpoint *checkpoint, const struct oci_namespace *ns,
                           struct error *err)
{
	const char *key = criu_setup_ns_key(ns->type);
	const char *name = oci_namespace_type_names.names[ns->type];
	struct stat st;

	if (str_is_empty(ns->path) || !key)
		return 0;
	if (stat(ns->path, &st) < 0)
		return error_errno(err, "look at the %s namespace %s", name, ns->path);
	criu_setup_external(&checkpoint->setup,
	                    mem_printf("%s[%llu]:%s", strcmp(name, "network") == 0 ? "net" : name,
	                               (unsigned long long)st.st_ino, key));
	return 0;
}

/* The init's own directory in @hierarchy, if it can be frozen; caller frees. */
static char *freezer_path(const struct cgroup_hierarchy *hierarchy, const char *membership)
{
	static const char *const files[] = {"cgroup.freeze", "freezer.state"};
	auto_free char *path =
		hierarchy->mount_point ? cgroup_own_path(membership, hierarchy) : NULL;

	/* in the root it would freeze everything, criu too */
	if (!path || strcmp(path, "/") == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		auto_free char *file =
			mem_printf("%s%s/%s", hierarchy->mount_point, path, files[i]);

		if (access(file, F_OK) == 0)
			return mem_printf("%s%s", hierarchy->mount_point, path);
	}
	return NULL;
}

/*
 * criu stops all processes at once by the freezer, instead of one by one. It is to be the one by
 * which the container may be frozen already (freezer.c): v2 where there is one, else v1.
 */
static int find_cgroups(struct checkpoint *checkpoint, struct error *err)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	auto_free char *file = mem_printf("%d/cgroup", checkpoint->state.record->pid);
	auto_free char *membership = NULL;
	auto_free char *copy = NULL;
	char *path;

	if (file_read(caller_get()->proc_fd, file, 1 << 16, &membership, err) < 0)
		return -1;
	copy = mem_strdup(membership);
	if (!checkpoint->options->pre_dump)
		criu_setup_cgroup_mounts(&checkpoint->setup, checkpoint->config, copy, false);
	if (!checkpoint->state.record->cgroup_path)
		return 0;
	if (cgroup_layout_find(&layout, err) < 0)
		return -1;
	path = freezer_path(&layout.v2, membership);
	for (size_t i = 0; !path && i < layout.n_v1; i++) {
		if (cgroup_has_controller(layout.v1[i].controllers, "freezer"))
			path = freezer_path(&layout.v1[i], membership);
	}
	if (path)
		checkpoint->setup.options.freeze_cgroup =
			criu_setup_string(&checkpoint->setup, path);
	return 0;
}

static int fill_options(struct checkpoint *checkpoint, struct error *err)
{
	const struct runtime_checkpoint_options *options = checkpoint->options;
	struct criu_rpc_options *to = &checkpoint->setup.options;
	const struct oci_linux *conf = checkpoint->config->linux;

	to->pid = checkpoint->state.record->pid;
	to->root = checkpoint->state.record->rootfs;
	to->leave_running = options->leave_running;
	to->tcp_skip_in_flight = options->tcp_skip_in_flight;
	to->link_remap = options->link_remap;
	to->parent_img = options->parent_path;
	to->track_mem = options->parent_path || options->pre_dump;
	for (size_t i = 0; i < conf->n_namespaces; i++) {
		if (add_external_ns(checkpoint, &conf->namespaces[i], err) < 0)
			return -1;
	}
	if (parse_page_server(checkpoint, err) < 0 || parse_status_fd(checkpoint, err) < 0)
		return -1;
	return find_cgroups(checkpoint, err);
}

/* Only a dump says where things are: a pre-dump is memory. */
static int add_container(struct checkpoint *checkpoint, struct error *err)
{
	const struct state_record *record = checkpoint->state.record;
	auto_free char *root = mem_printf("%d/root", record->pid);
	auto_fd int root_fd = openat(caller_get()->proc_fd, root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (checkpoint->options->pre_dump)
		return 0;
	if (root_fd < 0)
		return error_errno(err, "open the root of process %d", record->pid);
	if (criu_setup_mounts(&checkpoint->setup, checkpoint->config, root_fd, record->bundle,
	                      false, err) < 0)
		return -1;
	return criu_streams_save(record, &checkpoint->setup, err);
}

static int notified(const struct criu_rpc_response *said, int fd, void *data, struct error *err)
{
	struct checkpoint *checkpoint = data;

	(void)fd;
	(void)err;
	if (strcmp(said->script, "status-ready") != 0 || checkpoint->status_fd < 0)
		return 0;
	if (file_write_all(checkpoint->status_fd, "", 1) < 0)
		log_warn("--status-fd: cannot be written");
	fd_close(&checkpoint->status_fd);
	return 0;
}

static int dump(struct checkpoint *checkpoint, struct error *err)
{
	const struct criu_start how = {.cgroup_fd = -1, .rootfs_fd = -1};
	enum criu_rpc_type type = checkpoint->options->pre_dump ? CRIU_RPC_PRE_DUMP : CRIU_RPC_DUMP;
	auto_criu struct criu criu = CRIU_NONE;
	auto_str struct str request = {0};
	struct criu_rpc_response said;

	criu_rpc_request(&request, type, &checkpoint->setup.options);
	if (criu_start(&how, &criu, err) < 0)
		return -1;
	if (criu_request(&criu, &request, notified, checkpoint, &said, err) < 0)
		return criu_setup_explain(&checkpoint->setup, err);
	return 0;
}

/* criu has killed it; whoever is its parent may still have to reap it. */
static int remove_container(struct checkpoint *checkpoint, struct error *err)
{
	struct pollfd fd = {.fd = checkpoint->state.pidfd, .events = POLLIN};

	if (checkpoint->state.status == STATE_PAUSED)
		freezer_thaw_killed(checkpoint->state.record->cgroup_path);
	if (fd.fd >= 0 && poll(&fd, 1, END_WAIT_MS) == 0)
		return error_set(err, ERR_STATE,
		                 "container %s did not end within %d s of its checkpoint",
		                 checkpoint->state.id, END_WAIT_MS / 1000);
	return delete_with_hooks(&checkpoint->state, err);
}

/*
 * containerd pauses what it wants to be dumped: criu works in a frozen cgroup, and leaves it
 * frozen. What was stopped by signals would be restored as stopped.
 */
static bool can_be_dumped(const struct state *state)
{
	return state->status == STATE_RUNNING ||
	       (state->status == STATE_PAUSED && !state->record->paused_by);
}

static int open_container(const struct runtime_options *opts, const char *id,
                          struct checkpoint *checkpoint, struct error *err)
{
	auto_free char *text = NULL;
	ssize_t n;

	if (!caller_get()->is_real_root)
		return error_set(err, ERR_DENIED,
		                 "cannot checkpoint container %s: criu needs real root", id);
	if (state_open_locked(opts, id, &checkpoint->state, err) < 0)
		return -1;
	if (!can_be_dumped(&checkpoint->state))
		return error_set(err, ERR_STATE,
		                 "cannot checkpoint container %s: it is %s%s, not running", id,
		                 state_status_name(checkpoint->state.status),
		                 checkpoint->state.status == STATE_PAUSED ? " by signals" : "");
	n = file_read(checkpoint->state.dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text,
	              err);
	if (n >= 0)
		checkpoint->config = oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, err);
	if (checkpoint->config && !checkpoint->config->linux)
		checkpoint->config->linux =
			json_alloc(checkpoint->config, sizeof(struct oci_linux));
	return checkpoint->config ? 0 : -1;
}

int runtime_checkpoint(const struct runtime_options *opts, const char *id,
                       const struct runtime_checkpoint_options *options, struct error *err)
{
	auto_call(checkpoint_clear) struct checkpoint checkpoint = {
		.options = options,
		.state = STATE_NONE,
		.setup = CRIU_SETUP_NONE,
		.status_fd = -1,
	};
	bool needs_mem_track = options->pre_dump || options->parent_path;

	if (open_container(opts, id, &checkpoint, err) < 0)
		return -1;
	if (criu_check(err) < 0 ||
	    criu_check_features(needs_mem_track, options->criu.lazy_pages, err) < 0 ||
	    criu_setup_begin(&checkpoint.setup, &options->criu, checkpoint.config, LOG_FILE, true,
	                     err) < 0 ||
	    fill_options(&checkpoint, err) < 0 || add_container(&checkpoint, err) < 0 ||
	    dump(&checkpoint, err) < 0)
		return error_wrap(err, "checkpoint container %s", id);
	if (options->leave_running || options->pre_dump)
		return 0;
	return remove_container(&checkpoint, err);
}
