/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capability sets as bit masks (bit N is capability number N), and their way into
 * the kernel. Names and system calls come from libcap. capabilities(7).
 */
#ifndef RTL_KERNEL_CAPS_H
#define RTL_KERNEL_CAPS_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* The five sets. */
struct caps_sets {
	uint64_t bounding;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t ambient;
};

/* caps_from_name() - number of "CAP_CHOWN", "cap_chown" or "CHOWN"; -1 if there is none. */
int caps_from_name(const char *name);

/* caps_name() - "CAP_CHOWN" of number @cap into @ret, which holds @size bytes. */
void caps_name(int cap, char *ret, size_t size);

/* caps_permitted() - the permitted set of this process. */
uint64_t caps_permitted(void);

/* caps_last() - the highest capability that the running kernel has. */
int caps_last(void);

/* caps_drop_bounding() - leave only @keep in the bounding set. */
int caps_drop_bounding(uint64_t keep, struct error *err);

/*
 * caps_apply() - set effective, permitted, inheritable and ambient
 *
 * Ambient capabilities must be permitted and inheritable (capabilities(7)).
 */
int caps_apply(const struct caps_sets *sets, struct error *err);

#endif
