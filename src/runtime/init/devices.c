/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /dev: the default devices, those of config.json, and the usual links.
 * Process: container init. runtime-spec, config-linux, Default Devices and Devices.
 *
 * A user namespace may not make device nodes: there the host's are bound.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "kernel/mount.h"
#include "runtime/init/init.h"

/* One device to be there. */
struct device {
	const char *path;
	mode_t mode; /* type and permissions */
	dev_t number;
	uid_t uid;
	gid_t gid;
};

static const struct {
	const char *path;
	unsigned major;
	unsigned minor;
} default_devices[] = {
	{"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
	{"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"}, {"core", "/proc/kcore"},      {"ptmx", "pts/ptmx"},
};

static int bind_device(const struct init_ctx *ctx, const struct device *device, struct error *err)
{
	const struct mount_flags none = {0};
	struct stat st;
	auto_fd int source = open(device->path, O_PATH | O_CLOEXEC);
	auto_fd int fd = -1;
	struct mount_target target = {.rootfd = ctx->rootfs_fd, .path = device->path};

	if (source < 0 || fstat(source, &st) < 0)
		return error_errno(err, "open the host's %s", device->path);
	if ((st.st_mode & S_IFMT) != (device->mode & S_IFMT) || st.st_rdev != device->number)
		return error_set(err, ERR_DENIED,
		                 "%s: a user namespace can only be given the host's device of "
		                 "that path, which is another one",
		                 device->path);
	fd = path_make_in_root(ctx->rootfs_fd, device->path, false, err);
	if (fd < 0)
		return -1;
	target.fd = fd;
	return mount_bind(&target, source, &none, err);
}

static int set_owner(int dirfd, const char *name, const struct device *device, struct error *err)
{
	if ((device->uid || device->gid) &&
	    fchownat(dirfd, name, device->uid, device->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "set the owner of %s", device->path);
	return 0;
}

/* What exists already, from the image or a bind of /dev, is kept if it is the same device. */
static int check_existing(int dirfd, const char *name, const struct device *device,
                          struct error *err)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "look at %s", device->path);
	if ((st.st_mode & S_IFMT) == (device->mode & S_IFMT) && st.st_rdev == device->number)
		return 0;
	return error_set(err, ERR_EXISTS, "make device %s: something else is there", device->path);
}

static int make_device(const struct init_ctx *ctx, const struct device *device, struct error *err)
{
	auto_free char *name = NULL;
	auto_fd int dirfd = -1;

	if (ctx->is_in_user_ns && !S_ISFIFO(device->mode))
		return bind_device(ctx, device, err);
	dirfd = path_open_parent_in_root(ctx->rootfs_fd, device->path, &name, err);
	if (dirfd < 0)
		return -1;
	if (mknodat(dirfd, name, device->mode, device->number) == 0)
		return set_owner(dirfd, name, device, err);
	if (errno == EEXIST)
		return check_existing(dirfd, name, device, err);
	if (errno == EPERM)
		return bind_device(ctx, device, err);
	return error_errno(err, "make device %s", device->path);
}

static mode_t type_of(const char *type)
{
	if (type[0] == 'b')
		return S_IFBLK;
	return type[0] == 'p' ? S_IFIFO : S_IFCHR;
}

static int make_configured(const struct init_ctx *ctx, struct error *err)
{
	const struct oci_linux *conf = ctx->config->linux;

	for (size_t i = 0; i < conf->n_devices; i++) {
		const struct oci_device *dev = &conf->devices[i];
		mode_t mode = dev->has_file_mode ? dev->file_mode & 07777 : 0666;
		struct device device = {
			.path = dev->path,
			.mode = mode | type_of(dev->type),
			.number = makedev((unsigned)dev->major, (unsigned)dev->minor),
			.uid = dev->has_uid ? dev->uid : 0,
			.gid = dev->has_gid ? dev->gid : 0,
		};

		if (make_device(ctx, &device, err) < 0)
			return error_wrap(err, "linux.devices[%zu]", i);
	}
	return 0;
}

static int make_links(int dev_fd, struct error *err)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (symlinkat(links[i].target, dev_fd, links[i].name) < 0 && errno != EEXIST)
			return error_errno(err, "make link /dev/%s", links[i].name);
	}
	return 0;
}

/* A /dev bound from elsewhere is somebody else's: nothing is made in it. */
static bool is_dev_bound(const struct init_ctx *ctx)
{
	for (size_t i = 0; i < ctx->n_mounts; i++) {
		if (ctx->mounts[i].is_bind && strcmp(ctx->mounts[i].destination, "/dev") == 0)
			return true;
	}
	return false;
}

/**
 * init_devices() - fill /dev
 *
 * Holds: CAP_MKNOD, or CAP_SYS_ADMIN in the container's user namespace.
 * Must:  make nothing outside the root filesystem, also if its /dev is a link.
 */
int init_devices(struct init_ctx *ctx, struct error *err)
{
	auto_fd int dev_fd = -1;

	if (!ctx->has_mount_ns || is_dev_bound(ctx))
		return 0;
	dev_fd = path_make_in_root(ctx->rootfs_fd, "/dev", true, err);
	if (dev_fd < 0)
		return -1;
	for (size_t i = 0; i < sizeof(default_devices) / sizeof(default_devices[0]); i++) {
		struct device device = {
			.path = default_devices[i].path,
			.mode = S_IFCHR | 0666,
			.number = makedev(default_devices[i].major, default_devices[i].minor),
		};

		if (make_device(ctx, &device, err) < 0)
			return -1;
	}
	return make_configured(ctx, err) < 0 ? -1 : make_links(dev_fd, err);
}
