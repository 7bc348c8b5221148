/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cgroup hierarchies this mount namespace has, and where the caller stands in
 * them. A host is pure v2, pure v1 or hybrid; all three are one list of v1 hierarchies
 * and at most one v2 hierarchy. On pure v2 this costs one statfs(2).
 *
 * The directories themselves are cgroup_tree.h.
 */
#ifndef RTL_KERNEL_CGROUP_H
#define RTL_KERNEL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/error.h"

#define CGROUP_MAX_V1 32

/* One mounted hierarchy. */
struct cgroup_hierarchy {
	char *mount_point; /* absolute; NULL: not there */
	char *root; /* the hierarchy's directory that is mounted: "/" unless in a container */
	char *controllers; /* v1: "cpu,cpuacct" or "name=systemd"; v2: "" */
};

/* All of them. */
struct cgroup_layout {
	struct cgroup_hierarchy v2;
	struct cgroup_hierarchy v1[CGROUP_MAX_V1];
	size_t n_v1;
};

/* cgroup_layout_clear() - release the strings; a zeroed layout is accepted. */
void cgroup_layout_clear(struct cgroup_layout *layout);

#define auto_cgroup_layout auto_call(cgroup_layout_clear)

/*
 * cgroup_layout_find() - see what is mounted
 *
 * /sys/fs/cgroup is looked at first; only if it is no cgroup2 file system is
 * /proc/self/mountinfo read. A host without cgroups gives an empty layout, no error.
 */
int cgroup_layout_find(struct cgroup_layout *ret, struct error *err);

/* cgroup_layout_parse() - fill an empty @ret from the text of a mountinfo file. */
void cgroup_layout_parse(const char *mountinfo, struct cgroup_layout *ret);

/* cgroup_has_controller() - is @name a member of the comma-separated list @controllers? */
bool cgroup_has_controller(const char *controllers, const char *name);

/*
 * cgroup_own_path() - the caller's cgroup, as a path below a hierarchy's mount point
 * @proc_cgroup: text of /proc/self/cgroup
 * @hierarchy:   one of the layout
 * Return: a path that begins with "/"; caller frees. NULL if the caller's cgroup is not below
 *         the mount, or the text has no line for the hierarchy.
 */
char *cgroup_own_path(const char *proc_cgroup, const struct cgroup_hierarchy *hierarchy);

#endif
