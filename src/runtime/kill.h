/* SPDX-License-Identifier: Apache-2.0 */
/* The verb kill. */
#ifndef RTL_RUNTIME_KILL_H
#define RTL_RUNTIME_KILL_H

#include <stdbool.h>

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_kill() - send signal @sig to the init process of @id, or to all its processes
 *
 * Through a pidfd that was compared with the state. A container that is not created or
 * running is ERR_STATE ("container not running").
 */
int runtime_kill(const struct runtime_options *opts, const char *id, int sig, bool to_all,
                 struct error *err);

#endif
