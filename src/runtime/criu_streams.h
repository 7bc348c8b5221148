/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's standard streams that come from its caller. They are no part of a
 * dump, so that a restore must be told which new one stands for which old one. A pipe has
 * the name that /proc has for it; the names are recorded when the container is made, for
 * its program may put pipes of its own there later. A file outside of the container
 * (/dev/null of the host, a log) is told by its mount, and has a name of criu's.
 */
#ifndef RTL_RUNTIME_CRIU_STREAMS_H
#define RTL_RUNTIME_CRIU_STREAMS_H

#include <stddef.h>

#include "common/error.h"
#include "runtime/criu_rpc.h"
#include "runtime/criu_setup.h"
#include "runtime/state.h"

#define CRIU_STREAMS_N 3

/* criu_streams_record() - put the names of our own streams, which the container gets, into @record.
 */
void criu_streams_record(struct state_record *record);

/*
 * criu_streams_save() - tell @setup of the streams, and a later restore by descriptors.json
 *
 * The file is runc's: an array of three names in the image directory.
 */
int criu_streams_save(const struct state_record *record, struct criu_setup *setup,
                      struct error *err);

/* What stands for the old streams; fds are 0 to 2. */
struct criu_streams {
	char *text; /* of descriptors.json; the keys lie in it */
	struct criu_rpc_fd fds[CRIU_STREAMS_N];
	size_t n;
};

/* criu_streams_load() - read descriptors.json; a dump without one has none of them. */
int criu_streams_load(struct criu_streams *ret, int image_fd, struct error *err);

/*
 * criu_streams_parse() - find the names in @streams.text, which is cut up
 * Return: 0, or -1 with ERR_INVALID if it is no array of strings.
 */
int criu_streams_parse(struct criu_streams *streams, struct error *err);

#endif
