/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs create and run. Process: runtime parent.
 *
 * Order, so that a kill at any instant leaves nothing that `delete --force` does not
 * remove: the state directory (locked), the record with the cgroup's path, the cgroup,
 * the init, the configuration, the record with its PID, and only then STEP_START. An init whose
 * parent goes before that ends by itself.
 */
#include "runtime/create.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "kernel/resctrl.h"
#include "runtime/activation.h"
#include "runtime/annotations.h"
#include "runtime/bundle.h"
#include "runtime/caller.h"
#include "runtime/cgroup_delegate.h"
#include "runtime/cgroup_place.h"
#include "runtime/config_check.h"
#include "runtime/console.h"
#include "runtime/container_plan.h"
#include "runtime/criu_streams.h"
#include "runtime/delete.h"
#include "runtime/hooks.h"
#include "runtime/init/hook_list.h"
#include "runtime/intel_rdt.h"
#include "runtime/launch.h"
#include "runtime/net_devices.h"
#include "runtime/notify.h"
#include "runtime/oom.h"
#include "runtime/pid_file.h"
#include "runtime/pidfd_socket.h"
#include "runtime/seccomp_listener.h"
#include "runtime/self_exe.h"
#include "runtime/state.h"
#include "runtime/supervise.h"
#include "runtime/user_ns.h"

/* A container in the making. */
struct creation {
	const struct runtime_options *opts;
	const struct runtime_create_options *create;
	bool waits_for_start; /* create, as against run */
	struct bundle bundle;
	struct container_plan plan;
	struct state state;
	struct state_record *record;
	struct cgroup_place place;
	struct launch launch;
	struct net_devices devices;
	struct intel_rdt rdt;
	int rdt_fd; /* root of resctrl, or -1 */
	struct notify notify;
	bool has_notify_dir; /* is to have one */
	unsigned n_listen;   /* sockets of LISTEN_FDS */
	int console_fd;
	int pidfd_fd;    /* of --pidfd-socket */
	int receiver_fd; /* of the annotation that asks for the same */
	bool has_run_hooks;
};

#define CREATION_NONE                                                                              \
	{                                                                                          \
		.bundle = {.rootfs_fd = -1}, .state = STATE_NONE, .plan = {.ctx = INIT_CTX_NONE},  \
		.place = {.v2_fd = -1}, .launch = LAUNCH_NONE, .devices = {.ns_fd = -1},           \
		.rdt_fd = -1, .notify = NOTIFY_NONE, .console_fd = -1, .pidfd_fd = -1,             \
		.receiver_fd = -1,                                                                 \
	}

static void creation_clear(struct creation *creation)
{
	launch_clear(&creation->launch);
	net_devices_clear(&creation->devices);
	intel_rdt_clear(&creation->rdt);
	fd_close(&creation->rdt_fd);
	notify_close(&creation->notify);
	cgroup_place_close(&creation->place);
	json_free(creation->record);
	state_close(&creation->state);
	fd_close(&creation->plan.ctx.start_fd);
	fd_close(&creation->plan.ctx.result_fd);
	fd_close(&creation->plan.ctx.hook_state_fd);
	fd_close(&creation->plan.ctx.hook_output_fds[0]);
	fd_close(&creation->plan.ctx.hook_output_fds[1]);
	container_plan_clear(&creation->plan);
	bundle_close(&creation->bundle);
	fd_close(&creation->console_fd);
	fd_close(&creation->pidfd_fd);
	fd_close(&creation->receiver_fd);
}

#define auto_creation auto_call(creation_clear)

/* Leave nothing of a container that did not come to be; the first error is the one to tell. */
static int creation_undo(struct creation *creation)
{
	struct error ignored;

	net_devices_return(&creation->devices);
	launch_abort(&creation->launch);
	if (creation->record && cgroup_place_remove(creation->record->cgroup_path, &ignored) < 0)
		log_warn("%s", ignored.msg);
	if (creation->record && creation->record->rdt_group &&
	    intel_rdt_remove(creation->rdt_fd, creation->record, &ignored) < 0)
		log_warn("%s", ignored.msg);
	if (creation->has_run_hooks || (creation->record && creation->record->is_set_up))
		hooks_run_poststop(creation->bundle.config->hooks, creation->record);
	if (state_remove(&creation->state, &ignored) < 0)
		log_warn("%s", ignored.msg);
	return -1;
}

static int make_record(struct creation *creation, struct error *err)
{
	const struct bundle *bundle = &creation->bundle;
	struct state_record *record = json_new(&state_record_type);

	creation->record = record;
	record->oci_version = bundle->config->oci_version;
	record->id = creation->state.id;
	record->bundle = bundle->path;
	record->rootfs = bundle->rootfs;
	record->created = json_strdup(record, clock_now().s);
	record->uid = geteuid();
	record->no_new_keyring = creation->create->no_new_keyring;
	record->annotations = bundle->config->annotations;
	if (!bundle->config->process->terminal)
		criu_streams_record(record);
	return state_boot_id(record, err);
}

static int save_config(const struct creation *creation, struct error *err)
{
	return file_replace(creation->state.dir_fd, STATE_CONFIG_FILE, creation->bundle.text,
	                    creation->bundle.text_len, 0600, err);
}

/* The path is recorded before there is anything at it. */
static int record_cgroup(void *data, const char *path, struct error *err)
{
	struct creation *creation = data;

	creation->record->cgroup_path = json_strdup(creation->record, path);
	return state_save(&creation->state, creation->record, err);
}

static int make_cgroup(struct creation *creation, struct error *err)
{
	const struct cgroup_place_request request = {
		.id = creation->state.id,
		.cgroups_path = creation->bundle.config->linux->cgroups_path,
		.resources = creation->bundle.config->linux->resources,
		.opts = creation->opts,
		.is_real_root = caller_get()->is_real_root,
		.on_path = record_cgroup,
		.data = creation,
	};

	if (cgroup_place_prepare(&request, &creation->place, err) < 0)
		return -1;
	/* An ordinary user's may have turned out not to be possible. */
	creation->record->cgroup_path = json_strdup(creation->record, creation->place.path);
	return 0;
}

static int plan_rdt(struct creation *creation, const char *id, struct error *err)
{
	const struct oci_intel_rdt *conf = creation->bundle.config->linux->intel_rdt;

	if (!conf)
		return 0;
	if (intel_rdt_plan(conf, id, &creation->rdt, err) < 0)
		return -1;
	creation->rdt_fd = resctrl_open(err);
	return creation->rdt_fd < 0 ? error_wrap(err, "linux.intelRdt") : 0;
}

static int make_rdt(struct creation *creation, struct error *err)
{
	const struct oci_intel_rdt *conf = creation->bundle.config->linux->intel_rdt;
	struct state_record *record = creation->record;
	bool is_new;

	if (!conf)
		return 0;
	intel_rdt_record(&creation->rdt, creation->rdt_fd, record);
	if (state_save(&creation->state, record, err) < 0 ||
	    intel_rdt_make(conf, &creation->rdt, creation->rdt_fd, &is_new, err) < 0)
		return -1;
	return intel_rdt_configure(conf, &creation->rdt, creation->rdt_fd, is_new, err);
}

/* What rtl's own environment asks for. */
static int plan_environment(struct creation *creation, const char *id, struct error *err)
{
	struct oci_config *config = creation->bundle.config;
	int n_listen = activation_take(config, &creation->plan.ctx, err);
	int has_notify = n_listen < 0 ? -1 : notify_plan(config, creation->opts, id, err);

	if (has_notify < 0)
		return -1;
	creation->has_notify_dir = has_notify;
	creation->n_listen = (unsigned)n_listen;
	return 0;
}

/* A run listens from now on, a create leaves that to the start. */
static int make_notify(struct creation *creation, struct error *err)
{
	if (!creation->has_notify_dir)
		return 0;
	if (notify_make_dir(creation->state.dir_fd, err) < 0)
		return -1;
	if (creation->waits_for_start)
		return 0;
	return notify_listen(creation->state.dir_fd, &creation->notify, err);
}

/* Opened for both ways: neither end of a FIFO then waits for the other, nor sees an end. */
static int make_fifo(const struct creation *creation, const char *name, int *ret, struct error *err)
{
	if (mkfifoat(creation->state.dir_fd, name, 0600) < 0)
		return error_errno(err, "create FIFO %s", name);
	*ret = openat(creation->state.dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return *ret < 0 ? error_errno(err, "open FIFO %s", name) : 0;
}

static int make_fifos(struct creation *creation, struct error *err)
{
	struct init_ctx *ctx = &creation->plan.ctx;

	if (!creation->waits_for_start)
		return 0;
	if (make_fifo(creation, STATE_START_FIFO, &ctx->start_fd, err) < 0)
		return -1;
	return make_fifo(creation, STATE_RESULT_FIFO, &ctx->result_fd, err);
}

/* prestart, which the spec keeps for old configs, then createRuntime. */
static int run_parent_hooks(struct launch *launch, void *data, struct error *err)
{
	struct creation *creation = data;
	const struct oci_hooks *hooks = creation->bundle.config->hooks;
	int fd = creation->plan.ctx.hook_state_fd;
	const int *outputs = creation->plan.ctx.hook_output_fds;

	creation->has_run_hooks = true;
	if (hooks_state_write(fd, creation->record, STATE_CREATING, launch->pid, err) < 0 ||
	    hook_list_run_to("prestart", hooks->prestart, hooks->n_prestart, fd, outputs, err) < 0)
		return -1;
	return hook_list_run_to("createRuntime", hooks->create_runtime, hooks->n_create_runtime, fd,
	                        outputs, err);
}

static int send_listener(struct launch *launch, int fd, void *data, struct error *err)
{
	const struct creation *creation = data;
	const struct seccomp_listener_owner owner = {
		.config = creation->bundle.config,
		.record = creation->record,
		.status = OCI_STATUS_CREATING,
		.container_pid = launch->pid,
		.pid = launch->pid,
	};

	return seccomp_listener_send(creation->plan.process.listener_path, &owner, fd, err);
}

static int plan_hooks(struct creation *creation, struct error *err)
{
	const struct oci_hooks *hooks = creation->bundle.config->hooks;
	struct init_ctx *ctx = &creation->plan.ctx;

	if (!hooks)
		return 0;
	ctx->has_parent_hooks =
		hooks->n_prestart || hooks->n_create_runtime || hooks->n_create_container;
	ctx->hook_state_fd = hooks_state_open(hooks, err);
	if (ctx->hook_state_fd < 0)
		return -1;
	return hooks_output_open(&creation->bundle.config->annotations, ctx->hook_output_fds, err);
}

/* What has to be so before the init goes on. */
static int place_init(struct launch *launch, void *data, struct error *err)
{
	struct creation *creation = data;
	const struct oci_linux *conf = creation->bundle.config->linux;

	if (user_ns_is_described(conf) && user_ns_check_joined(conf, launch->pid, err) < 0)
		return -1;
	if (creation->rdt_fd >= 0 &&
	    intel_rdt_add(creation->rdt_fd, creation->record, launch->pid, err) < 0)
		return -1;
	return !creation->devices.n
	               ? 0
	               : net_devices_enter(&creation->devices, launch->ctx, launch->pid, err);
}

static int begin(struct creation *creation, struct error *err)
{
	struct init_ctx *ctx = &creation->plan.ctx;
	struct launch *launch = &creation->launch;

	ctx->preserve_fds = creation->n_listen + creation->create->preserve_fds;
	ctx->no_new_keyring = creation->create->no_new_keyring;
	ctx->no_pivot = creation->create->no_pivot;
	launch->ctx = ctx;
	launch->maps = creation->plan.has_new_user_ns ? &creation->plan.maps : NULL;
	launch->place = &creation->place;
	launch->rootfs_fd = ctx->is_mount_ns_joined ? -1 : creation->bundle.rootfs_fd;
	launch->lock_fd = creation->state.dir_fd;
	if (creation->devices.n || creation->rdt_fd >= 0 ||
	    user_ns_is_described(creation->bundle.config->linux))
		launch->on_placed = place_init;
	launch->on_hooks = run_parent_hooks;
	launch->on_listener = send_listener;
	launch->data = creation;
	return launch_begin(launch, err);
}

/* The cgroup namespace of the init is rooted above: the container sees the limits it is below. */
static int delegate_cgroup(struct creation *creation, struct error *err)
{
	const char *name = annotations_find(creation->bundle.config, ANNOTATION_DELEGATE_CGROUP);
	const struct cgroup_delegate_request request = {
		.place = &creation->place,
		.name = name,
		.maps = creation->launch.maps,
		.pid = creation->launch.pid,
	};

	if (!name)
		return 0;
	if (!creation->plan.ctx.is_cgroup_v2)
		return error_set(err, ERR_UNSUPPORTED,
		                 "annotations.%s: needs a host with cgroup v2 alone",
		                 ANNOTATION_DELEGATE_CGROUP);
	return cgroup_delegate(&request, err) < 0
	               ? error_wrap(err, "annotations.%s", ANNOTATION_DELEGATE_CGROUP)
	               : 0;
}

/* The init waits: hand out the terminal, write down who it is. */
static int record_init(struct creation *creation, struct error *err)
{
	struct launch *launch = &creation->launch;
	struct state_record *record = creation->record;

	if (console_hand_over(creation->console_fd, launch->master_fd, err) < 0 ||
	    delegate_cgroup(creation, err) < 0)
		return -1;
	record->is_set_up = true;
	if (state_identify(record, launch->pid, launch->pidfd, err) < 0 ||
	    state_save(&creation->state, record, err) < 0 ||
	    hooks_state_write(creation->plan.ctx.hook_state_fd, record, STATE_CREATED, launch->pid,
	                      err) < 0)
		return -1;
	if (pidfd_socket_send(creation->pidfd_fd, PIDFD_SOCKET_INIT, launch->pidfd, err) < 0 ||
	    pidfd_socket_send(creation->receiver_fd, creation->state.id, launch->pidfd, err) < 0)
		return -1;
	return pid_file_write(creation->create->pid_file, launch->pid, err);
}

/* The second line is done while the init mounts: it runs nothing of the container's before. */
static int make_container(struct creation *creation, struct error *err)
{
	if (make_record(creation, err) < 0 || make_cgroup(creation, err) < 0 ||
	    make_rdt(creation, err) < 0 || make_notify(creation, err) < 0 ||
	    make_fifos(creation, err) < 0 || plan_hooks(creation, err) < 0 ||
	    begin(creation, err) < 0)
		return -1;
	if (save_config(creation, err) < 0 || cgroup_place_confine(&creation->place, err) < 0)
		return -1;
	if (launch_wait_ready(&creation->launch, err) < 0)
		return -1;
	return record_init(creation, err);
}

static int connect_sockets(struct creation *creation, struct error *err)
{
	const struct runtime_create_options *create = creation->create;
	const char *receiver = annotations_find(creation->bundle.config, ANNOTATION_PIDFD_RECEIVER);

	if (create->console_socket &&
	    (creation->console_fd = console_connect(create->console_socket, err)) < 0)
		return -1;
	if (create->pidfd_socket && (creation->pidfd_fd = pidfd_socket_connect(
					     "--pidfd-socket", create->pidfd_socket, err)) < 0)
		return -1;
	if (receiver && (creation->receiver_fd = pidfd_socket_connect(
				 "annotations." ANNOTATION_PIDFD_RECEIVER, receiver, err)) < 0)
		return -1;
	return 0;
}

/* Read and check everything before the ID is taken. */
static int prepare(struct creation *creation, const char *id, bool is_detached, struct error *err)
{
	const struct runtime_create_options *create = creation->create;

	if (bundle_open(create, &creation->bundle, err) < 0)
		return -1;
	if (config_check(creation->bundle.config, err) < 0 ||
	    annotations_check(creation->bundle.config, err) < 0)
		return error_wrap(err, "config.json");
	if (console_check(creation->bundle.config->process->terminal, create->console_socket,
	                  is_detached, err) < 0)
		return -1;
	if (plan_environment(creation, id, err) < 0)
		return -1;
	if (plan_rdt(creation, id, err) < 0 ||
	    net_devices_make(creation->bundle.config->linux, &creation->devices, err) < 0)
		return error_wrap(err, "config.json");
	if (container_plan_make(creation->opts, id, &creation->bundle, &creation->plan, err) < 0)
		return error_wrap(err, "create container %s", id);
	return connect_sockets(creation, err);
}

/* The init could say nothing of it. */
static void explain_memory(const struct creation *creation, struct error *err)
{
	const struct oci_resources *resources = creation->bundle.config->linux->resources;
	const struct oci_memory *memory = resources ? resources->memory : NULL;

	if (!creation->record || !oom_has_killed(creation->record->cgroup_path))
		return;
	if (memory && memory->has_limit)
		error_append(err, ": out of memory: linux.resources.memory.limit %lld is too small",
		             (long long)memory->limit);
	else
		error_append(err, ": out of memory: the limit of its cgroup is too small");
}

/* Up to a waiting init that the state knows. */
static int create_container(struct creation *creation, const char *id, bool is_detached,
                            struct error *err)
{
	if (prepare(creation, id, is_detached, err) < 0 ||
	    state_create(creation->opts, id, &creation->state, err) < 0)
		return -1;
	if (make_container(creation, err) < 0) {
		explain_memory(creation, err);
		error_wrap(err, "create container %s", id);
		return creation_undo(creation);
	}
	return 0;
}

int runtime_create(const struct runtime_options *opts, const char *id,
                   const struct runtime_create_options *create, struct error *err)
{
	auto_creation struct creation creation = CREATION_NONE;
	auto_fd int signal_fd = -1;

	if (self_exe_protect_early(err) < 0)
		return -1;
	signal_fd = supervise_block_signals(err);
	if (signal_fd < 0)
		return -1;
	creation.opts = opts;
	creation.create = create;
	creation.waits_for_start = true;
	if (create_container(&creation, id, true, err) < 0)
		return -1;
	if (launch_start(&creation.launch, err) == 0)
		return 0;
	return creation_undo(&creation);
}

static int start_container(struct creation *creation, struct error *err)
{
	struct launch *launch = &creation->launch;

	if (launch_start(launch, err) < 0 || launch_wait_exec(launch, err) < 0)
		return error_wrap(err, "start container %s", creation->state.id);
	/* Its end is to be the end of its network namespace. */
	fd_close(&creation->devices.ns_fd);
	return hooks_run_poststart(creation->bundle.config->hooks, creation->record, launch->pid,
	                           err);
}

/* The end of a foreground run; somebody else may have deleted the container meanwhile. */
static int finish(struct creation *creation, struct error *err)
{
	if (creation->create->is_kept)
		return 0;
	if (state_lock(&creation->state, err) < 0)
		return err->kind == ERR_NOT_FOUND ? 0 : -1;
	return delete_stopped(&creation->state, creation->record, creation->bundle.config->hooks,
	                      err);
}

static int print_id(const char *id, struct error *err)
{
	auto_free char *line = mem_printf("%s\n", id);

	if (file_write_all(STDOUT_FILENO, line, strlen(line)) < 0)
		return error_errno(err, "write the ID to standard output");
	return 0;
}

int runtime_run(const struct runtime_options *opts, const char *id,
                const struct runtime_create_options *create, int *ret_status, struct error *err)
{
	auto_creation struct creation creation = CREATION_NONE;
	auto_fd int signal_fd = -1;
	struct launch *launch = &creation.launch;
	struct supervise_source source = {
		.on_readable = notify_forward,
		.data = &creation.notify,
	};
	int status;

	if (self_exe_protect_early(err) < 0)
		return -1;
	signal_fd = supervise_block_signals(err);
	if (signal_fd < 0)
		return -1;
	creation.opts = opts;
	creation.create = create;
	if (create_container(&creation, id, create->is_detached, err) < 0)
		return -1;
	if (create->prints_id && print_id(id, err) < 0)
		return creation_undo(&creation);
	if (start_container(&creation, err) < 0)
		return creation_undo(&creation);
	state_unlock(&creation.state);
	*ret_status = 0;
	if (create->is_detached) {
		creation.notify.main_pid = launch->pid;
		notify_wait(&creation.notify, signal_fd, launch->pid, launch->pidfd);
		return 0;
	}
	source.fd = creation.notify.fd;
	status = supervise(signal_fd, launch->pid, launch->pidfd,
	                   creation.console_fd >= 0 ? -1 : launch->master_fd, &source, err);
	if (status < 0)
		return creation_undo(&creation);
	*ret_status = status;
	return finish(&creation, err);
}
