/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_trees.h. */
#include "runtime/mount_trees.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "kernel/mount.h"
#include "runtime/mount_idmap.h"
#include "runtime/user_ns.h"

#define XFS_MAGIC 0x58465342
#define CEPH_MAGIC 0x00c36400
#define FUSE_MAGIC 0x65735546
#define EROFS_MAGIC 0xe0f5e1e2

/* Filesystems whose mounts can be ID-mapped, and the kernel since which. */
static const struct {
	unsigned long magic;
	const char *name;
	const char *since;
} mappable[] = {
	{EXT4_SUPER_MAGIC, "ext4", "5.12"},  {XFS_MAGIC, "xfs", "5.12"},
	{MSDOS_SUPER_MAGIC, "vfat", "5.12"}, {BTRFS_SUPER_MAGIC, "btrfs", "5.15"},
	{F2FS_SUPER_MAGIC, "f2fs", "5.18"},  {EROFS_MAGIC, "erofs", "5.19"},
	{SQUASHFS_MAGIC, "squashfs", "6.2"}, {TMPFS_MAGIC, "tmpfs", "6.3"},
	{CEPH_MAGIC, "ceph", "6.7"},         {FUSE_MAGIC, "fuse", "6.12"},
};

/* The user namespaces of one config's mounts. */
struct trees {
	const struct mount_trees_container *container;
	int container_fd; /* a user namespace with the container's maps, made when first needed */
};

static void trees_clear(struct trees *trees)
{
	cleanup_fd(&trees->container_fd);
}

static int container_userns(struct trees *trees, struct error *err)
{
	const struct mount_trees_container *container = trees->container;

	if (container->userns_fd >= 0)
		return container->userns_fd;
	if (!container->maps)
		return error_set(err, ERR_INVALID,
		                 "options: idmap: needs uidMappings and gidMappings, as the "
		                 "container has no user namespace");
	if (trees->container_fd < 0)
		trees->container_fd = user_ns_make(container->maps, err);
	return trees->container_fd;
}

static int refuse_filesystem(int source_fd, const char *source, struct error *err)
{
	struct statfs fs = {0};

	fstatfs(source_fd, &fs);
	for (size_t i = 0; i < sizeof(mappable) / sizeof(mappable[0]); i++) {
		if (mappable[i].magic == (unsigned long)fs.f_type)
			return error_set(err, ERR_UNSUPPORTED,
			                 "ID-map %s: this kernel cannot for %s (Linux %s and newer "
			                 "can)",
			                 source, mappable[i].name, mappable[i].since);
	}
	return error_set(err, ERR_UNSUPPORTED,
	                 "ID-map %s: its filesystem (%#lx) takes no ID maps; those that do are "
	                 "ext4, xfs, vfat (Linux 5.12), btrfs (5.15), f2fs (5.18), erofs (5.19), "
	                 "squashfs (6.2), tmpfs (6.3), ceph (6.7), fuse (6.12)",
	                 source, (unsigned long)fs.f_type);
}

static int explain(int source_fd, const char *source, struct error *err)
{
	if (errno == ENOSYS)
		return error_set(err, ERR_UNSUPPORTED,
		                 "ID-map %s: this kernel cannot, Linux 5.12 and newer can", source);
	if (errno == EPERM)
		return error_set(err, ERR_DENIED,
		                 "ID-map %s: its filesystem belongs to another user namespace than "
		                 "the caller is root of, or it is mapped already",
		                 source);
	if (errno == EINVAL)
		return refuse_filesystem(source_fd, source, err);
	return error_errno(err, "ID-map %s", source);
}

/*
 * As the init's own mounts are: what the host shares becomes a slave first, so that nothing the
 * container mounts below gets out; then what the config asks for.
 */
static int make_tree(int source_fd, const struct init_mount *mount, int userns_fd,
                     struct error *err)
{
	struct mount_flags flags = mount->flags;
	auto_fd int tree = -1;

	flags.propagation = 0;
	tree = mount_clone(source_fd, &flags);
	if (tree < 0)
		return explain(source_fd, mount->source, err);
	if (mount_set_propagation(tree, MS_SLAVE | MS_REC, err) < 0)
		return error_wrap(err, "ID-map %s", mount->source);
	if (mount_set_idmap(tree, userns_fd, mount->flags.extra & MOUNT_IDMAP_REC) < 0)
		return explain(source_fd, mount->source, err);
	if (mount->flags.propagation &&
	    mount_set_propagation(tree, mount->flags.propagation, err) < 0)
		return error_wrap(err, "ID-map %s", mount->source);
	return fd_take(&tree);
}

static int open_tree_of(struct trees *trees, const struct oci_mount *mount, struct init_mount *ret,
                        struct error *err)
{
	auto_idmap struct idmap_pair maps = {0};
	auto_fd int own_userns = -1;
	auto_fd int source = -1;
	int has_maps = mount_idmap_make(mount, trees->container->maps, &maps, err);
	int userns = -1;

	if (has_maps > 0)
		userns = own_userns = user_ns_make(&maps, err);
	else if (has_maps == 0)
		userns = container_userns(trees, err);
	if (userns < 0)
		return -1;
	source = open(ret->source, init_source_flags(&ret->flags));
	if (source < 0)
		return error_errno(err, "open bind source %s for %s", ret->source,
		                   ret->destination);
	ret->tree_fd = make_tree(source, ret, userns, err);
	return ret->tree_fd < 0 ? -1 : 0;
}

int mount_trees_open(const struct oci_config *config, const struct mount_trees_container *container,
                     struct init_mount *mounts, struct error *err)
{
	auto_call(trees_clear) struct trees trees = {.container = container, .container_fd = -1};

	for (size_t i = 0; i < config->n_mounts; i++) {
		if ((mounts[i].flags.extra & MOUNT_IDMAP) &&
		    open_tree_of(&trees, &config->mounts[i], &mounts[i], err) < 0)
			return error_wrap(err, "config.json: mounts[%zu]", i);
	}
	return 0;
}

void mount_trees_close(struct init_mount *mounts, size_t n)
{
	for (size_t i = 0; mounts && i < n; i++)
		fd_close(&mounts[i].tree_fd);
}
