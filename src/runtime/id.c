/* SPDX-License-Identifier: Apache-2.0 */
/* See id.h. */
#include "runtime/id.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* Not isalnum(): the locale has no say. The last four cannot come first. */
static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-";
#define N_FIRST (sizeof(allowed) - 1 - 4)

int id_check(const char *id, struct error *err)
{
	size_t len = strlen(id);
	bool is_first_good = len > 0 && memchr(allowed, id[0], N_FIRST);

	if (len > ID_MAX_BYTES)
		return error_set(err, ERR_INVALID,
		                 "container ID of %zu bytes is too long, at most %d are allowed",
		                 len, ID_MAX_BYTES);
	if (is_first_good && strspn(id, allowed) == len)
		return 0;
	return error_set(err, ERR_INVALID,
	                 "malformed container ID \"%s\": it may hold letters, digits and _.+- and "
	                 "begins with a letter or digit",
	                 id);
}

int id_make(struct id *ret, struct error *err)
{
	unsigned char bytes[(sizeof(ret->s) - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return error_errno(err, "make up a container ID");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(ret->s + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}
