/* SPDX-License-Identifier: Apache-2.0 */
/* See size.h. Whole part and fraction are exact: no double is in between. */
#include "common/size.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/str.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * "12", "12.5" or ".5" times @unit; NULL if there is no number, or it is too large. A fraction is
 * cut off at a whole unit of the result.
 */
static const char *multiply(const char *s, size_t len, uint64_t unit, int64_t *ret)
{
	uint64_t total = 0, part = 0;
	const char *end = s + len;
	bool has_digits = false;

	for (; s < end && is_digit(*s); s++, has_digits = true)
		if (__builtin_mul_overflow(total, 10, &total) ||
		    __builtin_add_overflow(total, (uint64_t)(*s - '0'), &total))
			return NULL;
	if (__builtin_mul_overflow(total, unit, &total))
		return NULL;
	if (s < end && *s == '.') {
		/* unit is at most 2^50: ten times that is no overflow */
		unsigned __int128 scale = unit;
		unsigned __int128 sum = 0;
		unsigned __int128 divisor = 1;

		for (s++; s < end && is_digit(*s); s++, has_digits = true) {
			if (divisor > (unsigned __int128)1 << 60)
				continue;
			divisor *= 10;
			sum = sum * 10 + (unsigned)(*s - '0');
		}
		part = (uint64_t)(sum * scale / divisor);
	}
	if (!has_digits || __builtin_add_overflow(total, part, &total) || total > INT64_MAX)
		return NULL;
	*ret = (int64_t)total;
	return s;
}

int size_parse(const char *s, int64_t *ret_bytes)
{
	static const char letters[] = "kmgtp";
	size_t len = strspn(s, "0123456789.");
	const char *suffix = s + len + (s[len] == ' ');
	const char *letter = *suffix ? strchr(letters, *suffix | 0x20) : NULL;
	uint64_t unit = letter ? UINT64_C(1) << 10 * (letter - letters + 1) : 1;
	const char *rest = letter ? suffix + 1 : suffix;
	int64_t bytes;

	if (*rest && strcasecmp(rest, "b") != 0 && (!letter || strcasecmp(rest, "ib") != 0))
		return -1;
	if (multiply(s, len, unit, &bytes) != s + len)
		return -1;
	*ret_bytes = bytes;
	return 0;
}

int size_parse_duration(const char *s, int64_t *ret_ns)
{
	/* those that begin like others come first */
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"ns", 1},
		{"us", 1000},
		{"\u00b5s", 1000},
		{"\u03bcs", 1000},
		{"ms", 1000000},
		{"s", 1000000000},
		{"m", UINT64_C(60) * 1000000000},
		{"h", UINT64_C(3600) * 1000000000},
	};
	bool is_negative = *s == '-';
	int64_t total = 0;

	s += *s == '-' || *s == '+';
	if (strcmp(s, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	if (!*s)
		return -1;
	while (*s) {
		size_t len = strspn(s, "0123456789."), i = 0;
		int64_t part;

		while (i < sizeof(units) / sizeof(*units) &&
		       !str_has_prefix(s + len, units[i].name))
			i++;
		if (i == sizeof(units) / sizeof(*units) ||
		    multiply(s, len, units[i].ns, &part) != s + len ||
		    __builtin_add_overflow(total, part, &total))
			return -1;
		s += len + strlen(units[i].name);
	}
	*ret_ns = is_negative ? -total : total;
	return 0;
}
