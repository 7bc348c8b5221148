/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts added to and removed from a running container. Process: a child made for this. */
#ifndef RTL_RUNTIME_INIT_MOUNTS_CHANGE_H
#define RTL_RUNTIME_INIT_MOUNTS_CHANGE_H

#include <stdbool.h>

#include "runtime/init/init.h"

/*
 * mounts_change_main() - put @mounts into the container of ctx->container, or take them away
 * @mounts: ctx->n_mounts of them; finished trees may stand in tree_fd
 *
 * The mounts are made where the container has no say, then the container's mount namespace is
 * entered, where destinations are resolved once below its root. A failure goes home over the
 * channel; its end without one is success.
 */
__attribute__((noreturn)) void mounts_change_main(struct init_ctx *ctx, struct init_mount *mounts,
                                                  bool is_removal);

#endif
