/* SPDX-License-Identifier: Apache-2.0 */
/* rtl create. */
#include "cli/command.h"
#include "cli/create_options.h"
#include "runtime/create.h"
#include "runtime/id.h"

/* Said for runc's and crun's callers; rtl has no subreaper to leave out. */
struct create_options {
	struct runtime_create_options create;
	bool no_subreaper;
};

static const struct option create_options[] = {
	CREATE_OPTIONS,
	{"no-subreaper", 0, OPTION_FLAG, NULL, offsetof(struct create_options, no_subreaper),
         "accepted for runc's callers, changes nothing", NULL},
	{0},
};

static int create_run(const struct args *args, struct error *err)
{
	const struct create_options *options = args->options;
	const char *id = args->v[0];

	if (create_options_is_bundle(id))
		return error_set(err, ERR_INVALID,
		                 "create needs an ID; give the bundle as --bundle %s", id);
	if (id_check(id, err) < 0)
		return -1;
	return runtime_create(args->runtime, id, &options->create, err);
}

const struct command cmd_create = {
	.name = "create",
	.synopsis = "CONTAINER",
	.summary = "create a container from a bundle, to be started later",
	.options = create_options,
	.options_size = sizeof(struct create_options),
	.min_args = 1,
	.max_args = 1,
	.run = create_run,
};
