/* SPDX-License-Identifier: Apache-2.0 */
/* The ID maps of a container's user namespace. Process: runtime parent. */
#ifndef RTL_RUNTIME_USER_NS_H
#define RTL_RUNTIME_USER_NS_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"
#include "kernel/idmap.h"
#include "libocispec/oci_config.h"

/* user_ns_from_config() - the maps of config.json into @ret, which the caller clears. */
void user_ns_from_config(const struct oci_linux *conf, struct idmap_pair *ret);

/*
 * user_ns_default() - maps for an ordinary user whose config.json asks for no user namespace
 * @user: process.user, or NULL
 *
 * Root is the caller, his sub-IDs follow from 1 on. Without sub-IDs the one ID that is mapped is
 * the one the process wants.
 */
void user_ns_default(const struct oci_user *user, struct idmap_pair *ret);

/*
 * user_ns_make() - a user namespace with @maps and nobody in it, for mount_set_idmap()
 * Return: its descriptor, which the caller closes; or -1.
 */
int user_ns_make(const struct idmap_pair *maps, struct error *err);

/* user_ns_is_described() - does config.json give a user namespace by path, and its maps as well? */
bool user_ns_is_described(const struct oci_linux *conf);

/*
 * user_ns_check_joined() - are the maps in config.json those that process @pid has?
 *
 * containerd's CRI plugin gives both, the namespace of the pod by path and the pod's maps. Maps
 * that are not so are an error: who wrote them counts on them.
 */
int user_ns_check_joined(const struct oci_linux *conf, pid_t pid, struct error *err);

#endif
