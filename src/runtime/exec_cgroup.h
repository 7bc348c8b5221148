/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup of an exec: the container's, the one its init went to, or that of --cgroup. */
#ifndef RTL_RUNTIME_EXEC_CGROUP_H
#define RTL_RUNTIME_EXEC_CGROUP_H

#include <stddef.h>

#include "common/error.h"
#include "runtime/cgroup_place.h"
#include "runtime/state.h"

/*
 * exec_cgroup_open() - open the cgroup that a new process of the container enters
 * @subs: the @n values of --cgroup, each PATH or CONTROLLER[,CONTROLLER...]:PATH; the path is one
 *        below the container's cgroup, and exists
 *
 * A PATH without controller is one of cgroup v2, or where the host has none of every v1 hierarchy;
 * with controllers it is one of their v1 hierarchies. In all others the process is in the
 * container's own. A container that has enabled controllers for its sub-cgroups can have no
 * process in its own; without --cgroup the new one then joins the init, as it does in one whose
 * cgroup was delegated.
 *
 * Return: 0, with an empty @ret if the container has no cgroup; or -1.
 */
int exec_cgroup_open(const struct state_record *record, const char *const *subs, size_t n,
                     struct cgroup_place *ret, struct error *err);

#endif
