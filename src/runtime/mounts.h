/* SPDX-License-Identifier: Apache-2.0 */
/* The verb mounts. Process: runtime parent. */
#ifndef RTL_RUNTIME_MOUNTS_H
#define RTL_RUNTIME_MOUNTS_H

#include <stdbool.h>

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_mounts() - add the mounts of @file to the running container @id, or remove them
 * @file: JSON, an array of mounts as config.json has them, or an object with such a member "mounts"
 *
 * Relative sources are relative to the bundle. The first failure ends it; what was added before
 * stays.
 */
int runtime_mounts(const struct runtime_options *opts, const char *id, const char *file,
                   bool is_removal, struct error *err);

#endif
