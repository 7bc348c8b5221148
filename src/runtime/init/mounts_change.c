/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mounts_change.h.
 *
 * Holds: the caller's rights until the container's user namespace is entered.
 * Must:  use no path of /proc after the container's mount namespace is entered: it is the
 *        container's then. Nothing of the container can look into this process: it is not dumpable
 *        and stays outside its PID namespace.
 */
#include "runtime/init/mounts_change.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "common/str.h"
#include "kernel/confine.h"
#include "kernel/mount.h"
#include "kernel/mount_new.h"
#include "kernel/ns.h"
#include "runtime/init/bind.h"
#include "runtime/init/channel.h"
#include "runtime/init/copy_up.h"

#define MAX_KINDS 16

static int own_mounts(struct error *err)
{
	if (ns_unshare(CLONE_NEWNS, err) < 0)
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0
	               ? error_errno(err, "make the host's mounts slaves")
	               : 0;
}

static int clone_bind(struct init_mount *mount, struct error *err)
{
	auto_fd int source = open(mount->source, init_source_flags(&mount->flags));

	if (source < 0)
		return error_errno(err, "open bind source %s for %s", mount->source,
		                   mount->destination);
	mount->tree_fd = mount_clone(source, &mount->flags);
	return mount->tree_fd < 0 ? error_errno(err, "bind %s", mount->source) : 0;
}

static int clone_binds(const struct init_ctx *ctx, struct init_mount *mounts, struct error *err)
{
	for (size_t i = 0; i < ctx->n_mounts; i++) {
		if (mounts[i].is_bind && mounts[i].tree_fd < 0 && clone_bind(&mounts[i], err) < 0)
			return error_wrap(err, "mounts[%zu]", i);
	}
	return 0;
}

/* Read-only only when it is filled. */
static int make_filesystems(const struct init_ctx *ctx, struct init_mount *mounts,
                            struct error *err)
{
	for (size_t i = 0; i < ctx->n_mounts; i++) {
		struct init_mount *mount = &mounts[i];
		struct mount_flags flags = mount->flags;

		if (mount->is_bind)
			continue;
		if (flags.extra & MOUNT_COPY_UP)
			flags.set &= ~(unsigned long)MS_RDONLY;
		mount->tree_fd =
			mount_new_make(mount->type, mount->source, &flags, mount->data, err);
		if (mount->tree_fd < 0)
			return error_wrap(err, "mounts[%zu]", i);
	}
	return 0;
}

/* All but the mount namespace, whose descriptor is given out. */
static int join_others(const struct init_ctx *ctx, int *ret_mount_ns, struct error *err)
{
	struct init_join joins[MAX_KINDS];
	struct init_join others[MAX_KINDS];
	size_t n = 0;

	if (ctx->n_joins > MAX_KINDS || init_open_container(ctx, joins, err) < 0)
		return -1;
	for (size_t i = 0; i < ctx->n_joins; i++) {
		if (joins[i].flag == CLONE_NEWNS)
			*ret_mount_ns = joins[i].fd;
		else
			others[n++] = joins[i];
	}
	return init_join_each(others, n, err);
}

/* Who owns what is made. */
static int take_root_ids(const struct init_ctx *ctx, struct error *err)
{
	if (ctx->has_user_ns && (setresgid(ctx->root_gid, ctx->root_gid, ctx->root_gid) < 0 ||
	                         setresuid(ctx->root_uid, ctx->root_uid, ctx->root_uid) < 0))
		return error_errno(err, "become root of the user namespace");
	return 0;
}

/* What belongs to a user namespace is made in it, below the host's tree still. */
static int make_trees(const struct init_ctx *ctx, struct init_mount *mounts, int *ret_mount_ns,
                      struct error *err)
{
	struct error refused = {0};
	bool has_rights = own_mounts(&refused) == 0;

	if (has_rights && clone_binds(ctx, mounts, err) < 0)
		return -1;
	if (join_others(ctx, ret_mount_ns, err) < 0)
		return -1;
	if ((ctx->has_user_ns || !has_rights) && own_mounts(err) < 0)
		return -1;
	if (clone_binds(ctx, mounts, err) < 0 || take_root_ids(ctx, err) < 0)
		return -1;
	return make_filesystems(ctx, mounts, err);
}

static int enter(struct init_ctx *ctx, int mount_ns, struct error *err)
{
	if (ns_join(mount_ns, CLONE_NEWNS, "mount", err) < 0)
		return -1;
	ctx->rootfs_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return ctx->rootfs_fd < 0 ? error_errno(err, "open the container's root") : 0;
}

static int fill(const struct init_mount *mount, const struct mount_target *target,
                struct error *err)
{
	auto_fd int covered = openat(target->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd int root = openat(mount->tree_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (covered < 0 || root < 0)
		return error_errno(err, "tmpcopyup of %s", target->path);
	if (copy_up_tree(covered, root, target->path, err) < 0 ||
	    copy_up_attributes(covered, root, target->path, err) < 0)
		return -1;
	return mount->flags.set & MS_RDONLY ? mount_set_readonly(mount->tree_fd, err) : 0;
}

static int attach_filesystem(const struct init_ctx *ctx, const struct init_mount *mount,
                             struct error *err)
{
	struct mount_target target = {.rootfd = ctx->rootfs_fd, .path = mount->destination};
	auto_fd int fd = path_make_in_root(ctx->rootfs_fd, mount->destination, true, err);

	if (fd < 0)
		return -1;
	target.fd = fd;
	if ((mount->flags.extra & MOUNT_COPY_UP) && fill(mount, &target, err) < 0)
		return -1;
	return mount_attach(&target, mount->tree_fd) < 0
	               ? error_errno(err, "mount %s on %s", mount->type, mount->destination)
	               : 0;
}

static int add(struct init_ctx *ctx, struct init_mount *mounts, struct error *err)
{
	int mount_ns = -1;

	if (make_trees(ctx, mounts, &mount_ns, err) < 0 || enter(ctx, mount_ns, err) < 0)
		return -1;
	for (size_t i = 0; i < ctx->n_mounts; i++) {
		const struct init_mount *mount = &mounts[i];

		if ((mount->is_bind ? bind_attach(ctx, mount, mount->tree_fd, err)
		                    : attach_filesystem(ctx, mount, err)) < 0)
			return error_wrap(err, "mounts[%zu]", i);
	}
	return 0;
}

static int mount_id(int fd, uint64_t *ret)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) < 0)
		return -1;
	*ret = st.stx_mnt_id;
	return 0;
}

static int check_paths(const struct init_ctx *ctx, char **paths, size_t n, const char *destination,
                       uint64_t id, struct error *err)
{
	struct error missing;

	for (size_t i = 0; i < n; i++) {
		auto_fd int fd = path_open_in_root(ctx->rootfs_fd, paths[i], O_PATH, &missing);
		uint64_t covered;

		if (fd >= 0 && mount_id(fd, &covered) == 0 && covered == id)
			return error_set(err, ERR_DENIED, "%s: leads to %s, which stays covered",
			                 destination, paths[i]);
	}
	return 0;
}

/* A link of the container's must not lead to what masks something from it. */
static int check_removal(const struct init_ctx *ctx, const char *destination, int fd,
                         struct error *err)
{
	const struct oci_linux *conf = ctx->config->linux;
	uint64_t id;

	if (mount_id(fd, &id) < 0)
		return error_errno(err, "find the mount %s", destination);
	if (check_paths(ctx, conf->masked_paths, conf->n_masked_paths, destination, id, err) < 0)
		return -1;
	return check_paths(ctx, conf->readonly_paths, conf->n_readonly_paths, destination, id, err);
}

/*
 * By one name below a directory that is held: a mount point can be neither renamed nor replaced
 * meanwhile.
 */
static int remove_one(const struct init_ctx *ctx, const char *destination, struct error *err)
{
	auto_free char *name = NULL;
	auto_fd int parent = -1;
	auto_fd int fd = path_open_in_root(ctx->rootfs_fd, destination, O_PATH | O_NOFOLLOW, err);

	if (fd < 0)
		return -1;
	parent = path_open_parent_in_root(ctx->rootfs_fd, destination, &name, err);
	if (parent < 0)
		return -1;
	fd_close(&fd);
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchdir(parent) < 0)
		return error_errno(err, "find the mount %s", destination);
	if (check_removal(ctx, destination, fd, err) < 0)
		return -1;
	return umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW) < 0
	               ? error_errno(err, "unmount %s", destination)
	               : 0;
}

/* The last that was added goes first. */
static int take_away(struct init_ctx *ctx, const struct init_mount *mounts, struct error *err)
{
	int mount_ns = -1;

	if (join_others(ctx, &mount_ns, err) < 0 || enter(ctx, mount_ns, err) < 0)
		return -1;
	for (size_t i = ctx->n_mounts; i-- > 0;) {
		if (remove_one(ctx, mounts[i].destination, err) < 0)
			return error_wrap(err, "mounts[%zu]", i);
	}
	return 0;
}

__attribute__((noreturn)) void mounts_change_main(struct init_ctx *ctx, struct init_mount *mounts,
                                                  bool is_removal)
{
	struct error err = {0};

	umask(0);
	if (confine_undumpable(&err) == 0 &&
	    (is_removal ? take_away(ctx, mounts, &err) : add(ctx, mounts, &err)) == 0)
		_exit(EXIT_SUCCESS);
	channel_send_error(ctx->channel_fd, &err);
	_exit(EXIT_FAILURE);
}
