/* SPDX-License-Identifier: Apache-2.0 */
/* See str.h. */
#include "common/str.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"

void str_clear(struct str *str)
{
	cleanup_free(&str->s);
	*str = (struct str){0};
}

void str_reserve(struct str *str, size_t n)
{
	size_t need = str->len + n + 1;
	size_t cap = str->cap ? str->cap : 64;

	if (need <= str->cap)
		return;
	while (cap < need)
		cap *= 2;
	str->s = mem_realloc(str->s, cap, 1);
	str->cap = cap;
}

void str_append_n(struct str *str, const char *s, size_t n)
{
	str_reserve(str, n);
	memcpy(str->s + str->len, s, n);
	str->len += n;
	str->s[str->len] = '\0';
}

void str_append(struct str *str, const char *s)
{
	str_append_n(str, s, strlen(s));
}

void str_append_char(struct str *str, char c)
{
	str_append_n(str, &c, 1);
}

void str_appendf(struct str *str, const char *fmt, ...)
{
	auto_free char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	str_append(str, text);
}

char *str_take(struct str *str)
{
	char *s = str->s ? str->s : mem_strdup("");

	*str = (struct str){0};
	return s;
}

int str_to_uint(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (str_is_empty(s))
		return -1;
	for (; *s; s++) {
		unsigned digit = (unsigned)(unsigned char)*s - '0';

		if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return -1;
	}
	if (value > max)
		return -1;
	*ret = value;
	return 0;
}

int str_to_int(const char *s, int *ret)
{
	bool negative = s && s[0] == '-';
	uint64_t value;

	if (str_to_uint(negative ? s + 1 : s, negative ? (uint64_t)INT_MAX + 1 : INT_MAX, &value) <
	    0)
		return -1;
	*ret = (int)(negative ? -(int64_t)value : (int64_t)value);
	return 0;
}

bool str_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_is_empty(const char *s)
{
	return !s || !s[0];
}
