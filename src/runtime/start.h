/* SPDX-License-Identifier: Apache-2.0 */
/* The verb start. */
#ifndef RTL_RUNTIME_START_H
#define RTL_RUNTIME_START_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_start() - let the init of the created container @id execute its program
 *
 * Returns when the program runs, or with the reason why it could not be executed.
 * ERR_STATE if the container is not created.
 */
int runtime_start(const struct runtime_options *opts, const char *id, struct error *err);

#endif
