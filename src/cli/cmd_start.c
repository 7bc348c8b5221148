/* SPDX-License-Identifier: Apache-2.0 */
/* rtl start. */
#include "cli/command.h"
#include "runtime/start.h"

static int start_run(const struct args *args, struct error *err)
{
	return runtime_start(args->runtime, args->v[0], err);
}

const struct command cmd_start = {
	.name = "start",
	.synopsis = "CONTAINER",
	.summary = "run the program of a created container",
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = start_run,
};
