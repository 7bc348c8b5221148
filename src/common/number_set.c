/* SPDX-License-Identifier: Apache-2.0 */
/* See number_set.h. */
#include "common/number_set.h"

#include <string.h>

#include "common/mem.h"
#include "common/str.h"

#define LONG_BITS (8 * sizeof(unsigned long))

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " ");
	len = strlen(text);
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
	return text;
}

static int add_member(const char *text, struct number_set *set, struct error *err)
{
	auto_free char *copy = mem_strdup(text);
	char *dash = strchr(copy, '-');
	uint64_t first;
	uint64_t last;

	if (dash)
		*dash++ = '\0';
	if (str_to_uint(trim(copy), NUMBER_SET_MAX - 1, &first) < 0 ||
	    str_to_uint(trim(dash ? dash : copy), NUMBER_SET_MAX - 1, &last) < 0)
		return error_set(err, ERR_INVALID,
		                 "\"%s\" is no number below %d and no range of such numbers", text,
		                 NUMBER_SET_MAX);
	if (first > last)
		return error_set(err, ERR_INVALID, "\"%s\" goes down", text);
	for (; first <= last; first++)
		set->bits[first / LONG_BITS] |= 1UL << first % LONG_BITS;
	return 0;
}

int number_set_parse(const char *text, struct number_set *ret, struct error *err)
{
	auto_free char *copy = mem_strdup(text);
	char *rest = copy;

	*ret = (struct number_set){0};
	while (rest) {
		char *member = strsep(&rest, ",");

		if (add_member(trim(member), ret, err) < 0)
			return -1;
	}
	return 0;
}

void number_set_fill(struct number_set *set)
{
	memset(set->bits, 0xff, sizeof(set->bits));
}

bool number_set_has(const struct number_set *set, unsigned n)
{
	return n < NUMBER_SET_MAX && set->bits[n / LONG_BITS] >> n % LONG_BITS & 1;
}
