/* SPDX-License-Identifier: Apache-2.0 */
/* See mounts.h. */
#include "runtime/mounts.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "kernel/ns.h"
#include "runtime/caller.h"
#include "runtime/init/channel.h"
#include "runtime/init/mounts_change.h"
#include "runtime/mount_plan.h"
#include "runtime/mount_trees.h"
#include "runtime/self_exe.h"
#include "runtime/state.h"

#define MAX_KINDS 16

/* A change of a container's mounts. */
struct change {
	struct state state;
	struct oci_config *config; /* of the container */
	struct oci_config *wanted; /* its mounts are those of the file */
	struct init_ctx ctx;
	struct init_join joins[MAX_KINDS];
	struct init_mount *mounts;
	struct idmap_pair maps;
	int channel_fd;
};

static void change_clear(struct change *change)
{
	mount_trees_close(change->mounts, change->ctx.n_mounts);
	cleanup_free(&change->mounts);
	idmap_clear(&change->maps);
	json_free(change->wanted);
	json_free(change->config);
	state_close(&change->state);
	fd_close(&change->channel_fd);
}

static int read_container(struct change *change, struct error *err)
{
	auto_free char *text = NULL;
	ssize_t n = file_read(change->state.dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text,
	                      err);

	if (n < 0)
		return -1;
	change->config = oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, err);
	if (!change->config)
		return -1;
	if (!change->config->linux)
		change->config->linux = json_alloc(change->config, sizeof(struct oci_linux));
	return 0;
}

/* The reader wants an object: an array becomes the member of one. */
static int read_mounts(struct change *change, const char *file, struct error *err)
{
	auto_free char *text = NULL;
	auto_free char *wrapped = NULL;
	const char *array;
	const char *rest;

	if (file_read(AT_FDCWD, file, OCI_CONFIG_MAX_BYTES / 2, &text, err) < 0)
		return -1;
	array = text + strspn(text, " \t\r\n");
	rest = array[0] == '{' ? array + 1 : NULL;
	if (array[0] != '[' && array[0] != '{')
		return error_set(err, ERR_INVALID, "%s: expected an array of mounts", file);
	wrapped = rest ? mem_printf("{\"ociVersion\":\"1.0.0\",\"linux\":{}%s%s",
	                            rest[strspn(rest, " \t\r\n")] == '}' ? "" : ",", rest)
	               : mem_printf("{\"ociVersion\":\"1.0.0\",\"linux\":{},\"mounts\":%s}", array);
	change->wanted = oci_config_read(file, wrapped, strlen(wrapped), err);
	if (!change->wanted)
		return -1;
	if (!change->wanted->n_mounts)
		return error_set(err, ERR_INVALID, "%s: mounts: none", file);
	change->wanted->linux->mount_label = change->config->linux->mount_label;
	return 0;
}

static int find_namespaces(struct change *change, struct error *err)
{
	const struct state_record *record = change->state.record;
	struct init_ctx *ctx = &change->ctx;

	for (size_t i = 0; i < ns_n_kinds; i++) {
		const struct ns_kind *kind = &ns_kinds[i];
		int is_shared = ns_is_shared(caller_get()->proc_fd, record->pid, kind);

		if (is_shared < 0)
			return error_errno(err, "look at the %s namespace of the container",
			                   kind->name);
		if (is_shared)
			continue;
		ctx->has_user_ns |= kind->flag == CLONE_NEWUSER;
		ctx->has_mount_ns |= kind->flag == CLONE_NEWNS;
		change->joins[ctx->n_joins++] = (struct init_join){-1, kind->flag, kind->name};
	}
	ctx->joins = change->joins;
	ctx->container = (struct init_container){
		.pidfd = change->state.pidfd,
		.pid = record->pid,
		.start_time = record->start_time,
	};
	if (!ctx->has_mount_ns)
		return error_set(err, ERR_INVALID,
		                 "the container has no mount namespace of its own");
	return 0;
}

static int read_maps(struct change *change, struct error *err)
{
	struct init_ctx *ctx = &change->ctx;

	if (ctx->has_user_ns &&
	    idmap_read(caller_get()->proc_fd, change->state.record->pid, &change->maps, err) < 0)
		return -1;
	ctx->root_uid = idmap_root(&change->maps.uid);
	ctx->root_gid = idmap_root(&change->maps.gid);
	return self_exe_protect(ctx->has_user_ns, ctx->has_user_ns ? &change->maps : NULL, err);
}

/* What only makes sense while a container is made. */
static int check_mounts(const struct change *change, const char *file, struct error *err)
{
	for (size_t i = 0; i < change->ctx.n_mounts; i++) {
		const struct init_mount *mount = &change->mounts[i];

		if (mount->flags.set & MS_REMOUNT)
			return error_set(err, ERR_INVALID,
			                 "%s: mounts[%zu]: options: remount: a "
			                 "running container's mounts are added and removed",
			                 file, i);
		/* A new proc shows the processes of who makes it: the host's. */
		if (!mount->is_bind &&
		    (str_has_prefix(mount->type, "cgroup") || strcmp(mount->type, "proc") == 0))
			return error_set(err, ERR_INVALID,
			                 "%s: mounts[%zu]: type: %s: not in a "
			                 "running container",
			                 file, i, mount->type);
	}
	return 0;
}

static int plan(struct change *change, const char *file, bool is_removal, struct error *err)
{
	struct init_ctx *ctx = &change->ctx;
	const struct idmap_pair *maps;
	struct mount_trees_container container = {.userns_fd = -1};

	if (read_container(change, err) < 0 || read_mounts(change, file, err) < 0 ||
	    find_namespaces(change, err) < 0 || read_maps(change, err) < 0)
		return -1;
	ctx->config = change->config;
	ctx->proc_fd = caller_get()->proc_fd;
	maps = ctx->has_user_ns ? &change->maps : NULL;
	if (mount_plan_make(change->wanted, change->state.record->bundle, maps, &change->mounts,
	                    err) < 0)
		return error_wrap(err, "%s", file);
	ctx->mounts = change->mounts;
	ctx->n_mounts = change->wanted->n_mounts;
	if (is_removal)
		return 0;
	container.maps = maps;
	if (check_mounts(change, file, err) < 0)
		return -1;
	return mount_trees_open(change->wanted, &container, change->mounts, err);
}

static int run_child(struct change *change, bool is_removal, struct error *err)
{
	const struct process_clone how = {.cgroup_fd = -1};
	struct channel_message message;
	struct error ignored;
	int ends[2];
	auto_fd int child_end = -1;
	pid_t pid;
	int got;

	if (channel_open(ends, err) < 0)
		return -1;
	change->channel_fd = ends[0];
	child_end = ends[1];
	change->ctx.channel_fd = child_end;
	pid = process_clone(&how, NULL, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		mounts_change_main(&change->ctx, change->mounts, is_removal);
	fd_close(&child_end);
	got = channel_receive(change->channel_fd, &message, NULL, err);
	if (got > 0)
		got = error_set(err, ERR_SYSTEM, "unexpected step %u", message.step);
	if (process_wait(pid, got < 0 ? &ignored : err) != 0 && got == 0)
		return error_set(err, ERR_SYSTEM,
		                 "the process that enters the container was killed");
	return got;
}

int runtime_mounts(const struct runtime_options *opts, const char *id, const char *file,
                   bool is_removal, struct error *err)
{
	auto_call(change_clear) struct change change = {
		.state = STATE_NONE, .ctx = INIT_CTX_NONE, .channel_fd = -1};

	if (self_exe_protect_early(err) < 0 || state_open(opts, id, &change.state, err) < 0)
		return -1;
	if (change.state.status != STATE_RUNNING && change.state.status != STATE_CREATED &&
	    change.state.status != STATE_PAUSED)
		return error_set(err, ERR_STATE,
		                 "change mounts of container %s: container not running", id);
	if (plan(&change, file, is_removal, err) < 0 || run_child(&change, is_removal, err) < 0)
		return error_wrap(err, "change mounts of container %s", id);
	return 0;
}
