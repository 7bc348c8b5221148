/* SPDX-License-Identifier: Apache-2.0 */
/* rtl resume. */
#include "cli/command.h"
#include "runtime/pause.h"

static int resume_run(const struct args *args, struct error *err)
{
	return runtime_resume(args->runtime, args->v[0], err);
}

const struct command cmd_resume = {
	.name = "resume",
	.synopsis = "CONTAINER",
	.summary = "let a paused container go on",
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = resume_run,
};
