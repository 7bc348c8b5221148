/* SPDX-License-Identifier: Apache-2.0 */
/* See help.h. Layout: names start in column 2, texts behind the longest name. */
#include "cli/help.h"

#include <ctype.h>
#include <string.h>

#include "cli/output.h"

#define INDENT "  "
/* Keeps long options below each other when only some have a letter. */
#define NO_LETTER "    "

void help_format_option(const struct option *option, struct str *out)
{
	if (option->letter)
		str_appendf(out, "-%c, ", option->letter);
	str_appendf(out, "--%s", option->name);
	if (option->argument)
		str_appendf(out, " %s", option->argument);
}

static size_t option_width(const struct option *option)
{
	return sizeof(NO_LETTER) - 1 + 2 + strlen(option->name) +
	       (option->argument ? 1 + strlen(option->argument) : 0);
}

static void append_spaces(struct str *out, size_t n)
{
	while (n--)
		str_append_char(out, ' ');
}

static void append_option(const struct option *option, size_t width, struct str *out)
{
	str_append(out, INDENT);
	if (!option->letter)
		str_append(out, NO_LETTER);
	help_format_option(option, out);
	append_spaces(out, width - option_width(option) + 2);
	str_append(out, option->help);
	if (option->kind == OPTION_LIST)
		str_append(out, "; may be repeated");
	str_append_char(out, '\n');
}

static void append_options(const char *title, const struct option *table, struct str *out)
{
	size_t width = option_width(&option_help);

	for (const struct option *option = table; option && option->name; option++) {
		if (option_width(option) > width)
			width = option_width(option);
	}
	str_appendf(out, "\n%s:\n", title);
	for (const struct option *option = table; option && option->name; option++)
		append_option(option, width, out);
	append_option(&option_help, width, out);
}

static void append_commands(struct str *out)
{
	size_t width = 0;

	for (size_t i = 0; command_table[i]; i++) {
		if (strlen(command_table[i]->name) > width)
			width = strlen(command_table[i]->name);
	}
	str_append(out, "\nCommands:\n");
	for (size_t i = 0; command_table[i]; i++) {
		str_appendf(out, INDENT "%s", command_table[i]->name);
		append_spaces(out, width - strlen(command_table[i]->name) + 2);
		str_appendf(out, "%s\n", command_table[i]->summary);
	}
}

static void format_main(struct str *out)
{
	str_append(out, "Usage: rtl [OPTION...] COMMAND [ARGUMENT...]\n\n"
	                "Run containers from OCI bundles.\n");
	append_commands(out);
	append_options("Options, before the command", command_global_options, out);
	str_append(out, "\nrtl COMMAND --help or rtl help COMMAND explains a command.\n");
}

void help_format(const struct command *command, struct str *out)
{
	if (!command) {
		format_main(out);
		return;
	}
	str_appendf(out, "Usage: rtl %s [OPTION...]%s%s\n\n", command->name,
	            *command->synopsis ? " " : "", command->synopsis);
	str_appendf(out, "%c%s.\n", toupper((unsigned char)command->summary[0]),
	            command->summary + 1);
	if (command->description)
		str_appendf(out, "\n%s", command->description);
	append_options("Options", command->options, out);
}

int help_print(const struct command *command, struct error *err)
{
	auto_str struct str text = {0};

	help_format(command, &text);
	return output_write(text.s, err);
}
