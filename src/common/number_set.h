/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of small numbers, such as CPUs and NUMA nodes: written as "0-3,7", handed to the kernel
 * as a bitmap of longs.
 */
#ifndef RTL_COMMON_NUMBER_SET_H
#define RTL_COMMON_NUMBER_SET_H

#include <stdbool.h>

#include "common/error.h"

/* As many as any kernel has CPUs; it has fewer nodes. */
#define NUMBER_SET_MAX 8192

struct number_set {
	unsigned long bits[NUMBER_SET_MAX / (8 * sizeof(unsigned long))];
};

/*
 * number_set_parse() - read a list of numbers and ranges; spaces around them are passed over
 * @ret: filled with just those numbers
 * Return: 0; ERR_INVALID for an empty list, an empty member, a range that goes down, or a number
 *         that is none or not below NUMBER_SET_MAX; the message begins with the member.
 */
int number_set_parse(const char *text, struct number_set *ret, struct error *err);

/* number_set_fill() - all numbers. */
void number_set_fill(struct number_set *set);

/* number_set_has() - is @n in @set? */
bool number_set_has(const struct number_set *set, unsigned n);

#endif
