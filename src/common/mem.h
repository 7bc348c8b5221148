/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that cannot fail: when memory is out, the process ends with a line on
 * stderr and status 1. Everything returned is released with free().
 */
#ifndef RTL_COMMON_MEM_H
#define RTL_COMMON_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "common/cleanup.h"

/* mem_zalloc() - @size bytes of zeros. */
void *mem_zalloc(size_t size);

/* mem_calloc() - @n members of @size bytes, zeroed; an overflowing product ends the process. */
void *mem_calloc(size_t n, size_t size);

/* mem_realloc() - resize @p to @n members of @size bytes; new bytes are not zeroed. */
void *mem_realloc(void *p, size_t n, size_t size);

/* mem_strdup() - copy of @s; NULL gives NULL. */
char *mem_strdup(const char *s);

/* mem_strndup() - copy of at most @n bytes of @s, terminated. */
char *mem_strndup(const char *s, size_t n);

/* mem_printf() - formatted string on the heap. */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* mem_vprintf() - as mem_printf() with an argument list. */
char *mem_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* mem_strv_free() - free a NULL-terminated vector of strings and the vector; NULL is accepted. */
void mem_strv_free(char **strv);

/* mem_strv_cleanup() - for auto_strv. */
void mem_strv_cleanup(char ***strv);

#define auto_strv auto_call(mem_strv_cleanup)

/* mem_array_grow() - make room for one more member in @array, of which @n are in use; doubles. */
#define mem_array_grow(array, n)                                                                   \
	do {                                                                                       \
		if (((n) & ((n)-1)) == 0)                                                          \
			(array) = mem_realloc((array), (n) ? (n)*2 : 1, sizeof(*(array)));         \
	} while (0)

#endif
