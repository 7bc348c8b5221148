/* SPDX-License-Identifier: Apache-2.0 */
/* rtl list. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/state.h"
#include "runtime/state_entry.h"

/* In the order of list_formats. */
enum list_format { LIST_TABLE, LIST_JSON };

struct list_options {
	bool is_quiet;
	int format;
};

static const char *const list_formats[] = {"table", "json", NULL};

static const struct option list_options[] = {
	{"format", 'f', OPTION_WORD, "FORMAT", offsetof(struct list_options, format),
         "table (default) or json", list_formats},
	{"quiet", 'q', OPTION_FLAG, NULL, offsetof(struct list_options, is_quiet),
         "print only the IDs", NULL},
	{0},
};

static void append_ids(const struct state_entry *entries, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++)
		str_appendf(out, "%s\n", entries[i].id);
}

static void append_table(const struct state_entry *entries, size_t n, struct str *out)
{
	enum { COLUMNS = 6 };
	auto_free const char **cells = mem_calloc((n + 1) * COLUMNS, sizeof(*cells));
	auto_free char(*pids)[12] = mem_calloc(n + 1, sizeof(*pids));
	const char *const header[COLUMNS] = {"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"};

	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = header[i];
	for (size_t i = 0; i < n; i++) {
		const char **row = cells + (i + 1) * COLUMNS;

		snprintf(pids[i], sizeof(pids[i]), "%d", entries[i].pid);
		row[0] = entries[i].id;
		row[1] = pids[i];
		row[2] = entries[i].status;
		row[3] = entries[i].bundle;
		row[4] = entries[i].created;
		row[5] = entries[i].owner;
	}
	output_format_table(cells, n + 1, COLUMNS, out);
}

static void append_json(const struct state_entry *entries, size_t n, struct str *out)
{
	str_append_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			str_append_char(out, ',');
		json_write(&state_entry_type, &entries[i], NULL, out);
	}
	str_append(out, "]\n");
}

static int list_run(const struct args *args, struct error *err)
{
	const struct list_options *options = args->options;
	auto_str struct str out = {0};
	auto_free struct state_entry *entries = NULL;
	struct state *states = NULL;
	size_t n = 0;

	if (state_list(args->runtime, &states, &n, err) < 0)
		return -1;
	entries = mem_calloc(n + 1, sizeof(*entries));
	for (size_t i = 0; i < n; i++)
		entries[i] = state_entry_make(&states[i]);
	str_append(&out, "");
	if (options->is_quiet)
		append_ids(entries, n, &out);
	else if (options->format == LIST_JSON)
		append_json(entries, n, &out);
	else
		append_table(entries, n, &out);
	for (size_t i = 0; i < n; i++)
		free((char *)entries[i].owner);
	state_list_free(states, n);
	return output_write(out.s, err);
}

const struct command cmd_list = {
	.name = "list",
	.synopsis = "",
	.summary = "list the containers",
	.options = list_options,
	.options_size = sizeof(struct list_options),
	.run = list_run,
};
