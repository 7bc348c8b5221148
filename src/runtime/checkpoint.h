/* SPDX-License-Identifier: Apache-2.0 */
/* The verb checkpoint: a running container into files, by criu(8). */
#ifndef RTL_RUNTIME_CHECKPOINT_H
#define RTL_RUNTIME_CHECKPOINT_H

#include "common/error.h"
#include "runtime/criu_setup.h"
#include "runtime/options.h"

/* Said on the command line; borrowed. */
struct runtime_checkpoint_options {
	struct criu_settings criu;
	const char *parent_path; /* images of an earlier --pre-dump, relative to the image path */
	const char *page_server; /* ADDRESS:PORT */
	const char *status_fd;   /* gets a NUL byte when lazy pages can be fetched; NULL: none */
	bool leave_running;
	bool pre_dump;
	bool tcp_skip_in_flight;
	bool link_remap;
};

/*
 * runtime_checkpoint() - write running container @id to the image directory
 *
 * Unless it is left running (or this is a pre-dump) the container is removed afterwards, with its
 * cgroup and poststop hooks. On failure it goes on as before.
 * Process: runtime parent, which must be root.
 */
int runtime_checkpoint(const struct runtime_options *opts, const char *id,
                       const struct runtime_checkpoint_options *options, struct error *err);

#endif
