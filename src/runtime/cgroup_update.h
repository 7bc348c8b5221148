/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New limits for a cgroup with processes in it. Process: runtime parent, which holds the
 * container's lock. runtime-spec, config-linux, Control groups.
 */
#ifndef RTL_RUNTIME_CGROUP_UPDATE_H
#define RTL_RUNTIME_CGROUP_UPDATE_H

#include <stdbool.h>

#include "common/error.h"

struct oci_resources;

/* What is asked for; borrowed. */
struct cgroup_update {
	const char *path;                    /* as the state records it */
	const struct oci_resources *changes; /* what the update names */
	const struct oci_resources *merged;  /* the limits as they are to be */
	const struct oci_resources *before;  /* as they were */
	bool is_real_root;                   /* root in the initial user namespace */
};

/*
 * cgroup_update() - apply the changes, all or none
 *
 * A v1 hierarchy that the container had no need of is joined now, all processes with it. With
 * memory.checkBeforeUpdate a limit below what is in use is refused; without, the kernel decides.
 * Device rules take the place of all earlier ones.
 * Return: 0, or -1 as resources_update(); ERR_NOT_FOUND if the cgroup is not there. The earlier
 *         values then stand again.
 */
int cgroup_update(const struct cgroup_update *update, struct error *err);

#endif
