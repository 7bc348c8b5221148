/* SPDX-License-Identifier: Apache-2.0 */
/* The execution domain of this process. personality(2). */
#ifndef RTL_KERNEL_PERSONALITY_H
#define RTL_KERNEL_PERSONALITY_H

#include "common/error.h"

/* personality_set() - take on @persona, a PER_* domain; the next execve keeps it. */
int personality_set(unsigned long persona, struct error *err);

#endif
