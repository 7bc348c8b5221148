/* SPDX-License-Identifier: Apache-2.0 */
/* rtl kill. */
#include "cli/command.h"
#include "kernel/signal.h"
#include "runtime/id.h"
#include "runtime/kill.h"
#include "runtime/state_match.h"

struct kill_options {
	bool to_all;
	bool is_regex;
};

static const struct option kill_options[] = {
	{"all", 'a', OPTION_FLAG, NULL, offsetof(struct kill_options, to_all),
         "send it to all processes of the container", NULL},
	{"regex", 'r', OPTION_FLAG, NULL, offsetof(struct kill_options, is_regex),
         "CONTAINER is a regular expression: act on every ID that matches", NULL},
	{0},
};

struct kill_request {
	const struct runtime_options *runtime;
	int sig;
	bool to_all;
};

static int kill_one(void *data, const char *id, struct error *err)
{
	const struct kill_request *request = data;

	return runtime_kill(request->runtime, id, request->sig, request->to_all, err);
}

static int kill_run(const struct args *args, struct error *err)
{
	const struct kill_options *options = args->options;
	const char *name = args->n > 1 ? args->v[1] : "TERM";
	int sig = signal_parse(name);
	struct kill_request request;

	if (sig < 0)
		return error_set(err, ERR_INVALID, "unknown signal %s", name);
	request = (struct kill_request){args->runtime, sig, options->to_all};
	if (options->is_regex)
		return state_match(args->runtime, args->v[0], kill_one, &request, err);
	return id_check(args->v[0], err) < 0 ? -1 : kill_one(&request, args->v[0], err);
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
	.run = kill_run,
};
