/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maskedPaths and readonlyPaths. Process: container init.
 * runtime-spec, config-linux, Masked Paths and Readonly Paths.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "kernel/mount.h"
#include "kernel/mount_new.h"
#include "runtime/init/init.h"

#define EMPTY_OPTIONS "mode=755,nr_inodes=1"

/*
 * The host's /dev/null, and only if it is that device (CVE-2025-31133): the container's own
 * could have been anything.
 */
static int open_null(struct error *err)
{
	auto_fd int fd = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open /dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(err, ERR_INVALID, "/dev/null is not the null device");
	return fd_take(&fd);
}

/* A path that is not there needs no cover. 1 if it is, 0 if not. */
static int open_path(const struct init_ctx *ctx, const char *path, struct mount_target *ret,
                     struct error *err)
{
	int fd = path_open_in_root(ctx->rootfs_fd, path, O_PATH, err);

	if (fd < 0)
		return err->errnum == ENOENT || err->errnum == ENOTDIR ? 0 : -1;
	*ret = (struct mount_target){.rootfd = ctx->rootfs_fd, .path = path, .fd = fd};
	return 1;
}

/*
 * The first directory gets an empty tmpfs; the others are binds of it, which cost less. It is held
 * from before it is attached: what lies at the path afterwards may be another directory, on a
 * volume that changes. Without the newer calls each gets its own.
 */
static int mask_directory(const struct mount_target *target, int *empty_fd, struct error *err)
{
	const struct mount_flags readonly = {.set = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC};

	if (*empty_fd >= 0)
		return mount_bind(target, *empty_fd, &readonly, err);
	*empty_fd = mount_new_make("tmpfs", "tmpfs", &readonly, EMPTY_OPTIONS, err);
	if (*empty_fd < 0)
		return mount_fs(target, "tmpfs", "tmpfs", &readonly, EMPTY_OPTIONS, err);
	return mount_attach(target, *empty_fd) < 0
	               ? error_errno(err, "mount tmpfs on %s", target->path)
	               : 0;
}

static int mask_path(const struct init_ctx *ctx, const char *path, int null_fd, int *empty_fd,
                     struct error *err)
{
	const struct mount_flags plain = {0};
	struct mount_target target;
	struct stat st;
	int found = open_path(ctx, path, &target, err);
	auto_fd int fd = found > 0 ? target.fd : -1;

	if (found <= 0)
		return found;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at %s", path);
	if (S_ISDIR(st.st_mode))
		return mask_directory(&target, empty_fd, err);
	return mount_bind(&target, null_fd, &plain, err);
}

static int make_readonly(const struct init_ctx *ctx, const char *path, struct error *err)
{
	const struct mount_flags readonly = {.set = MS_REC, .rec_set = MS_RDONLY};
	struct mount_target target;
	int found = open_path(ctx, path, &target, err);
	auto_fd int fd = found > 0 ? target.fd : -1;

	return found <= 0 ? found : mount_bind(&target, fd, &readonly, err);
}

/**
 * init_masks() - cover maskedPaths, make readonlyPaths and all mounts below them read-only
 *
 * Holds: CAP_SYS_ADMIN over the mount namespace, all mounts made.
 * Must:  cover every path that exists; a path that cannot be covered is an error.
 */
int init_masks(struct init_ctx *ctx, struct error *err)
{
	const struct oci_linux *conf = ctx->config->linux;
	auto_fd int null_fd = -1;
	auto_fd int empty_fd = -1;

	if (!ctx->has_mount_ns)
		return 0;
	for (size_t i = 0; i < conf->n_readonly_paths; i++) {
		if (make_readonly(ctx, conf->readonly_paths[i], err) < 0)
			return error_wrap(err, "linux.readonlyPaths[%zu]", i);
	}
	if (conf->n_masked_paths && (null_fd = open_null(err)) < 0)
		return -1;
	for (size_t i = 0; i < conf->n_masked_paths; i++) {
		if (mask_path(ctx, conf->masked_paths[i], null_fd, &empty_fd, err) < 0)
			return error_wrap(err, "linux.maskedPaths[%zu]", i);
	}
	return 0;
}
