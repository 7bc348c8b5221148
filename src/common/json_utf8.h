/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON reader and writer need to know of UTF-8 (RFC 3629). */
#ifndef RTL_COMMON_JSON_UTF8_H
#define RTL_COMMON_JSON_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * json_utf8_sequence() - length of the well-formed sequence at @s, looking at no more
 * than @len bytes. Return: 1 to 4; 0 if there is none (overlong forms, surrogates and
 * values above U+10FFFF are not well-formed).
 */
size_t json_utf8_sequence(const char *s, size_t len);

/* json_utf8_is_valid() - are the @len bytes of @s well-formed throughout? */
bool json_utf8_is_valid(const char *s, size_t len);

#endif
