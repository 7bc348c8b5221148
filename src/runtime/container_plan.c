/* SPDX-License-Identifier: Apache-2.0 */
/* See container_plan.h. */
#include "runtime/container_plan.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/ns.h"
#include "kernel/syscalls.h"
#include "runtime/annotations.h"
#include "runtime/caller.h"
#include "runtime/mount_plan.h"
#include "runtime/mount_trees.h"
#include "runtime/self_exe.h"
#include "runtime/user_ns.h"

/* Made by the init itself: clone would take the caller's cgroup as root, and fix time's offsets. */
#define UNSHARED_LATER (CLONE_NEWCGROUP | CLONE_NEWTIME)

void container_plan_clear(struct container_plan *plan)
{
	for (size_t i = 0; i < plan->ctx.n_joins; i++)
		cleanup_fd(&plan->joins[i].fd);
	plan->ctx.n_joins = 0;
	cleanup_free(&plan->joins);
	mount_trees_close(plan->mounts, plan->ctx.n_mounts);
	cleanup_free(&plan->mounts);
	idmap_clear(&plan->maps);
	process_plan_clear(&plan->process);
}

static const struct ns_kind *kind_of(const struct oci_namespace *ns)
{
	const char *name = oci_namespace_type_names.names[ns->type];

	for (size_t i = 0; i < ns_n_kinds; i++) {
		if (strcmp(ns_kinds[i].name, name) == 0)
			return &ns_kinds[i];
	}
	return NULL;
}

/* What config.json sets in a namespace must not reach the host through a path to the host's own. */
static int check_joined(const struct bundle *bundle, const struct oci_namespace *ns, int fd,
                        const struct ns_kind *kind, struct error *err)
{
	const struct oci_config *config = bundle->config;
	bool has_sysctl = config->linux->sysctl.n;
	bool has_names = !str_is_empty(config->hostname) || !str_is_empty(config->domainname);
	const struct {
		int flag;
		bool is_asked;
		const char *member;
	} settings[] = {
		{CLONE_NEWNET, has_sysctl, "linux.sysctl"},
		{CLONE_NEWNET, config->linux->net_devices.n > 0, "linux.netDevices"},
		{CLONE_NEWIPC, has_sysctl, "linux.sysctl"},
		{CLONE_NEWUTS, has_sysctl, "linux.sysctl"},
		{CLONE_NEWUTS, has_names, "hostname"},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (settings[i].flag == kind->flag && settings[i].is_asked &&
		    ns_is_own(caller_get()->proc_fd, fd, kind->proc_name))
			return error_set(err, ERR_INVALID,
			                 "%s: would change the host: %s is the host's %s namespace",
			                 settings[i].member, ns->path, kind->name);
	}
	return 0;
}

static int plan_namespace(const struct bundle *bundle, const struct oci_namespace *ns,
                          struct container_plan *plan, struct error *err)
{
	const struct ns_kind *kind = kind_of(ns);
	struct init_ctx *ctx = &plan->ctx;
	int fd;

	ctx->own_flags |= (unsigned)kind->flag;
	if (kind->flag == CLONE_NEWNS)
		ctx->has_mount_ns = true;
	if (kind->flag == CLONE_NEWUSER)
		ctx->has_user_ns = true;
	if (!ns->path || !ns->path[0]) {
		if (kind->flag & UNSHARED_LATER)
			ctx->unshare_flags |= kind->flag;
		else
			ctx->clone_flags |= (unsigned)kind->flag;
		return 0;
	}
	fd = open(ns->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "linux.namespaces: open %s namespace %s", kind->name,
		                   ns->path);
	plan->joins[ctx->n_joins++] = (struct init_join){fd, kind->flag, kind->name};
	ctx->is_mount_ns_joined |= kind->flag == CLONE_NEWNS;
	return check_joined(bundle, ns, fd, kind, err);
}

static int plan_namespaces(const struct bundle *bundle, struct container_plan *plan,
                           struct error *err)
{
	const struct oci_linux *conf = bundle->config->linux;

	plan->joins = mem_calloc(conf->n_namespaces, sizeof(*plan->joins));
	for (size_t i = 0; i < conf->n_namespaces; i++) {
		if (plan_namespace(bundle, &conf->namespaces[i], plan, err) < 0)
			return -1;
	}
	plan->ctx.joins = plan->joins;
	return 0;
}

static void plan_user_ns(const struct bundle *bundle, struct container_plan *plan)
{
	const struct caller *caller = caller_get();
	const struct oci_process *process = bundle->config->process;
	struct init_ctx *ctx = &plan->ctx;

	if (!ctx->has_user_ns && !caller->is_root) {
		user_ns_default(process->user, &plan->maps);
		ctx->has_user_ns = true;
		ctx->clone_flags |= CLONE_NEWUSER;
	} else if (ctx->clone_flags & CLONE_NEWUSER) {
		user_ns_from_config(bundle->config->linux, &plan->maps);
	}
	plan->has_new_user_ns = ctx->clone_flags & CLONE_NEWUSER;
	ctx->root_uid = idmap_root(&plan->maps.uid);
	ctx->root_gid = idmap_root(&plan->maps.gid);
	ctx->denies_setgroups =
		plan->has_new_user_ns && idmap_denies_setgroups(&plan->maps, caller->can_map_ids);
	ctx->is_in_user_ns = ctx->has_user_ns || caller->is_in_user_ns;
}

static void warn_of_groups(const struct init_ctx *ctx)
{
	if (ctx->denies_setgroups && ctx->process->user && ctx->process->user->n_additional_gids)
		log_warn(
			"process.user.additionalGids: left out: a user namespace with the caller's "
			"own group alone has no others");
}

static bool is_cgroup_v2(void)
{
	struct statfs fs;

	return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int open_mount_trees(const struct oci_config *config, const struct container_plan *plan,
                            const struct idmap_pair *maps, struct error *err)
{
	struct mount_trees_container container = {.maps = maps, .userns_fd = -1};

	for (size_t i = 0; i < plan->ctx.n_joins; i++) {
		if (plan->joins[i].flag == CLONE_NEWUSER)
			container.userns_fd = plan->joins[i].fd;
	}
	return mount_trees_open(config, &container, plan->mounts, err);
}

int container_plan_make(const struct runtime_options *opts, const char *id,
                        const struct bundle *bundle, struct container_plan *ret, struct error *err)
{
	struct init_ctx *ctx = &ret->ctx;
	const struct idmap_pair *maps;

	ctx->config = bundle->config;
	ctx->process = bundle->config->process;
	ctx->id = id;
	ctx->rootfs = bundle->rootfs;
	ctx->proc_fd = caller_get()->proc_fd;
	ctx->timens_offset = annotations_find(bundle->config, ANNOTATION_TIMENS_OFFSET);
	ctx->is_cgroup_v2 = is_cgroup_v2();
	if (plan_namespaces(bundle, ret, err) < 0)
		return -1;
	plan_user_ns(bundle, ret);
	maps = ret->has_new_user_ns ? &ret->maps : NULL;
	if (self_exe_protect(ctx->has_user_ns, maps, err) < 0)
		return -1;
	warn_of_groups(ctx);
	if (mount_plan_make(bundle->config, bundle->path, maps, &ret->mounts, err) < 0)
		return -1;
	ctx->mounts = ret->mounts;
	ctx->n_mounts = bundle->config->n_mounts;
	if (open_mount_trees(bundle->config, ret, maps, err) < 0)
		return -1;
	return process_plan_make(ctx, bundle->config->linux->seccomp, opts, &ret->process, err);
}
