/* SPDX-License-Identifier: Apache-2.0 */
/* See caps.h. */
#include "kernel/caps.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "common/cleanup.h"
#include "common/str.h"

static void cap_cleanup(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
#define auto_cap auto_call(cap_cleanup)

int caps_from_name(const char *name)
{
	char full[64];
	cap_value_t value;

	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	/* cap_from_name(3) takes numbers, and stops at what may follow a name in its own lists. */
	if (!isalpha((unsigned char)name[0]) || name[strspn(name, LETTERS)])
		return -1;
	snprintf(full, sizeof(full), "cap_%s", name);
	for (char *p = full; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return cap_from_name(full, &value) < 0 ? -1 : value;
}

void caps_name(int cap, char *ret, size_t size)
{
	char *name = cap_to_name(cap);

	snprintf(ret, size, "%s", name ? name : "CAP_?");
	cap_free(name);
	for (char *p = ret; *p; p++)
		*p = (char)toupper((unsigned char)*p);
}

int caps_last(void)
{
	return cap_max_bits() - 1;
}

uint64_t caps_permitted(void)
{
	auto_cap cap_t caps = cap_get_proc();
	uint64_t mask = 0;
	cap_flag_value_t on;

	for (int i = 0; caps && i <= caps_last(); i++) {
		if (cap_get_flag(caps, i, CAP_PERMITTED, &on) == 0 && on == CAP_SET)
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

int caps_drop_bounding(uint64_t keep, struct error *err)
{
	int last = caps_last();

	for (int i = 0; i <= last; i++) {
		if (keep >> i & 1)
			continue;
		if (cap_drop_bound(i) < 0)
			return error_errno(err, "drop capability %d from the bounding set", i);
	}
	return 0;
}

static int set_flag(cap_t caps, cap_flag_t flag, uint64_t mask)
{
	cap_value_t list[64];
	int n = 0;

	for (int i = 0; i < 64; i++) {
		if (mask >> i & 1)
			list[n++] = i;
	}
	return n ? cap_set_flag(caps, flag, n, list, CAP_SET) : 0;
}

int caps_apply(const struct caps_sets *sets, struct error *err)
{
	auto_cap cap_t caps = cap_init();

	if (!caps || set_flag(caps, CAP_EFFECTIVE, sets->effective) < 0 ||
	    set_flag(caps, CAP_PERMITTED, sets->permitted) < 0 ||
	    set_flag(caps, CAP_INHERITABLE, sets->inheritable) < 0 || cap_set_proc(caps) < 0)
		return error_errno(err, "set capabilities");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_errno(err, "clear ambient capabilities");
	for (int i = 0; i < 64; i++) {
		if ((sets->ambient >> i & 1) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return error_errno(err, "raise ambient capability %d", i);
	}
	return 0;
}
