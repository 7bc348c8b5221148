/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process object turned into what the init acts on: masks, numbers, a filter. For
 * create and exec alike. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_PROCESS_PLAN_H
#define RTL_RUNTIME_PROCESS_PLAN_H

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/init/init.h"
#include "runtime/init/tuning.h"
#include "runtime/options.h"
#include "runtime/seccomp.h"

struct process_plan {
	struct init_rlimit *rlimits;
	struct init_tuning *tuning;
	struct seccomp_program filter;
	const char *listener_path; /* agent of a filter that notifies; borrowed; or NULL */
};

/*
 * process_plan_make() - look up names and compile the filter, into @ctx and @ret
 * @ctx: process, config, has_user_ns, is_exec are set; caps, rlimits, filter, tuning are filled in
 * and borrow from @ret
 * @seccomp: linux.seccomp or NULL
 * @opts:    whose state directory keeps compiled filters; NULL: none does
 *
 * A capability that this process does not hold itself cannot be given: it is left out, with a
 * warning. Return: 0, or -1 with the member that is wrong.
 */
int process_plan_make(struct init_ctx *ctx, const struct oci_seccomp *seccomp,
                      const struct runtime_options *opts, struct process_plan *ret,
                      struct error *err);

/* process_plan_clear() - release @plan; zeroed is accepted. */
void process_plan_clear(struct process_plan *plan);

#define auto_process_plan auto_call(process_plan_clear)

/*
 * process_plan_caps() - turn the lists of process.capabilities into masks
 * @list: NULL is no capability at all
 */
int process_plan_caps(const struct oci_capabilities *list, struct caps_sets *ret,
                      struct error *err);

#endif
