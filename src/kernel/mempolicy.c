/* SPDX-License-Identifier: Apache-2.0 */
/* See mempolicy.h. */
#include "kernel/mempolicy.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int mempolicy_set(int mode, const struct number_set *nodes, struct error *err)
{
	/* The kernel takes one bit less than it is told of. */
	if (syscall(SYS_set_mempolicy, mode, nodes ? nodes->bits : NULL,
	            nodes ? NUMBER_SET_MAX + 1UL : 0) == 0)
		return 0;
	return error_errno(err, "set the memory policy");
}
