/* SPDX-License-Identifier: Apache-2.0 */
/* fish: a line for each thing that can be completed, on a condition about the line so far. */
#include "cli/completion.h"

/* clang-format off */
static const char fish_functions[] =
"# is the command on the line $argv[1], empty for none yet, with no argument if $argv[2] is given?\n"
"function __rtl_at\n"
"	set -l words (commandline -opc)\n"
"	set -l command\n"
"	set -l n 0\n"
"	set -l skip\n"
"	for word in $words[2..]\n"
"		if set -q skip[1]\n"
"			set -e skip\n"
"			set -l skip\n"
"		else if contains -- \"$command$word\" $__rtl_valued\n"
"			set skip 1\n"
"		else if string match -q -- '-*' $word\n"
"			continue\n"
"		else if test -z \"$command\"\n"
"			set command $word\n"
"		else\n"
"			set n (math $n + 1)\n"
"			test $command = exec; and return 1\n"
"		end\n"
"	end\n"
"	test \"$command\" = \"$argv[1]\"; and begin\n"
"		test -z \"$argv[2]\"; or test $n = 0\n"
"	end\n"
"end\n\n"
"function __rtl_ids\n"
"	set -l words (commandline -opc)\n"
"	set -l root\n"
"	for i in (seq 2 (count $words))\n"
"		if test $words[$i] = --root; and test $i -lt (count $words)\n"
"			set root --root $words[(math $i + 1)]\n"
"		else if string match -q -- '--root=*' $words[$i]\n"
"			set root $words[$i]\n"
"		end\n"
"	end\n"
"	$words[1] $root list -q 2>/dev/null\n"
"end\n\n"
"complete -c rtl -f\n";
/* clang-format on */

/* In single quotes. */
static void append_quoted(const char *text, struct str *out)
{
	str_append_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			str_append_char(out, '\\');
		str_append_char(out, *text);
	}
	str_append_char(out, '\'');
}

static void append_kind(enum completion_kind kind, const char *const *words, struct str *out)
{
	switch (kind) {
	case COMPLETION_FILE:
		str_append(out, " -F");
		break;
	case COMPLETION_DIR:
		str_append(out, " -a '(__fish_complete_directories (commandline -ct))'");
		break;
	case COMPLETION_ID:
		str_append(out, " -a '(__rtl_ids)'");
		break;
	case COMPLETION_BUNDLE:
		str_append(out, " -a '(__rtl_ids; __fish_complete_directories (commandline -ct))'");
		break;
	case COMPLETION_COMMAND:
	case COMPLETION_WORDS:
		str_append(out, " -a '");
		completion_append_words(words, out);
		str_append_char(out, '\'');
		break;
	case COMPLETION_NONE:
		break;
	}
}

static void append_option(const char *command, const struct option *option, struct str *out)
{
	str_appendf(out, "complete -c rtl -n '__rtl_at \"%s\"' -l %s", command, option->name);
	if (option->letter)
		str_appendf(out, " -s %c", option->letter);
	str_append(out, " -d ");
	append_quoted(option->help, out);
	if (option->kind != OPTION_FLAG) {
		enum completion_kind kind = completion_option_kind(option);

		/* a value, and unless it is a file, no file names beside what is offered */
		str_append(out, kind == COMPLETION_FILE ? " -r" : " -x");
		append_kind(kind, option->words, out);
	}
	str_append_char(out, '\n');
}

static void append_options(const char *command, const struct option *table, struct str *out)
{
	for (; table && table->name; table++)
		append_option(command, table, out);
	append_option(command, &option_help, out);
}

/* The options with a value, each with its command in front: the next word is no argument. */
static void append_valued(const char *command, const struct option *table, struct str *out)
{
	for (; table && table->name; table++) {
		if (table->kind == OPTION_FLAG)
			continue;
		str_appendf(out, " %s--%s", command, table->name);
		if (table->letter)
			str_appendf(out, " %s-%c", command, table->letter);
	}
}

static void append_command(const struct command *command, struct str *out)
{
	enum completion_kind kind = completion_argument_kind(command);

	str_appendf(out, "complete -c rtl -n '__rtl_at \"\"' -a %s -d ", command->name);
	append_quoted(command->summary, out);
	str_append_char(out, '\n');
	append_options(command->name, command->options, out);
	if (kind == COMPLETION_NONE)
		return;
	str_appendf(out, "complete -c rtl -n '__rtl_at %s 0'", command->name);
	append_kind(kind, kind == COMPLETION_WORDS ? completion_shells : NULL, out);
	str_append_char(out, '\n');
}

void completion_fish(struct str *out)
{
	str_append(out, "# fish completion of rtl; made by `rtl completion fish`\n\n"
	                "set -g __rtl_valued");
	append_valued("", command_global_options, out);
	for (size_t i = 0; command_table[i]; i++)
		append_valued(command_table[i]->name, command_table[i]->options, out);
	str_append(out, "\n\n");
	str_append(out, fish_functions);
	append_options("", command_global_options, out);
	for (size_t i = 0; command_table[i]; i++)
		append_command(command_table[i], out);
}
