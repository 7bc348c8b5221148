/* SPDX-License-Identifier: Apache-2.0 */
/* rtl delete. */
#include "cli/command.h"
#include "runtime/delete.h"

struct delete_options {
	bool is_forced;
};

static const struct option delete_options[] = {
	{"force", 'f', OPTION_FLAG, NULL, offsetof(struct delete_options, is_forced),
         "kill the container first if it runs; no error if there is none", NULL},
	{0},
};

static int delete_run(const struct args *args, struct error *err)
{
	const struct delete_options *options = args->options;

	return runtime_delete(args->runtime, args->v[0], options->is_forced, err);
}

const struct command cmd_delete = {
	.name = "delete",
	.synopsis = "CONTAINER",
	.summary = "remove a stopped container",
	.options = delete_options,
	.options_size = sizeof(struct delete_options),
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = delete_run,
};
