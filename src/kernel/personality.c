/* SPDX-License-Identifier: Apache-2.0 */
/* See personality.h. */
#include "kernel/personality.h"

#include <sys/personality.h>

int personality_set(unsigned long persona, struct error *err)
{
	if (personality(persona) < 0)
		return error_errno(err, "set the execution domain");
	return 0;
}
