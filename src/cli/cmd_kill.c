/* SPDX-License-Identifier: Apache-2.0 */
/* rtl kill. */
#include "cli/command.h"
#include "kernel/signal.h"
#include "runtime/kill.h"

struct kill_options {
	bool to_all;
};

static const struct option kill_options[] = {
	{"all", 'a', OPTION_FLAG, NULL, offsetof(struct kill_options, to_all),
         "send it to all processes of the container", NULL},
	{0},
};

static int kill_run(const struct args *args, struct error *err)
{
	const struct kill_options *options = args->options;
	const char *name = args->n > 1 ? args->v[1] : "TERM";
	int sig = signal_parse(name);

	if (sig < 0)
		return error_set(err, ERR_INVALID, "unknown signal %s", name);
	return runtime_kill(args->runtime, args->v[0], sig, options->to_all, err);
}

const struct command cmd_kill = {
	.name = "kill",
	.synopsis = "CONTAINER [SIGNAL]",
	.summary = "send a signal to the container's init process",
	.description = "SIGNAL is a name, with or without SIG, or a number; without it, TERM.\n",
	.options = kill_options,
	.options_size = sizeof(struct kill_options),
	.min_args = 1,
	.max_args = 2,
	.takes_id = true,
	.run = kill_run,
};
