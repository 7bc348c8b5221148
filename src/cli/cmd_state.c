/* SPDX-License-Identifier: Apache-2.0 */
/* rtl state. */
#include "cli/command.h"
#include "cli/output.h"
#include "common/cleanup.h"
#include "common/str.h"
#include "runtime/state.h"
#include "runtime/state_entry.h"

static int state_run(const struct args *args, struct error *err)
{
	auto_state struct state state = {.root_fd = -1, .dir_fd = -1, .pidfd = -1};
	auto_str struct str text = {0};
	auto_free char *json = NULL;

	if (state_open(args->runtime, args->v[0], &state, err) < 0)
		return -1;
	json = state_entry_format(&state);
	str_appendf(&text, "%s\n", json);
	return output_write(text.s, err);
}

const struct command cmd_state = {
	.name = "state",
	.synopsis = "CONTAINER",
	.summary = "print the state of a container as JSON",
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = state_run,
};
