/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount option tmpcopyup: a tmpfs is filled with the directory that it covers.
 * Process: container init.
 */
#ifndef RTL_RUNTIME_INIT_COPY_UP_H
#define RTL_RUNTIME_INIT_COPY_UP_H

#include "common/error.h"

/*
 * copy_up_tree() - copy what is below @from_fd to @to_fd, both directories open for reading
 * @to_fd: seen by nobody else yet
 * @path:  of the directory, for messages
 *
 * Modes, owners, times, extended attributes and device nodes are copied as far as the process has
 * the right to make them: a file whose owner cannot be kept loses its set-ID bits. Links are
 * copied, never followed: whatever the tree holds, and whoever changes it meanwhile, nothing
 * outside it is read. A tree of more than COPY_UP_MAX_DEPTH levels is ERR_LIMIT.
 */
int copy_up_tree(int from_fd, int to_fd, const char *path, struct error *err);

/* copy_up_attributes() - give the root of the copy the owner and times of the covered directory. */
int copy_up_attributes(int from_fd, int to_fd, const char *path, struct error *err);

#define COPY_UP_MAX_DEPTH 128

#endif
