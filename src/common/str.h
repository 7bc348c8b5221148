/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing string, and the strict conversions of text to numbers. The buffer is
 * always terminated; a zeroed struct is an empty string without memory.
 */
#ifndef RTL_COMMON_STR_H
#define RTL_COMMON_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct str {
	char *s; /* NULL until something was appended */
	size_t len;
	size_t cap;
};

/* str_clear() - release the buffer; the string is empty again. */
void str_clear(struct str *str);

#define auto_str auto_call(str_clear)

/* str_append() - append the terminated @s. */
void str_append(struct str *str, const char *s);

/* str_append_n() - append @n bytes. */
void str_append_n(struct str *str, const char *s, size_t n);

/* str_append_char() - append one byte. */
void str_append_char(struct str *str, char c);

/* str_appendf() - append formatted text. */
void str_appendf(struct str *str, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* str_reserve() - make room for @n more bytes and the terminator. */
void str_reserve(struct str *str, size_t n);

/* str_take() - move the buffer out, never NULL; the caller frees it. */
char *str_take(struct str *str);

/*
 * str_to_uint() - parse all of @s as an unsigned decimal not above @max.
 * Return: 0, or -1 (nothing else is accepted: no sign, space, base prefix or rest).
 */
int str_to_uint(const char *s, uint64_t max, uint64_t *ret);

/* str_to_int() - parse all of @s as a decimal int with an optional minus sign; 0 or -1. */
int str_to_int(const char *s, int *ret);

/* str_has_prefix() - does @s begin with @prefix? */
bool str_has_prefix(const char *s, const char *prefix);

/* str_is_empty() - is @s NULL or ""? */
bool str_is_empty(const char *s);

#endif
