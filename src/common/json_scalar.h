/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yajl's callbacks for values that hold no others. @ctx is the struct json_reader; they
 * return 1, or 0 with the error set.
 */
#ifndef RTL_COMMON_JSON_SCALAR_H
#define RTL_COMMON_JSON_SCALAR_H

#include "common/json_reader.h"

/* json_scalar_check() - is the text, which messages call @what, fit for a C string? */
int json_scalar_check(struct json_reader *r, const char *s, size_t len, const char *what);

/* json_scalar_string() - a string, plain or of an enum. */
int json_scalar_string(void *ctx, const unsigned char *bytes, size_t len);

/* json_scalar_number() - a number, of which integers alone have a place. */
int json_scalar_number(void *ctx, const char *s, size_t len);

/* json_scalar_boolean() - true or false. */
int json_scalar_boolean(void *ctx, int value);

/*
 * json_scalar_null() - null. Go writes it for an empty slice, map or pointer: it stands for
 * the absence of a member that need not be there.
 */
int json_scalar_null(void *ctx);

#endif
