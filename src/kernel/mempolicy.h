/* SPDX-License-Identifier: Apache-2.0 */
/* On which NUMA nodes the memory of this process lies. set_mempolicy(2). */
#ifndef RTL_KERNEL_MEMPOLICY_H
#define RTL_KERNEL_MEMPOLICY_H

#include "common/error.h"
#include "common/number_set.h"

/* Modes and flags that Debian 12's linux/mempolicy.h may lack. */
#define MEMPOLICY_PREFERRED_MANY 5
#define MEMPOLICY_WEIGHTED_INTERLEAVE 6

/*
 * mempolicy_set() - allocate by @mode, an MPOL_* number with its MPOL_F_* flags, from now on
 * @nodes: NULL for none
 * Children and the program executed next inherit it. ERR_UNSUPPORTED without CONFIG_NUMA.
 */
int mempolicy_set(int mode, const struct number_set *nodes, struct error *err);

#endif
