/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ID-mapped bind mounts, made by the parent: only who has rights over the filesystem
 * behind a mount may map its owners, and the container's user namespace has none. The
 * finished trees are attached nowhere; the init inherits their descriptors.
 * Process: runtime parent, before the clone.
 */
#ifndef RTL_RUNTIME_MOUNT_TREES_H
#define RTL_RUNTIME_MOUNT_TREES_H

#include "common/error.h"
#include "kernel/idmap.h"
#include "libocispec/oci_config.h"
#include "runtime/init/init.h"

/* Whose IDs a mount without maps of its own takes; neither: such a mount is an error. */
struct mount_trees_container {
	const struct idmap_pair *maps; /* of its new user namespace, or NULL */
	int userns_fd;                 /* the one it joins, or -1 */
};

/*
 * mount_trees_open() - fill tree_fd of every ID-mapped mount
 * @mounts: as mount_plan_make() made them of @config
 *
 * A kernel or filesystem that does not take the maps is ERR_UNSUPPORTED, which says which one does.
 */
int mount_trees_open(const struct oci_config *config, const struct mount_trees_container *container,
                     struct init_mount *mounts, struct error *err);

/* mount_trees_close() - close the trees of @n mounts; NULL is accepted. */
void mount_trees_close(struct init_mount *mounts, size_t n);

#endif
