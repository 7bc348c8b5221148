/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts of memory and lengths of time as command lines write them. */
#ifndef RTL_COMMON_SIZE_H
#define RTL_COMMON_SIZE_H

#include <stdint.h>

/*
 * size_parse() - bytes of "512M": a number, perhaps with a fraction, a blank, and a unit of
 * k, m, g, t or p (of 1024), b, kb or kib, in either case
 * Return: 0, or -1 if it is none, or more than INT64_MAX.
 */
int size_parse(const char *s, int64_t *ret_bytes);

/*
 * size_parse_duration() - nanoseconds of "1m30.5s", as Go's time.ParseDuration reads it
 * Return: 0, or -1 if it is none, or more than INT64_MAX.
 */
int size_parse_duration(const char *s, int64_t *ret_ns);

#endif
