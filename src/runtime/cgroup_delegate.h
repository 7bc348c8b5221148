/* SPDX-License-Identifier: Apache-2.0 */
/* A cgroup below the container's that the container itself manages (cgroup v2, Delegation). */
#ifndef RTL_RUNTIME_CGROUP_DELEGATE_H
#define RTL_RUNTIME_CGROUP_DELEGATE_H

#include <sys/types.h>

#include "common/error.h"
#include "kernel/idmap.h"
#include "runtime/cgroup_place.h"

/* Borrowed. */
struct cgroup_delegate_request {
	const struct cgroup_place *place; /* the container's */
	const char *name;                 /* of the new one */
	const struct idmap_pair *maps;    /* the container's IDs; NULL: as the host's */
	pid_t pid;                        /* its init */
};

/*
 * cgroup_delegate() - make the cgroup, give it to root of the container, move the init there
 *
 * The container's limits stay above it, out of reach. Removed with the container's.
 */
int cgroup_delegate(const struct cgroup_delegate_request *request, struct error *err);

#endif
