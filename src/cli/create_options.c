/* SPDX-License-Identifier: Apache-2.0 */
/* See create_options.h. */
#include "cli/create_options.h"

#include <string.h>

bool create_options_is_bundle(const char *argument)
{
	return strchr(argument, '/') || strcmp(argument, ".") == 0 || strcmp(argument, "..") == 0;
}
