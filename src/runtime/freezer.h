/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Freezing the cgroup of a container, in whichever hierarchy can do it: cgroup v2, else
 * the v1 hierarchy of the freezer controller. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_FREEZER_H
#define RTL_RUNTIME_FREEZER_H

#include <stdbool.h>

#include "common/error.h"

/*
 * freezer_set() - freeze or thaw the cgroup at @path, and wait until it is so
 * @path: as the state records it
 * Return: 0, or -1 as cgroup_freeze_set(); ERR_NOT_FOUND also if the cgroup is nowhere.
 */
int freezer_set(const char *path, bool is_frozen, struct error *err);

/* freezer_is_frozen() - was the cgroup at @path told to freeze? No for NULL, and for what is gone.
 */
bool freezer_is_frozen(const char *path);

/*
 * freezer_open_v1() - the cgroup at @path in the v1 hierarchy of the freezer, the one place where
 * SIGKILL waits until it is thawed; -1: there is none
 */
int freezer_open_v1(const char *path);

/*
 * freezer_thaw_killed() - thaw the cgroup at @path where it stands in the v1 hierarchy: processes
 * that were killed while they were frozen end only then; NULL is accepted
 */
void freezer_thaw_killed(const char *path);

#endif
