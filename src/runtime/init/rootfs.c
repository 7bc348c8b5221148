/* SPDX-License-Identifier: Apache-2.0 */
/* The change of root. Process: container init. */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "kernel/mount.h"
#include "runtime/init/init.h"

static const unsigned long propagations[] = {
	[OCI_PROPAGATION_PRIVATE] = MS_PRIVATE,
	[OCI_PROPAGATION_SHARED] = MS_SHARED,
	[OCI_PROPAGATION_SLAVE] = MS_SLAVE,
	[OCI_PROPAGATION_UNBINDABLE] = MS_UNBINDABLE,
	[OCI_PROPAGATION_RPRIVATE] = MS_REC | MS_PRIVATE,
	[OCI_PROPAGATION_RSHARED] = MS_REC | MS_SHARED,
	[OCI_PROPAGATION_RSLAVE] = MS_REC | MS_SLAVE,
	[OCI_PROPAGATION_RUNBINDABLE] = MS_REC | MS_UNBINDABLE,
};

/*
 * Both roots at one place: the old one lies over the new and is then detached
 * (pivot_root(2), "pivot_root(".", ".")"). It is a slave, so the unmount stays here.
 */
static int pivot(struct error *err)
{
	auto_fd int old_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (old_root < 0)
		return error_errno(err, "open the host's root");
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return error_errno(err, "pivot_root");
	if (fchdir(old_root) < 0 || umount2(".", MNT_DETACH) < 0)
		return error_errno(err, "detach the host's root");
	return 0;
}

/* For a root on the initial ramfs, which cannot be pivoted away from. */
static int move_over_root(struct error *err)
{
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return error_errno(err, "move the root filesystem to /");
	return chroot(".") < 0 ? error_errno(err, "chroot") : 0;
}

static int change_root(const struct init_ctx *ctx, struct error *err)
{
	if (!ctx->has_mount_ns)
		return chroot(".") < 0 ? error_errno(err, "chroot to %s", ctx->rootfs) : 0;
	return ctx->no_pivot ? move_over_root(err) : pivot(err);
}

/**
 * init_rootfs() - make the container's root "/"
 *
 * Holds:    CAP_SYS_ADMIN in the container's user namespace; rootfs_fd.
 * Must:     leave no host mount reachable, and the host's mount table as it was: the root's
 *           propagation is set when nothing of the host is left in this namespace.
 * Must not: resolve a path from config.json; init_mounts() did.
 */
int init_rootfs(struct init_ctx *ctx, struct error *err)
{
	enum oci_propagation propagation = ctx->config->linux->rootfs_propagation;

	if (ctx->has_mount_ns && ctx->config->root->readonly &&
	    mount_set_readonly(ctx->rootfs_fd, err) < 0)
		return -1;
	if (fchdir(ctx->rootfs_fd) < 0)
		return error_errno(err, "enter root filesystem");
	if (change_root(ctx, err) < 0)
		return -1;
	if (chdir("/") < 0)
		return error_errno(err, "enter the new root");
	if (propagation && ctx->has_mount_ns &&
	    mount(NULL, "/", NULL, propagations[propagation], NULL) < 0)
		return error_errno(err, "linux.rootfsPropagation");
	return 0;
}

/**
 * init_exec_root() - the same for an exec: the root comes with the mount namespace if there is one
 *
 * Holds: CAP_SYS_CHROOT in the container's user namespace.
 * Must:  leave "/" the container's.
 */
int init_exec_root(struct init_ctx *ctx, struct error *err)
{
	if (ctx->exec_root_fd < 0)
		return 0;
	if (fchdir(ctx->exec_root_fd) < 0 || chroot(".") < 0)
		return error_errno(err, "enter the container's root");
	return 0;
}
