/* SPDX-License-Identifier: Apache-2.0 */
/* The config.json to begin with, and the version of the specification. */
#ifndef RTL_RUNTIME_SPEC_H
#define RTL_RUNTIME_SPEC_H

#include <stdbool.h>

#include "common/error.h"
#include "common/str.h"

/* What this runtime implements, and the oldest it reads. */
#define SPEC_VERSION "1.3.0"
#define SPEC_VERSION_MIN "1.0.0"

/**
 * spec_format() - append a default config.json to @out
 * @is_rootless: for an ordinary user: a user namespace that maps the caller's IDs to 0, the
 *               host's network and /sys, no resources
 *
 * sh on a terminal as root, few capabilities, no_new_privs, in a read-only "rootfs".
 */
void spec_format(bool is_rootless, struct str *out);

/**
 * spec_write() - write that to a new file
 * @bundle: an existing directory; NULL for the working directory
 * @file:   path of the file, below the bundle unless it is absolute; NULL for config.json
 *
 * Return: 0, or -1 with ERR_EXISTS when the file is there, or the file's error. On
 *         failure no new file is left.
 */
int spec_write(const char *bundle, const char *file, bool is_rootless, struct error *err);

#endif
