/* SPDX-License-Identifier: Apache-2.0 */
/* linux.intelRdt: the container's groups of resctrl. Process: runtime parent. */
#ifndef RTL_RUNTIME_INTEL_RDT_H
#define RTL_RUNTIME_INTEL_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/state.h"

/* Where the container belongs; paths below the root of resctrl. */
struct intel_rdt {
	char *group;
	char *monitor;         /* group of monitoring, or NULL */
	bool is_to_be_removed; /* group goes with the container */
};

/* intel_rdt_plan() - which groups @conf asks for, for container @id; nothing is made. */
int intel_rdt_plan(const struct oci_intel_rdt *conf, const char *id, struct intel_rdt *ret,
                   struct error *err);

/*
 * intel_rdt_make() - make the group, or compare one that is there with @conf
 * @ret_is_new: it has been made, and intel_rdt_configure() is to follow
 */
int intel_rdt_make(const struct oci_intel_rdt *conf, const struct intel_rdt *rdt, int root_fd,
                   bool *ret_is_new, struct error *err);

/* intel_rdt_configure() - write its schemata and make the group of monitoring. */
int intel_rdt_configure(const struct oci_intel_rdt *conf, const struct intel_rdt *rdt, int root_fd,
                        bool is_new, struct error *err);

/*
 * intel_rdt_record() - write into @record what intel_rdt_remove() will need
 *
 * A group that is there already is not the container's own. The record is to be saved, and
 * intel_rdt_make() to follow.
 */
void intel_rdt_record(const struct intel_rdt *rdt, int root_fd, struct state_record *record);

/* intel_rdt_add() - put process @pid where @record says; @root_fd is open. */
int intel_rdt_add(int root_fd, const struct state_record *record, pid_t pid, struct error *err);

/* intel_rdt_remove() - remove what was made for the container of @record; nothing is fine. */
int intel_rdt_remove(int root_fd, const struct state_record *record, struct error *err);

/* intel_rdt_clear() - release @rdt; zeroed is accepted. */
void intel_rdt_clear(struct intel_rdt *rdt);

#define auto_intel_rdt auto_call(intel_rdt_clear)

#endif
