/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See exec.h. Process: runtime parent.
 *
 * What is read by the PID of the init is read after its pidfd was compared with the
 * state, and the comparison is made again afterwards: it was the container's.
 */
#include "runtime/exec.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "kernel/idmap.h"
#include "kernel/ns.h"
#include "kernel/resctrl.h"
#include "runtime/caller.h"
#include "runtime/cgroup_place.h"
#include "runtime/config_check.h"
#include "runtime/console.h"
#include "runtime/exec_cgroup.h"
#include "runtime/exec_process.h"
#include "runtime/exec_user.h"
#include "runtime/intel_rdt.h"
#include "runtime/launch.h"
#include "runtime/pid_file.h"
#include "runtime/pidfd_socket.h"
#include "runtime/process_plan.h"
#include "runtime/seccomp_listener.h"
#include "runtime/self_exe.h"
#include "runtime/state.h"
#include "runtime/supervise.h"

#define MAX_KINDS 16

/* A process on its way into a container. */
struct entry {
	const struct runtime_options *opts;
	struct state state;
	struct oci_config *config;
	struct oci_process *document; /* of --process */
	struct init_ctx ctx;
	struct init_join joins[MAX_KINDS];
	struct process_plan plan;
	struct cgroup_place place;
	struct launch launch;
	int console_fd;
	int pidfd_fd; /* of --pidfd-socket */
	int root_fd;  /* the container's root directory, where that is needed; else -1 */
};

#define ENTRY_NONE                                                                                 \
	{                                                                                          \
		.state = STATE_NONE, .place = {.v2_fd = -1}, .ctx = INIT_CTX_NONE,                 \
		.launch = LAUNCH_NONE, .console_fd = -1, .pidfd_fd = -1, .root_fd = -1,            \
	}

static void entry_clear(struct entry *entry)
{
	launch_clear(&entry->launch);
	cgroup_place_close(&entry->place);
	process_plan_clear(&entry->plan);
	json_free(entry->document);
	json_free(entry->config);
	state_close(&entry->state);
	fd_close(&entry->console_fd);
	fd_close(&entry->pidfd_fd);
	fd_close(&entry->root_fd);
}

#define auto_entry auto_call(entry_clear)

static int read_config(struct entry *entry, struct error *err)
{
	auto_free char *text = NULL;
	ssize_t n =
		file_read(entry->state.dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text, err);

	if (n < 0)
		return -1;
	entry->config = oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, err);
	if (!entry->config)
		return -1;
	if (!entry->config->linux)
		entry->config->linux = json_alloc(entry->config, sizeof(struct oci_linux));
	return 0;
}

/* New for the container, so that it cannot be ours. */
static bool is_of_its_own(const struct oci_linux *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_namespaces; i++) {
		const struct oci_namespace *ns = &conf->namespaces[i];

		if (strcmp(oci_namespace_type_names.names[ns->type], name) == 0)
			return str_is_empty(ns->path);
	}
	return false;
}

/* All namespaces of the init that are not ours as well. */
static int find_namespaces(struct entry *entry, struct error *err)
{
	const struct state_record *record = entry->state.record;
	struct init_ctx *ctx = &entry->ctx;

	for (size_t i = 0; i < ns_n_kinds; i++) {
		const struct ns_kind *kind = &ns_kinds[i];
		int is_shared = is_of_its_own(entry->config->linux, kind->name)
		                        ? 0
		                        : ns_is_shared(caller_get()->proc_fd, record->pid, kind);

		if (is_shared < 0)
			return error_errno(err, "look at the %s namespace of the container",
			                   kind->name);
		if (is_shared)
			continue;
		ctx->has_user_ns |= kind->flag == CLONE_NEWUSER;
		ctx->has_mount_ns |= kind->flag == CLONE_NEWNS;
		entry->joins[ctx->n_joins++] = (struct init_join){-1, kind->flag, kind->name};
	}
	ctx->joins = entry->joins;
	ctx->container = (struct init_container){
		.pidfd = entry->state.pidfd,
		.pid = record->pid,
		.start_time = record->start_time,
	};
	return 0;
}

static int read_user_ns(struct entry *entry, struct error *err)
{
	auto_idmap struct idmap_pair maps = {0};
	auto_free char *setgroups = NULL;
	struct error no_file;
	char path[32];

	if (!entry->ctx.has_user_ns)
		return self_exe_protect(false, NULL, err);
	if (idmap_read(caller_get()->proc_fd, entry->state.record->pid, &maps, err) < 0)
		return -1;
	if (self_exe_protect(true, &maps, err) < 0)
		return -1;
	entry->ctx.root_uid = idmap_root(&maps.uid);
	entry->ctx.root_gid = idmap_root(&maps.gid);
	snprintf(path, sizeof(path), "%d/setgroups", entry->state.record->pid);
	entry->ctx.denies_setgroups =
		file_read(caller_get()->proc_fd, path, 64, &setgroups, &no_file) > 0 &&
		strncmp(setgroups, "deny", 4) == 0;
	return 0;
}

static int open_root(struct entry *entry, struct error *err)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/root", entry->state.record->pid);
	entry->root_fd = openat(caller_get()->proc_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return entry->root_fd < 0 ? error_errno(err, "open the root of the container") : 0;
}

static int find_container(struct entry *entry, const struct runtime_exec_options *exec,
                          struct error *err)
{
	const struct state_record *record = entry->state.record;
	uint64_t start_time;

	if (find_namespaces(entry, err) < 0 || read_user_ns(entry, err) < 0)
		return -1;
	/* The root of a mount namespace comes with it; without one, the init is in a chroot. */
	if (!entry->ctx.has_mount_ns && entry->root_fd < 0 && open_root(entry, err) < 0)
		return -1;
	entry->ctx.exec_root_fd = entry->ctx.has_mount_ns ? -1 : entry->root_fd;
	if (process_start_time(caller_get()->proc_fd, record->pid, &start_time) < 0 ||
	    start_time != record->start_time)
		return error_set(err, ERR_STATE, "container not running");
	entry->ctx.is_in_user_ns = entry->ctx.has_user_ns || caller_get()->is_in_user_ns;
	return exec_cgroup_open(record, exec->cgroups, exec->n_cgroups, &entry->place, err);
}

static int connect_sockets(struct entry *entry, const struct runtime_exec_options *exec,
                           struct error *err)
{
	if (exec->console_socket &&
	    (entry->console_fd = console_connect(exec->console_socket, err)) < 0)
		return -1;
	if (!exec->pidfd_socket)
		return 0;
	entry->pidfd_fd = pidfd_socket_connect("--pidfd-socket", exec->pidfd_socket, err);
	return entry->pidfd_fd < 0 ? -1 : 0;
}

static int plan(struct entry *entry, const struct runtime_exec_options *exec, struct error *err)
{
	struct init_ctx *ctx = &entry->ctx;
	const struct oci_process *process;

	if (read_config(entry, err) < 0)
		return -1;
	if (exec->user && exec_user_needs_root(exec->user) && open_root(entry, err) < 0)
		return -1;
	process = exec_process_make(entry->config, entry->root_fd, exec, &entry->document, err);
	if (!process || config_check_process(process, err) < 0)
		return -1;
	if (console_check(process->terminal, exec->console_socket, exec->is_detached, err) < 0)
		return -1;
	ctx->config = entry->config;
	ctx->process = process;
	ctx->id = entry->state.id;
	ctx->proc_fd = caller_get()->proc_fd;
	ctx->preserve_fds = exec->preserve_fds;
	ctx->is_exec = true;
	ctx->no_new_keyring = entry->state.record->no_new_keyring;
	if (find_container(entry, exec, err) < 0 || connect_sockets(entry, exec, err) < 0)
		return -1;
	return process_plan_make(ctx, entry->config->linux->seccomp, entry->opts, &entry->plan,
	                         err);
}

static int send_listener(struct launch *launch, int fd, void *data, struct error *err)
{
	const struct entry *entry = data;
	const struct seccomp_listener_owner owner = {
		.config = entry->config,
		.record = entry->state.record,
		.status = OCI_STATUS_RUNNING,
		.container_pid = entry->state.record->pid,
		.pid = launch->pid,
	};

	return seccomp_listener_send(entry->plan.listener_path, &owner, fd, err);
}

/* Not a child of the init, it does not inherit where that one belongs. */
static int place_process(struct launch *launch, void *data, struct error *err)
{
	const struct entry *entry = data;
	auto_fd int root_fd = resctrl_open(err);

	return root_fd < 0 ? error_wrap(err, "linux.intelRdt")
	                   : intel_rdt_add(root_fd, entry->state.record, launch->pid, err);
}

static int run_process(struct entry *entry, const struct runtime_exec_options *exec,
                       struct error *err)
{
	struct launch *launch = &entry->launch;

	launch->ctx = &entry->ctx;
	launch->place = &entry->place;
	launch->is_exec = true;
	launch->may_be_frozen = entry->state.status == STATE_PAUSED;
	launch->on_listener = send_listener;
	launch->on_placed = entry->state.record->rdt_group ? place_process : NULL;
	launch->data = entry;
	if (launch_begin(launch, err) < 0)
		return -1;
	if (launch_wait_ready(launch, err) == 0 &&
	    console_hand_over(entry->console_fd, launch->master_fd, err) == 0 &&
	    pidfd_socket_send(entry->pidfd_fd, PIDFD_SOCKET_EXEC, launch->pidfd, err) == 0 &&
	    pid_file_write(exec->pid_file, launch->pid, err) == 0 &&
	    launch_start(launch, err) == 0 && launch_wait_exec(launch, err) == 0)
		return 0;
	launch_abort(launch);
	return -1;
}

static int exec_in(struct entry *entry, const struct runtime_exec_options *exec, int signal_fd,
                   int *ret_status, struct error *err)
{
	struct launch *launch = &entry->launch;
	int status;

	if (plan(entry, exec, err) < 0 || run_process(entry, exec, err) < 0)
		return -1;
	*ret_status = 0;
	if (exec->is_detached)
		return 0;
	status = supervise(signal_fd, launch->pid, launch->pidfd,
	                   entry->console_fd >= 0 ? -1 : launch->master_fd, NULL, err);
	*ret_status = status;
	return status < 0 ? -1 : 0;
}

static int check_status(const struct state *state, const struct runtime_exec_options *exec,
                        struct error *err)
{
	switch (state->status) {
	case STATE_CREATED:
	case STATE_RUNNING:
		return 0;
	case STATE_PAUSED:
		if (exec->ignores_paused)
			return 0;
		return error_set(err, ERR_STATE,
		                 "exec in container %s: it is paused (--ignore-paused enters it "
		                 "all the same)",
		                 state->id);
	default:
		return error_set(err, ERR_STATE, "exec in container %s: container not running",
		                 state->id);
	}
}

int runtime_exec(const struct runtime_options *opts, const char *id,
                 const struct runtime_exec_options *exec, int *ret_status, struct error *err)
{
	auto_entry struct entry entry = ENTRY_NONE;
	auto_fd int signal_fd = -1;

	entry.opts = opts;
	if (self_exe_protect_early(err) < 0)
		return -1;
	signal_fd = supervise_block_signals(err);
	if (signal_fd < 0 || state_open(opts, id, &entry.state, err) < 0)
		return -1;
	if (check_status(&entry.state, exec, err) < 0)
		return -1;
	if (exec_in(&entry, exec, signal_fd, ret_status, err) < 0)
		return error_wrap(err, "exec in container %s", id);
	return 0;
}
