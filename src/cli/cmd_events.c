/* SPDX-License-Identifier: Apache-2.0 */
/* rtl events. */
#include "cli/command.h"
#include "cli/output.h"
#include "common/size.h"
#include "common/str.h"
#include "runtime/events.h"

#define DEFAULT_INTERVAL_NS INT64_C(5000000000)

struct events_options {
	const char *interval;
	bool is_once;
};

static const struct option events_options[] = {
	{"interval", 0, OPTION_STRING, "TIME", offsetof(struct events_options, interval),
         "time between two stats events, such as 100ms; 5s by default", NULL},
	{"stats", 0, OPTION_FLAG, NULL, offsetof(struct events_options, is_once),
         "print one stats event, and no other", NULL},
	{0},
};

static int print_event(void *data, const char *line, struct error *err)
{
	(void)data;
	return output_write(line, err);
}

static int events_run(const struct args *args, struct error *err)
{
	const struct events_options *options = args->options;
	struct events_request request = {
		.interval_ns = DEFAULT_INTERVAL_NS,
		.is_once = options->is_once,
		.on_event = print_event,
	};

	if (options->interval && size_parse_duration(options->interval, &request.interval_ns) < 0)
		return error_set(err, ERR_INVALID,
		                 "events: --interval: expected a time such as 5s or 100ms, got %s",
		                 options->interval);
	if (request.interval_ns <= 0)
		return error_set(err, ERR_INVALID, "events: --interval: %s is not more than 0",
		                 options->interval);
	return runtime_events(args->runtime, args->v[0], &request, err);
}

const struct command cmd_events = {
	.name = "events",
	.synopsis = "CONTAINER",
	.summary = "print what a container uses, and when it runs out of memory",
	.description = "A line of JSON for each event, until the container ends.\n",
	.options = events_options,
	.options_size = sizeof(struct events_options),
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = events_run,
};
