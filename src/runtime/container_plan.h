/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything about a container that can be worked out before its first process
 * exists: namespaces, ID maps, mounts, the process. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_CONTAINER_PLAN_H
#define RTL_RUNTIME_CONTAINER_PLAN_H

#include "common/error.h"
#include "kernel/idmap.h"
#include "runtime/bundle.h"
#include "runtime/init/init.h"
#include "runtime/process_plan.h"

struct container_plan {
	struct init_ctx ctx; /* borrows from all below and from the bundle */
	struct init_join *joins;
	struct init_mount *mounts;
	struct idmap_pair maps;
	struct process_plan process;
	bool has_new_user_ns; /* maps are to be written */
};

/*
 * container_plan_make() - work out the container of @bundle, whose config has been checked
 *
 * An ordinary user's container without a user namespace gets one (user_ns_default()).
 * Where the container could write rtl's binary, rtl begins anew from a safe one (self_exe.h):
 * nothing may have been made before this. Return: 0, or -1 with the member that is wrong. The
 * caller clears @ret in both cases.
 */
int container_plan_make(const struct runtime_options *opts, const char *id,
                        const struct bundle *bundle, struct container_plan *ret, struct error *err);

/* container_plan_clear() - release @plan; zeroed is accepted. */
void container_plan_clear(struct container_plan *plan);

#endif
