/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Socket activation: descriptors from 3 on that the caller's LISTEN_FDS announces go to the
 * container's program. sd_listen_fds(3). Process: runtime parent.
 */
#ifndef RTL_RUNTIME_ACTIVATION_H
#define RTL_RUNTIME_ACTIVATION_H

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/init/init.h"

/*
 * activation_take() - announce the caller's sockets to the program of @config
 *
 * Sets LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID in process.env, and ctx->listen_pid, which the
 * init fills with its PID. Nothing is done where LISTEN_PID names another process.
 * Return: how many there are; -1 if LISTEN_FDS is no number or announces more than is open.
 */
int activation_take(struct oci_config *config, struct init_ctx *ctx, struct error *err);

/* activation_set_env() - put @setting (NAME=VALUE, of @config's memory) into process.env. */
void activation_set_env(struct oci_config *config, char *setting);

#endif
