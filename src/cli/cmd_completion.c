/* SPDX-License-Identifier: Apache-2.0 */
/* rtl completion. */
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/output.h"
#include "common/str.h"

static int completion_run(const struct args *args, struct error *err)
{
	auto_str struct str text = {0};

	if (completion_format(args->v[0], &text, err) < 0)
		return -1;
	return output_write(text.s, err);
}

const struct command cmd_completion = {
	.name = "completion",
	.synopsis = "SHELL",
	.summary = "print a completion script for a shell",
	.description = "SHELL is bash, zsh or fish. For this session of bash:\n"
		       "  source <(rtl completion bash)\n",
	.min_args = 1,
	.max_args = 1,
	.run = completion_run,
};
