/* SPDX-License-Identifier: Apache-2.0 */
/* Bind mounts of config.json. Process: container init, before pivot_root. */
#ifndef RTL_RUNTIME_INIT_BIND_H
#define RTL_RUNTIME_INIT_BIND_H

#include "common/error.h"
#include "runtime/init/init.h"

/*
 * bind_open() - open the source of ctx->mounts[@number], O_PATH
 *
 * What the user namespace's root may not reach, the parent opens for it with the caller's rights,
 * in this mount namespace (STEP_SOURCE). Return: a descriptor the caller closes, or -1.
 */
int bind_open(const struct init_ctx *ctx, size_t number, struct error *err);

/*
 * bind_attach() - bind @source_fd onto @mount's destination, which is made if it is missing; with
 *                 copy-symlink, make a source that is a link again
 */
int bind_attach(const struct init_ctx *ctx, const struct init_mount *mount, int source_fd,
                struct error *err);

#endif
