/* SPDX-License-Identifier: Apache-2.0 */
/* See subid.h. */
#include "common/subid.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"

/* "owner:first:count" in @line, which is cut up; false if it is anything else. */
static bool parse_line(char *line, const char *name, const char *uid, struct subid_range *ret)
{
	char *first = strchr(line, ':');
	char *count = first ? strchr(first + 1, ':') : NULL;
	uint64_t first_value;
	uint64_t count_value;

	if (!count)
		return false;
	*first++ = '\0';
	*count++ = '\0';
	if (strcmp(line, uid) != 0 && (!name || strcmp(line, name) != 0))
		return false;
	if (str_to_uint(first, UINT32_MAX, &first_value) < 0 ||
	    str_to_uint(count, UINT32_MAX, &count_value) < 0 || !count_value ||
	    first_value + count_value > UINT32_MAX)
		return false;
	*ret = (struct subid_range){(uint32_t)first_value, (uint32_t)count_value};
	return true;
}

size_t subid_find(const char *text, const char *name, uint32_t uid, struct subid_range *ret,
                  size_t max)
{
	auto_free char *copy = mem_strdup(text);
	char uid_text[16];
	char *save = NULL;
	size_t n = 0;

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	for (char *line = strtok_r(copy, "\n", &save); line && n < max;
	     line = strtok_r(NULL, "\n", &save)) {
		if (parse_line(line, name, uid_text, &ret[n]))
			n++;
	}
	return n;
}
