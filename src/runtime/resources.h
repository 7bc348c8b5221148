/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.resources as files of cgroup directories: one table, with a row for each limit.
 * runtime-spec, config-linux, Control groups. Devices are device_filter.h.
 *
 * A limit goes to the v1 hierarchy that holds its controller, else to cgroup v2: so a
 * hybrid host is no special case. One that the spec defines as "no limit" (absent, 0 or
 * -1) asks nothing.
 */
#ifndef RTL_RUNTIME_RESOURCES_H
#define RTL_RUNTIME_RESOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct oci_resources;
struct limit_file_undo;

/* The directory of a cgroup in one v1 hierarchy. */
struct resources_v1 {
	const char *controllers; /* "cpu,cpuacct" */
	int fd;                  /* -1: it could not be made */
};

/* The directories of one cgroup; borrowed. */
struct resources_place {
	int v2_root_fd;      /* mount point of cgroup v2; -1: none */
	int v2_fd;           /* the cgroup there; -1: none */
	const char *v2_path; /* from the one to the other */
	const struct resources_v1 *v1;
	size_t n_v1;
};

/*
 * resources_first() - name of the first limit that @resources asks for
 * @controllers: only of these, a list such as "cpu,cpuacct"; NULL: of any
 * Return: such as "linux.resources.memory.limit", caller frees; NULL for none.
 */
char *resources_first(const struct oci_resources *resources, const char *controllers);

/*
 * resources_apply() - write all limits
 * @is_strict:   end at the first limit that cannot be applied
 * @ret_skipped: not strict: the first one that could not be; else untouched
 *
 * "Cannot be applied" is a file that is missing or may not be written; the error is then
 * "linux.resources.memory.limit: cannot be applied: this host has no memory controller on cgroup
 * v2". A value that the kernel refuses is ERR_INVALID for everyone.
 */
int resources_apply(const struct resources_place *place, const struct oci_resources *resources,
                    bool is_strict, struct error *ret_skipped, struct error *err);

/* resources_first_change() - resources_first() of an update, in which "no limit" is asked for too.
 */
char *resources_first_change(const struct oci_resources *changes, const char *controllers);

/*
 * resources_update() - write what an update changes
 * @changes: what it names; the rest is not touched
 * @merged:  the limits as they are to be, for those whose value depends on another
 * @undo:    what stood there before, for a caller that fails later; empty
 *
 * What the kernel refuses as contradicting is tried again behind the other limits.
 * Return: 0, or -1 as resources_apply(), strictly; the earlier values then stand again.
 */
int resources_update(const struct resources_place *place, const struct oci_resources *changes,
                     const struct oci_resources *merged, struct limit_file_undo *undo,
                     struct error *err);

/* resources_cpu_weight() - cpu.shares (2 to 262144) as cpu.weight (1 to 10000): 2 is 1, 1024 is
 * 100, 262144 is 10000. */
unsigned resources_cpu_weight(uint64_t shares);

#endif
