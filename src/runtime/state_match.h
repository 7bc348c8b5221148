/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that act on every container whose ID matches (--regex). */
#ifndef RTL_RUNTIME_STATE_MATCH_H
#define RTL_RUNTIME_STATE_MATCH_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * state_match() - call @act for every container whose ID matches @pattern somewhere
 * @pattern: an extended regular expression, regex(7)
 *
 * All are tried; what is gone meanwhile is no error, and that none matches is none either.
 * Return: 0, or -1 with ERR_INVALID for the pattern, or with the first error of @act; further ones
 *         are warnings.
 */
int state_match(const struct runtime_options *opts, const char *pattern,
                int (*act)(void *data, const char *id, struct error *err), void *data,
                struct error *err);

#endif
