/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The --user of an exec: numbers, or names of the container's own /etc/passwd and
 * /etc/group. Process: runtime parent; the files are read, nothing of them is run.
 */
#ifndef RTL_RUNTIME_EXEC_USER_H
#define RTL_RUNTIME_EXEC_USER_H

#include <stdbool.h>

#include "common/error.h"
#include "libocispec/oci_config.h"

/* exec_user_needs_root() - does @text hold a name, so that the container's files are needed? */
bool exec_user_needs_root(const char *text);

/*
 * exec_user_id() - @text as an ID
 * @option: for the message
 *
 * Decimal digits and nothing else; the largest 32-bit number is no ID.
 */
int exec_user_id(const char *option, const char *text, uint32_t *ret, struct error *err);

/*
 * exec_user_set() - change @user to what @text says: USER[:GROUP]
 * @owner:   JSON document that lists are allocated in
 * @root_fd: the container's root directory; -1 if exec_user_needs_root() is false
 *
 * What begins with a digit or a sign is a number, anything else a name. A number changes the user
 * alone, or user and group; the name of a user brings its group, and without :GROUP also the groups
 * that list it, in place of those of @user. Nothing that is not understood becomes an ID.
 */
int exec_user_set(void *owner, int root_fd, const char *text, struct oci_user *user,
                  struct error *err);

#endif
