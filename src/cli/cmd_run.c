/* SPDX-License-Identifier: Apache-2.0 */
/* rtl run. */
#include <unistd.h>

#include "cli/command.h"
#include "cli/create_options.h"
#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/create.h"
#include "runtime/id.h"

struct run_options {
	struct runtime_create_options create;
	bool no_subreaper;
};

#define RUN(member) offsetof(struct run_options, member)
static const struct option run_options[] = {
	CREATE_OPTIONS,
	{"detach", 'd', OPTION_FLAG, NULL, RUN(create.is_detached),
         "return when the program runs, not when it ends", NULL},
	{"keep", 0, OPTION_FLAG, NULL, RUN(create.is_kept),
         "keep the stopped container until rtl delete", NULL},
	{"print-id", 0, OPTION_FLAG, NULL, RUN(create.prints_id),
         "print the ID on standard output before the container starts", NULL},
	{"no-subreaper", 0, OPTION_FLAG, NULL, RUN(no_subreaper),
         "accepted for runc's callers, changes nothing", NULL},
	{0},
};

/* "rtl run bundle" means the container "bundle" in the bundle here: say so if that was not meant.
 */
static int explain_missing_bundle(const struct runtime_create_options *create, const char *name,
                                  struct error *err)
{
	auto_free char *config = mem_printf("%s/config.json", name);

	if (err->kind == ERR_NOT_FOUND && !create->bundle && access(config, R_OK) == 0)
		error_append(err, " (for the bundle %s/ write: rtl run %s/)", name, name);
	return -1;
}

static int run_run(const struct args *args, struct error *err)
{
	struct run_options *options = args->options;
	const char *name = args->v[0];
	struct id made_up;
	int status = 0;

	if (create_options_is_bundle(name)) {
		if (options->create.bundle)
			return error_set(err, ERR_INVALID, "two bundles given: %s and --bundle %s",
			                 name, options->create.bundle);
		options->create.bundle = name;
		if (id_make(&made_up, err) < 0)
			return -1;
		name = made_up.s;
	} else if (id_check(name, err) < 0) {
		return -1;
	}
	if (runtime_run(args->runtime, name, &options->create, &status, err) < 0)
		return explain_missing_bundle(&options->create, name, err);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.synopsis = "CONTAINER|BUNDLE",
	.summary = "create a container, start it and wait for its end",
	.description = "An argument with a \"/\", or \".\" or \"..\", is the bundle, and the\n"
		       "container gets an ID of its own; anything else is the ID. The exit\n"
		       "status is the container's, or 128 and the signal that killed it.\n",
	.options = run_options,
	.options_size = sizeof(struct run_options),
	.min_args = 1,
	.max_args = 1,
	.run = run_run,
};
