/* SPDX-License-Identifier: Apache-2.0 */
/* rtl ps. */
#include "cli/command.h"
#include "cli/output.h"
#include "common/cleanup.h"
#include "common/str.h"
#include "runtime/caller.h"
#include "runtime/process_table.h"
#include "runtime/ps.h"
#include "runtime/ps_program.h"

/* In the order of ps_formats. */
enum ps_format { PS_TABLE, PS_JSON };

struct ps_options {
	int format;
};

static const char *const ps_formats[] = {"table", "json", NULL};

static const struct option ps_options[] = {
	{"format", 'f', OPTION_WORD, "FORMAT", offsetof(struct ps_options, format),
         "table (default) or json", ps_formats},
	{0},
};

static void append_json(const pid_t *pids, size_t n, struct str *out)
{
	str_append_char(out, '[');
	for (size_t i = 0; i < n; i++)
		str_appendf(out, "%s%d", i ? "," : "", pids[i]);
	str_append(out, "]\n");
}

static int append_table(char *const *ps_args, const pid_t *pids, size_t n, struct str *out,
                        struct error *err)
{
	auto_free char *text = NULL;

	if (ps_program_run(ps_args, &text, err) == 0)
		return ps_program_filter(text, pids, n, out, err);
	if (err->kind != ERR_UNSUPPORTED || ps_args[0])
		return -1;
	return process_table_format(caller_get()->proc_fd, pids, n, out, err);
}

static int ps_run(const struct args *args, struct error *err)
{
	const struct ps_options *options = args->options;
	auto_str struct str out = {0};
	auto_free pid_t *pids = NULL;
	size_t n = 0;

	if (runtime_ps(args->runtime, args->v[0], &pids, &n, err) < 0)
		return -1;
	if (options->format == PS_JSON)
		append_json(pids, n, &out);
	else if (append_table(args->v + 1, pids, n, &out, err) < 0)
		return -1;
	return output_write(out.s, err);
}

const struct command cmd_ps = {
	.name = "ps",
	.synopsis = "CONTAINER [PS-OPTION...]",
	.summary = "list the processes of a container",
	.description = "What follows CONTAINER are options of the host's ps, in place of -ef.\n",
	.options = ps_options,
	.options_size = sizeof(struct ps_options),
	.min_args = 1,
	.max_args = COMMAND_ANY,
	.is_ordered = true,
	.takes_id = true,
	.run = ps_run,
};
