/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mem.h. This is the one place below main.c that ends the process: rtl makes
 * no attempt to go on without memory.
 */
#include "common/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *mem_check(void *p)
{
	static const char text[] = "rtl: out of memory\n";

	if (p)
		return p;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

void *mem_calloc(size_t n, size_t size)
{
	return mem_check(calloc(n ? n : 1, size));
}

void *mem_zalloc(size_t size)
{
	return mem_calloc(1, size);
}

void *mem_realloc(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		mem_check(NULL);
	return mem_check(realloc(p, bytes ? bytes : 1));
}

char *mem_strdup(const char *s)
{
	return s ? mem_check(strdup(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
	return mem_check(strndup(s, n));
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return mem_check(s);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

void mem_strv_free(char **strv)
{
	int saved = errno;

	for (size_t i = 0; strv && strv[i]; i++)
		free(strv[i]);
	free(strv);
	errno = saved;
}

void mem_strv_cleanup(char ***strv)
{
	mem_strv_free(*strv);
}
