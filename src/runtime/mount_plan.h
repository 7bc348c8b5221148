/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts of config.json with their options taken apart. Process: runtime parent. */
#ifndef RTL_RUNTIME_MOUNT_PLAN_H
#define RTL_RUNTIME_MOUNT_PLAN_H

#include <stdbool.h>

#include "common/error.h"
#include "kernel/idmap.h"
#include "libocispec/oci_config.h"
#include "runtime/init/init.h"

/*
 * mount_plan_make() - one init_mount for each of config.json's mounts
 * @config: strings that have to be made belong to it
 * @bundle: what relative bind sources are relative to
 * @maps:   of the container's user namespace, or NULL: a gid= option of an ID it does not have is
 *          dropped, as the kernel would refuse it
 * @ret:    config->n_mounts entries; caller frees the array
 */
int mount_plan_make(struct oci_config *config, const char *bundle, const struct idmap_pair *maps,
                    struct init_mount **ret, struct error *err);

#endif
