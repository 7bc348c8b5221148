/* SPDX-License-Identifier: Apache-2.0 */
/* rtl delete. */
#include "cli/command.h"
#include "runtime/delete.h"
#include "runtime/id.h"
#include "runtime/state_match.h"

struct delete_options {
	bool is_forced;
	bool is_regex;
};

static const struct option delete_options[] = {
	{"force", 'f', OPTION_FLAG, NULL, offsetof(struct delete_options, is_forced),
         "kill the container first if it runs; no error if there is none", NULL},
	{"regex", 'r', OPTION_FLAG, NULL, offsetof(struct delete_options, is_regex),
         "CONTAINER is a regular expression: act on every ID that matches", NULL},
	{0},
};

static int delete_one(void *data, const char *id, struct error *err)
{
	const struct args *args = data;
	const struct delete_options *options = args->options;

	return runtime_delete(args->runtime, id, options->is_forced, err);
}

static int delete_run(const struct args *args, struct error *err)
{
	const struct delete_options *options = args->options;

	if (options->is_regex)
		return state_match(args->runtime, args->v[0], delete_one, (void *)args, err);
	return id_check(args->v[0], err) < 0 ? -1 : delete_one((void *)args, args->v[0], err);
}

const struct command cmd_delete = {
	.name = "delete",
	.synopsis = "CONTAINER",
	.summary = "remove a stopped container",
	.options = delete_options,
	.options_size = sizeof(struct delete_options),
	.min_args = 1,
	.max_args = 1,
	.run = delete_run,
};
