/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See restore.h. Process: runtime parent; criu is its child, and makes the container's
 * init its own sibling, so that the init is the parent's child as after a run.
 *
 * The order is create's: the state directory (locked), the record with the cgroup's
 * path, the cgroup, criu inside of it, and the record with the PID before criu lets the
 * processes go.
 */
#include "runtime/restore.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/process.h"
#include "common/str.h"
#include "runtime/bundle.h"
#include "runtime/caller.h"
#include "runtime/cgroup_place.h"
#include "runtime/config_check.h"
#include "runtime/console.h"
#include "runtime/criu.h"
#include "runtime/criu_streams.h"
#include "runtime/delete.h"
#include "runtime/hooks.h"
#include "runtime/init/hook_list.h"
#include "runtime/pid_file.h"
#include "runtime/state.h"
#include "runtime/state_dir.h"
#include "runtime/supervise.h"

#define LOG_FILE "restore.log"
#define MAX_NAMESPACES 8

/* A restoration under way. */
struct restoration {
	const struct runtime_options *opts;
	const struct runtime_restore_options *options;
	struct bundle bundle;
	struct state state;
	struct state_record *record;
	struct cgroup_place place;
	struct criu_setup setup;
	struct criu_streams streams;
	struct criu criu;
	struct criu_rpc_fd inherit[CRIU_STREAMS_N + 2];
	size_t n_inherit;
	int fds[CRIU_STREAMS_N + 2]; /* in the order of their numbers in criu */
	size_t n_fds;
	struct criu_rpc_pair join_ns[MAX_NAMESPACES];
	struct criu_rpc_pair cgroup_roots[CGROUP_PLACE_MAX_V1 + 1];
	pid_t pid; /* of the init; 0 until criu has said it */
	int pidfd;
	int console_fd;
	int master_fd;
	bool has_run_hooks;
};

static void restoration_clear(struct restoration *restoration)
{
	criu_end(&restoration->criu);
	criu_setup_clear(&restoration->setup);
	cleanup_free(&restoration->streams.text);
	for (size_t i = 0; i < restoration->n_fds; i++)
		cleanup_fd(&restoration->fds[i]);
	cgroup_place_close(&restoration->place);
	json_free(restoration->record);
	state_close(&restoration->state);
	bundle_close(&restoration->bundle);
	cleanup_fd(&restoration->pidfd);
	cleanup_fd(&restoration->console_fd);
	cleanup_fd(&restoration->master_fd);
}

/* Leave nothing of it; the first error is the one to tell. */
static int restoration_undo(struct restoration *restoration)
{
	struct error ignored;

	/* criu kills what it has made when the socket closes or it fails itself */
	criu_end(&restoration->criu);
	if (restoration->pid > 0) {
		process_signal(restoration->pidfd, restoration->pid, SIGKILL);
		process_wait(restoration->pid, &ignored);
	}
	if (restoration->record &&
	    cgroup_place_remove(restoration->record->cgroup_path, &ignored) < 0)
		log_warn("%s", ignored.msg);
	if (restoration->has_run_hooks)
		hooks_run_poststop(restoration->bundle.config->hooks, restoration->record);
	if (state_remove(&restoration->state, &ignored) < 0)
		log_warn("%s", ignored.msg);
	return -1;
}

static void make_record(struct restoration *restoration)
{
	const struct bundle *bundle = &restoration->bundle;
	struct state_record *record = json_new(&state_record_type);

	restoration->record = record;
	record->oci_version = bundle->config->oci_version;
	record->id = restoration->state.id;
	record->bundle = bundle->path;
	record->rootfs = bundle->rootfs;
	record->created = json_strdup(record, clock_now().s);
	record->uid = geteuid();
	record->annotations = bundle->config->annotations;
	if (!bundle->config->process->terminal)
		criu_streams_record(record);
}

/* The path is recorded before there is anything at it. */
static int record_cgroup(void *data, const char *path, struct error *err)
{
	struct restoration *restoration = data;

	restoration->record->cgroup_path = json_strdup(restoration->record, path);
	return state_save(&restoration->state, restoration->record, err);
}

static int make_cgroup(struct restoration *restoration, struct error *err)
{
	const struct cgroup_place_request request = {
		.id = restoration->state.id,
		.cgroups_path = restoration->bundle.config->linux->cgroups_path,
		.resources = restoration->bundle.config->linux->resources,
		.opts = restoration->opts,
		.is_real_root = caller_get()->is_real_root,
		.on_path = record_cgroup,
		.data = restoration,
	};

	if (cgroup_place_prepare(&request, &restoration->place, err) < 0)
		return -1;
	restoration->record->cgroup_path =
		json_strdup(restoration->record, restoration->place.path);
	return 0;
}

/* A descriptor for criu under the number that @key stands for. */
static void add_inherited(struct restoration *restoration, const char *key, int fd)
{
	restoration->inherit[restoration->n_inherit++] = (struct criu_rpc_fd){.key = key, .fd = fd};
	restoration->setup.options.inherit_fds = restoration->inherit;
	restoration->setup.options.n_inherit_fds = restoration->n_inherit;
}

/* The same with one that criu has not yet: @fd is owned from here on. */
static void add_passed(struct restoration *restoration, const char *key, int fd)
{
	add_inherited(restoration, key, CRIU_FIRST_FD + (int)restoration->n_fds);
	restoration->fds[restoration->n_fds++] = fd;
}

/*
 * Our own stream in the place of the container's old one. The same file for several of them is one
 * for criu, which must do for reading and writing.
 */
static void add_stream(struct restoration *restoration, size_t i)
{
	const struct criu_streams *streams = &restoration->streams;
	const struct criu_rpc_fd *stream = &streams->fds[i];
	struct path_fd_link link = path_fd_link(stream->fd);
	bool is_shared = false;
	int fd;

	for (size_t j = 0; j < streams->n; j++) {
		if (j == i || strcmp(streams->fds[j].key, stream->key) != 0)
			continue;
		if (j < i)
			return;
		is_shared = true;
	}
	fd = is_shared ? open(link.s, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (fd < 0)
		add_inherited(restoration, stream->key, stream->fd);
	else
		add_passed(restoration, stream->key, fd);
}

static int add_external_ns(struct restoration *restoration, const struct oci_namespace *ns,
                           const char *key, struct error *err)
{
	int fd = open(ns->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open the %s namespace %s",
		                   oci_namespace_type_names.names[ns->type], ns->path);
	add_passed(restoration, key, fd);
	return 0;
}

/* A namespace given by path: the one there is, and not one that criu would make. */
static int add_ns(struct restoration *restoration, const struct oci_namespace *ns,
                  struct error *err)
{
	/* criu's names of those that it can join */
	static const char *const joinable[] = {"ipc", "uts", "time", "user"};
	struct criu_rpc_options *options = &restoration->setup.options;
	const char *name = oci_namespace_type_names.names[ns->type];
	const char *key = criu_setup_ns_key(ns->type);

	if (str_is_empty(ns->path))
		return 0;
	if (key)
		return add_external_ns(restoration, ns, key, err);
	for (size_t i = 0; i < sizeof(joinable) / sizeof(joinable[0]); i++) {
		if (strcmp(name, joinable[i]) != 0 || options->n_join_ns == MAX_NAMESPACES)
			continue;
		restoration->join_ns[options->n_join_ns++] =
			(struct criu_rpc_pair){.key = joinable[i], .value = ns->path};
		options->join_ns = restoration->join_ns;
		return 0;
	}
	return error_set(err, ERR_UNSUPPORTED, "criu cannot join the %s namespace %s", name,
	                 ns->path);
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* On a filesystem that comes with the dump, or from outside: its places are there already. */
static bool is_covered(const struct oci_config *config, const char *destination)
{
	for (size_t i = 0; i < config->n_mounts; i++) {
		if (is_below(destination, config->mounts[i].destination))
			return true;
	}
	return false;
}

static int make_mount_point(const struct restoration *restoration, const struct oci_mount *mount,
                            struct error *err)
{
	auto_fd int fd = -1;
	struct stat st;
	bool is_file = mount->source && mount->source[0] == '/' && stat(mount->source, &st) == 0 &&
	               !S_ISDIR(st.st_mode);

	if (is_covered(restoration->bundle.config, mount->destination))
		return 0;
	fd = path_make_in_root(restoration->bundle.rootfs_fd, mount->destination, !is_file, err);
	return fd < 0 ? error_wrap(err, "make %s in the root filesystem", mount->destination) : 0;
}

static int add_container(struct restoration *restoration, struct error *err)
{
	const struct oci_config *config = restoration->bundle.config;
	const struct oci_linux *conf = config->linux;

	for (size_t i = 0; i < conf->n_namespaces; i++) {
		if (add_ns(restoration, &conf->namespaces[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < config->n_mounts; i++) {
		if (make_mount_point(restoration, &config->mounts[i], err) < 0)
			return -1;
	}
	if (criu_streams_load(&restoration->streams, restoration->setup.image_fd, err) < 0)
		return -1;
	for (size_t i = 0; i < restoration->streams.n; i++)
		add_stream(restoration, i);
	return criu_setup_mounts(&restoration->setup, config, restoration->bundle.rootfs_fd,
	                         restoration->bundle.path, true, err);
}

/* The dump's cgroups are below the one that criu itself was put into. */
static int find_cgroups(struct restoration *restoration, struct error *err)
{
	struct criu_rpc_options *options = &restoration->setup.options;
	auto_free char *file = mem_printf("%d/cgroup", restoration->criu.pid);
	auto_free char *text = NULL;
	auto_free char *copy = NULL;
	char *save = NULL;

	if (file_read(caller_get()->proc_fd, file, 1 << 16, &text, err) < 0)
		return -1;
	copy = mem_strdup(text);
	criu_setup_cgroup_mounts(&restoration->setup, restoration->bundle.config, copy, true);
	if (!restoration->place.path)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path || options->n_cgroup_roots > CGROUP_PLACE_MAX_V1)
			continue;
		*path++ = '\0';
		restoration->cgroup_roots[options->n_cgroup_roots++] = (struct criu_rpc_pair){
			.key = criu_setup_string(&restoration->setup, mem_strdup(controllers + 1)),
			.value = criu_setup_string(&restoration->setup, mem_strdup(path)),
		};
	}
	options->cgroup_roots = restoration->cgroup_roots;
	return 0;
}

/* prestart and createRuntime. */
static int run_hooks(struct restoration *restoration, pid_t pid, struct error *err)
{
	const struct oci_hooks *hooks = restoration->bundle.config->hooks;
	auto_fd int fd = hooks_state_open(hooks, err);

	if (!hooks)
		return 0;
	restoration->has_run_hooks = true;
	if (fd < 0 || hooks_state_write(fd, restoration->record, STATE_CREATING, pid, err) < 0 ||
	    hook_list_run("prestart", hooks->prestart, hooks->n_prestart, fd, err) < 0)
		return -1;
	return hook_list_run("createRuntime", hooks->create_runtime, hooks->n_create_runtime, fd,
	                     err);
}

/* All processes are there, and do not run yet. */
static int record_init(struct restoration *restoration, pid_t pid, struct error *err)
{
	struct state_record *record = restoration->record;

	restoration->pid = pid;
	restoration->pidfd = process_pidfd_open(pid);
	record->is_set_up = true;
	if (state_identify(record, pid, restoration->pidfd, err) < 0)
		return -1;
	return state_save(&restoration->state, record, err);
}

static int take_terminal(struct restoration *restoration, int fd, struct error *err)
{
	restoration->master_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (restoration->master_fd < 0)
		return error_errno(err, "take the terminal's master from criu");
	return console_hand_over(restoration->console_fd, restoration->master_fd, err);
}

static int notified(const struct criu_rpc_response *said, int fd, void *data, struct error *err)
{
	struct restoration *restoration = data;

	if (strcmp(said->script, "setup-namespaces") == 0)
		return run_hooks(restoration, said->pid, err);
	if (strcmp(said->script, "post-restore") == 0)
		return record_init(restoration, said->pid, err);
	if (strcmp(said->script, "orphan-pts-master") == 0)
		return take_terminal(restoration, fd, err);
	return 0;
}

static int start_criu(struct restoration *restoration, const char *root, struct error *err)
{
	const struct criu_start how = {
		.has_streams = true,
		.fds = restoration->fds,
		.n_fds = restoration->n_fds,
		.cgroup_fd = restoration->place.v2_fd,
		.rootfs_fd = restoration->bundle.rootfs_fd,
		.rootfs = restoration->bundle.rootfs,
		.root = root,
		.dirs = {restoration->setup.image_path, restoration->setup.work_path},
	};

	if (criu_start(&how, &restoration->criu, err) < 0)
		return -1;
	restoration->setup.options.images_dir_fd = restoration->criu.dir_fds[0];
	restoration->setup.options.work_dir_fd = restoration->criu.dir_fds[1];
	/* It waits for the request: what it makes is made in the container's cgroup. */
	if (restoration->place.path &&
	    cgroup_place_attach(&restoration->place, restoration->criu.pid, how.cgroup_fd >= 0,
	                        err) < 0)
		return -1;
	return find_cgroups(restoration, err);
}

static int restore_processes(struct restoration *restoration, struct error *err)
{
	struct criu_rpc_options *options = &restoration->setup.options;
	struct path_fd_link link = path_fd_link(restoration->state.dir_fd);
	auto_str struct str request = {0};
	struct criu_rpc_response said;
	char root[PATH_MAX];
	ssize_t n = readlink(link.s, root, sizeof(root) - 1);

	if (n < 0)
		return error_errno(err, "find the container's directory");
	root[n] = '\0';
	options->root = root;
	options->rst_sibling = true;
	options->evasive_devices = true;
	options->lsm_profile = restoration->options->lsm_profile;
	options->lsm_mount_context = restoration->options->lsm_mount_context;
	if (start_criu(restoration, root, err) < 0)
		return -1;
	criu_rpc_request(&request, CRIU_RPC_RESTORE, options);
	if (criu_request(&restoration->criu, &request, notified, restoration, &said, err) < 0)
		return criu_setup_explain(&restoration->setup, err);
	criu_end(&restoration->criu);
	if (!restoration->pid)
		return error_set(err, ERR_SYSTEM, "criu named no process");
	return pid_file_write(restoration->options->create.pid_file, restoration->pid, err);
}

static int prepare(struct restoration *restoration, struct error *err)
{
	const struct runtime_create_options *create = &restoration->options->create;
	const struct oci_config *config;

	if (bundle_open(create, &restoration->bundle, err) < 0)
		return -1;
	config = restoration->bundle.config;
	if (config_check(config, err) < 0)
		return error_wrap(err, "config.json");
	if (console_check(config->process->terminal, create->console_socket, create->is_detached,
	                  err) < 0 ||
	    criu_check(err) < 0 ||
	    criu_check_features(false, restoration->options->criu.lazy_pages, err) < 0 ||
	    criu_setup_begin(&restoration->setup, &restoration->options->criu, config, LOG_FILE,
	                     false, err) < 0 ||
	    add_container(restoration, err) < 0)
		return -1;
	if (!create->console_socket)
		return 0;
	restoration->console_fd = console_connect(create->console_socket, err);
	return restoration->console_fd < 0 ? -1 : 0;
}

static int make_container(struct restoration *restoration, struct error *err)
{
	make_record(restoration);
	if (state_boot_id(restoration->record, err) < 0 ||
	    file_replace(restoration->state.dir_fd, STATE_CONFIG_FILE, restoration->bundle.text,
	                 restoration->bundle.text_len, 0600, err) < 0)
		return -1;
	if (make_cgroup(restoration, err) < 0)
		return -1;
	return restore_processes(restoration, err);
}

static int restore_container(struct restoration *restoration, const char *id, struct error *err)
{
	if (prepare(restoration, err) < 0)
		return error_wrap(err, "restore container %s", id);
	if (state_create(restoration->opts, id, &restoration->state, err) < 0)
		return -1;
	if (make_container(restoration, err) < 0) {
		error_wrap(err, "restore container %s", id);
		return restoration_undo(restoration);
	}
	state_unlock(&restoration->state);
	return 0;
}

/* In the foreground it is deleted after its end, as after `run`, unless somebody did so meanwhile.
 */
static int finish(struct restoration *restoration, struct error *err)
{
	if (state_lock(&restoration->state, err) < 0)
		return err->kind == ERR_NOT_FOUND ? 0 : -1;
	return delete_stopped(&restoration->state, restoration->record,
	                      restoration->bundle.config->hooks, err);
}

int runtime_restore(const struct runtime_options *opts, const char *id,
                    const struct runtime_restore_options *options, int *ret_status,
                    struct error *err)
{
	auto_call(restoration_clear) struct restoration restoration = {
		.opts = opts,
		.options = options,
		.bundle = {.rootfs_fd = -1},
		.state = STATE_NONE,
		.place = {.v2_fd = -1},
		.setup = CRIU_SETUP_NONE,
		.criu = CRIU_NONE,
		.pidfd = -1,
		.console_fd = -1,
		.master_fd = -1,
	};
	auto_fd int signal_fd = -1;

	if (!caller_get()->is_real_root)
		return error_set(err, ERR_DENIED,
		                 "cannot restore container %s: criu needs real root", id);
	signal_fd = supervise_block_signals(err);
	if (signal_fd < 0 || restore_container(&restoration, id, err) < 0)
		return -1;
	*ret_status = 0;
	if (options->create.is_detached)
		return 0;
	*ret_status =
		supervise(signal_fd, restoration.pid, restoration.pidfd,
	                  restoration.console_fd >= 0 ? -1 : restoration.master_fd, NULL, err);
	if (*ret_status < 0)
		return restoration_undo(&restoration);
	return finish(&restoration, err);
}
