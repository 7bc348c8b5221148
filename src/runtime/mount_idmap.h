/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps of an ID-mapped mount: the members uidMappings and gidMappings, or crun's
 * option idmap=uids=A-B-N#A-B-N;gids=A-B-N. Process: runtime parent.
 * runtime-spec, config, Mounts.
 */
#ifndef RTL_RUNTIME_MOUNT_IDMAP_H
#define RTL_RUNTIME_MOUNT_IDMAP_H

#include "common/error.h"
#include "kernel/idmap.h"
#include "kernel/mount_option.h"
#include "libocispec/oci_config.h"

/*
 * mount_idmap_option() - is @option one of idmap, ridmap, idmap=…, ridmap=…? Then it is put into
 *                        @flags; its maps are mount_idmap_make()'s.
 */
bool mount_idmap_option(const char *option, struct mount_flags *flags);

/*
 * mount_idmap_make() - the maps that @mount has of its own
 * @container: of the container's user namespace, or NULL: what @A-B-N is relative to
 * @ret:       inside is the ID on the filesystem, outside the one that the caller's user namespace
 *             has for it; the caller clears it
 * Return: 1; 0 if it has none and takes those of the container's user namespace; -1.
 */
int mount_idmap_make(const struct oci_mount *mount, const struct idmap_pair *container,
                     struct idmap_pair *ret, struct error *err);

#endif
