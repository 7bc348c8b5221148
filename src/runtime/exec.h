/* SPDX-License-Identifier: Apache-2.0 */
/* The verb exec. */
#ifndef RTL_RUNTIME_EXEC_H
#define RTL_RUNTIME_EXEC_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_exec() - run one more process in the running container @id
 * @ret_status: its exit status, 128 + signal when it was killed; 0 if detached
 */
int runtime_exec(const struct runtime_options *opts, const char *id,
                 const struct runtime_exec_options *exec, int *ret_status, struct error *err);

#endif
