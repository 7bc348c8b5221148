/* SPDX-License-Identifier: Apache-2.0 */
/* rtl pause. */
#include "cli/command.h"
#include "runtime/pause.h"

static int pause_run(const struct args *args, struct error *err)
{
	return runtime_pause(args->runtime, args->v[0], err);
}

const struct command cmd_pause = {
	.name = "pause",
	.synopsis = "CONTAINER",
	.summary = "stop all processes of a container",
	.description = "They are frozen in their cgroup. A container without one is stopped by\n"
		       "signals, and its state says so (pausedBy).\n",
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = pause_run,
};
