/* SPDX-License-Identifier: Apache-2.0 */
/* Subordinate IDs that /etc/subuid and /etc/subgid grant. subuid(5), subgid(5). */
#ifndef RTL_COMMON_SUBID_H
#define RTL_COMMON_SUBID_H

#include <stddef.h>
#include <stdint.h>

struct subid_range {
	uint32_t first;
	uint32_t count;
};

/*
 * subid_find() - ranges that @text, the contents of such a file, grants to a user
 * @name: user name, may be NULL
 * @uid:  his ID, which may stand in place of the name
 * @ret:  at most @max ranges in the file's order; lines that are no grant are passed over
 * Return: how many were found.
 */
size_t subid_find(const char *text, const char *name, uint32_t uid, struct subid_range *ret,
                  size_t max);

#endif
