/* SPDX-License-Identifier: Apache-2.0 */
/* rtl help. */
#include "cli/command.h"
#include "cli/help.h"

static int help_run(const struct args *args, struct error *err)
{
	const struct command *command = args->n ? command_find(args->v[0]) : NULL;

	if (args->n && !command)
		return error_set(err, ERR_INVALID, "unknown command %s (see rtl --help)",
		                 args->v[0]);
	return help_print(command, err);
}

const struct command cmd_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "explain rtl or one of its commands",
	.max_args = 1,
	.run = help_run,
};
