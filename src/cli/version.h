/* SPDX-License-Identifier: Apache-2.0 */
/* What `rtl --version` prints. */
#ifndef RTL_CLI_VERSION_H
#define RTL_CLI_VERSION_H

#include "common/error.h"

/*
 * version_print() - print version, specification and what this build holds; 0 or -1
 *
 * Read by programs: Docker takes the last line with the word "version" in it, containerd lines
 * that begin with "spec: ", Podman shows all of it.
 */
int version_print(struct error *err);

#endif
