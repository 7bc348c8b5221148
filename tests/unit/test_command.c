/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command records: the dispatcher, the help, and that every command has its manual page (with
 * the same synopsis and options), its source file and its bats file.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "test.h"

static char *source_path(const char *path)
{
	const char *srcdir = getenv("srcdir");

	return mem_printf("%s/%s", srcdir ? srcdir : ".", path);
}

static int run(const char **argv, struct error *err)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return command_main(argc, (char **)argv, err);
}

#define RUN(...) run((const char *[]){"rtl", __VA_ARGS__, NULL}, err)

TEST(a_command_line_without_a_command_is_refused)
{
	EXPECT_ERROR(run((const char *[]){"rtl", NULL}, err), ERR_INVALID,
	             "no command given (see rtl --help)");
	EXPECT_ERROR(run((const char *[]){NULL}, err), ERR_INVALID,
	             "no command given (see rtl --help)");
	EXPECT_ERROR(RUN("nope"), ERR_INVALID, "unknown command nope (see rtl --help)");
	EXPECT_ERROR(RUN("help", "nope"), ERR_INVALID, "unknown command nope (see rtl --help)");
}

TEST(a_malformed_command_line_names_the_help_to_look_at)
{
	EXPECT_ERROR(RUN("--nope", "run"), ERR_INVALID, "unknown option --nope (see rtl --help)");
	EXPECT_ERROR(RUN("run", "--nope"), ERR_INVALID,
	             "run: unknown option --nope (see rtl run --help)");
	EXPECT_ERROR(RUN("run", "--bundle"), ERR_INVALID,
	             "run: option --bundle needs a value (DIR) (see rtl run --help)");
	EXPECT_ERROR(RUN("kill"), ERR_INVALID,
	             "kill: too few arguments, expected CONTAINER [SIGNAL] (see rtl kill --help)");
	EXPECT_ERROR(RUN("kill", "a", "b", "c"), ERR_INVALID,
	             "kill: unexpected argument c, expected only CONTAINER [SIGNAL] "
	             "(see rtl kill --help)");
	EXPECT_ERROR(RUN("list", "x"), ERR_INVALID,
	             "list: unexpected argument x (see rtl list --help)");
}

TEST(options_in_the_wrong_place_are_explained)
{
	EXPECT_ERROR(RUN("list", "--root=/x"), ERR_INVALID,
	             "list: unknown option --root, which stands before the command "
	             "(see rtl list --help)");
	EXPECT_ERROR(RUN("run", "id", "--root=/x"), ERR_INVALID,
	             "run: unknown option --root, which stands before the command "
	             "(see rtl run --help)");
}

TEST(global_options_are_checked_before_the_command_runs)
{
	EXPECT_ERROR(RUN("--rootless", "maybe", "list"), ERR_INVALID,
	             "--rootless: expected true, false or auto, got maybe");
	EXPECT_ERROR(RUN("--log-level", "loud", "list"), ERR_INVALID,
	             "--log-level: unknown level loud");
	EXPECT_ERROR(RUN("--log-format", "xml", "list"), ERR_INVALID,
	             "--log-format: expected text or json, got xml (see rtl --help)");
	EXPECT_ERROR(RUN("--cgroup-manager", "x", "list"), ERR_INVALID,
	             "--cgroup-manager: expected auto, cgroupfs, systemd or disabled, got x "
	             "(see rtl --help)");
}

TEST(a_malformed_id_reaches_no_operation)
{
	static const char *const commands[] = {"start", "state", "kill", "delete", "create", "run"};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		EXPECT_ERROR(RUN(commands[i], ".x"), ERR_INVALID,
		             "malformed container ID \".x\": it may hold letters, digits and _.+- "
		             "and begins with a letter or digit");
}

TEST(arguments_are_checked_before_the_container_is_looked_for)
{
	EXPECT_ERROR(RUN("kill", "web", "SIGNOPE"), ERR_INVALID, "unknown signal SIGNOPE");
	EXPECT_ERROR(RUN("exec", "web"), ERR_INVALID, "no command given (see rtl exec --help)");
	EXPECT_ERROR(RUN("exec", "-p", "f", "web", "ls"), ERR_INVALID,
	             "both --process and a command given (see rtl exec --help)");
	EXPECT_ERROR(RUN("exec", "-e", "A", "web", "ls"), ERR_INVALID,
	             "--env: expected NAME=VALUE, got A");
	EXPECT_ERROR(RUN("run", "--bundle", "a", "b/"), ERR_INVALID,
	             "two bundles given: b/ and --bundle a");
	EXPECT_ERROR(RUN("create", "b/"), ERR_INVALID,
	             "create needs an ID; give the bundle as --bundle b/");
}

/* Text of roff without fonts and escapes. */
static char *plain(const char *s, size_t len)
{
	struct str out = {0};

	for (const char *end = s + len; s < end; s++) {
		if (*s != '\\') {
			str_append_char(&out, *s);
		} else if (s[1] == 'f' && end - s > 2) {
			s += 2;
		} else if (end - s > 1) {
			str_append_char(&out, *++s);
		}
	}
	return str_take(&out);
}

/* A manual page, as its lines in plain text. */
static char **read_manual(const char *name, struct error *err)
{
	auto_free char *file = mem_printf("docs/man/%s.1", name);
	auto_free char *path = source_path(file);
	auto_free char *text = NULL;
	char **lines = NULL;
	size_t n = 0;
	char *line;

	if (file_read(AT_FDCWD, path, 1 << 20, &text, err) < 0)
		return NULL;
	for (line = text; *line; n++) {
		size_t len = strcspn(line, "\n");

		mem_array_grow(lines, n);
		lines[n] = plain(line, len);
		line += len + (line[len] == '\n');
	}
	mem_array_grow(lines, n);
	lines[n] = NULL;
	return lines;
}

/* The line behind ".SH @title"; NULL if there is no such section. */
static char **find_section(char **lines, const char *title)
{
	auto_free char *heading = mem_printf(".SH %s", title);

	for (; *lines; lines++) {
		if (strcmp(*lines, heading) == 0)
			return lines + 1;
	}
	return NULL;
}

/* The tag of the next .TP of the section, or NULL; @lines moves behind it. */
static const char *next_tag(char ***lines)
{
	for (; *lines && **lines && !str_has_prefix(**lines, ".SH"); ++*lines) {
		if (strcmp(**lines, ".TP") == 0 && (*lines)[1]) {
			*lines += 2;
			return (*lines)[-1];
		}
	}
	return NULL;
}

static void expect_tag(char ***lines, const struct option *option)
{
	auto_str struct str tag = {0};

	help_format_option(option, &tag);
	EXPECT_STR(next_tag(lines), tag.s);
}

/* NAME, SYNOPSIS and OPTIONS of the page are what the record says. */
static void expect_manual(const char *page, const char *summary, const char *synopsis,
                          const struct option *options, struct error *err)
{
	auto_strv char **lines = read_manual(page, err);
	auto_free char *name_line = mem_printf("%s - %s", page, summary);
	char **section;

	REQUIRE_OK(lines);
	section = find_section(lines, "NAME");
	EXPECT_STR(section ? *section : NULL, name_line);
	section = find_section(lines, "SYNOPSIS");
	EXPECT_STR(section ? *section : NULL, synopsis);
	section = find_section(lines, "OPTIONS");
	for (; options && options->name; options++)
		expect_tag(&section, options);
	expect_tag(&section, &option_help);
	EXPECT_STR(next_tag(&section), NULL);
}

TEST(every_command_has_a_manual_page_with_its_synopsis_and_options)
{
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *command = command_table[i];
		auto_free char *page = mem_printf("rtl-%s", command->name);
		auto_free char *synopsis =
			mem_printf("rtl %s [OPTION...]%s%s", command->name,
		                   *command->synopsis ? " " : "", command->synopsis);

		expect_manual(page, command->summary, synopsis, command->options, err);
	}
}

TEST(the_manual_page_of_rtl_has_its_options_and_lists_the_commands)
{
	auto_strv char **lines = NULL;
	char **section;

	expect_manual("rtl", "run containers from OCI bundles",
	              "rtl [OPTION...] COMMAND [ARGUMENT...]", command_global_options, err);
	lines = read_manual("rtl", err);
	REQUIRE_OK(lines);
	section = find_section(lines, "COMMANDS");
	for (size_t i = 0; command_table[i]; i++) {
		auto_free char *tag = mem_printf("rtl-%s(1)", command_table[i]->name);

		EXPECT_STR(next_tag(&section), tag);
		EXPECT_STR(section ? *section : NULL, command_table[i]->summary);
	}
	EXPECT_STR(next_tag(&section), NULL);
}

/* Every PREFIX<name>SUFFIX in the source folder @folder belongs to a command. */
static void expect_only_commands(const char *folder, const char *prefix, const char *suffix)
{
	auto_free char *path = source_path(folder);
	auto_dir DIR *dir = opendir(path);
	struct dirent *entry;

	REQUIRE(dir);
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);
		auto_free char *name = NULL;

		if (!str_has_prefix(entry->d_name, prefix) || len <= strlen(suffix) ||
		    strcmp(entry->d_name + len - strlen(suffix), suffix) != 0)
			continue;
		name = mem_strndup(entry->d_name + strlen(prefix),
		                   len - strlen(prefix) - strlen(suffix));
		if (!command_find(name))
			test_fail(__FILE__, __LINE__, "%s/%s belongs to no command", folder,
			          entry->d_name);
	}
}

TEST(no_source_file_or_manual_page_is_without_a_command)
{
	expect_only_commands("src/cli", "cmd_", ".c");
	expect_only_commands("docs/man", "rtl-", ".1");
}

TEST(every_command_has_a_bats_file)
{
	for (size_t i = 0; command_table[i]; i++) {
		auto_free char *file = mem_printf("bats/runtime/%s.bats", command_table[i]->name);
		auto_free char *path = source_path(file);

		if (access(path, R_OK) < 0)
			test_fail(__FILE__, __LINE__, "%s is missing", file);
	}
}

TEST(every_record_is_complete)
{
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *command = command_table[i];

		EXPECT(command_find(command->name) == command);
		EXPECT(command->run && command->summary && command->synopsis);
		EXPECT(!!command->options == !!command->options_size);
		EXPECT(command->min_args <= command->max_args);
		EXPECT((command->max_args == 0) == !*command->synopsis);
	}
	EXPECT(!command_find("nope"));
}

static void expect_good_table(const struct option *table)
{
	for (const struct option *option = table; option && option->name; option++) {
		EXPECT((option->kind == OPTION_FLAG) == !option->argument);
		EXPECT((option->kind == OPTION_WORD) == !!option->words);
		EXPECT(option_find(table, option->name) == option);
		EXPECT(strcmp(option->name, option_help.name) != 0);
		EXPECT(option->letter != option_help.letter);
		for (const struct option *other = table; other < option; other++)
			EXPECT(!option->letter || other->letter != option->letter);
	}
}

TEST(no_option_of_a_table_hides_another)
{
	expect_good_table(command_global_options);
	for (size_t i = 0; command_table[i]; i++)
		expect_good_table(command_table[i]->options);
}

TEST(help_shows_what_the_record_holds)
{
	auto_str struct str text = {0};

	help_format(&cmd_kill, &text);
	EXPECT_STR(text.s, "Usage: rtl kill [OPTION...] CONTAINER [SIGNAL]\n"
	                   "\n"
	                   "Send a signal to the container's init process.\n"
	                   "\n"
	                   "SIGNAL is a name, with or without SIG, or a number; without it, TERM.\n"
	                   "\n"
	                   "Options:\n"
	                   "  -a, --all    send it to all processes of the container\n"
	                   "  -r, --regex  CONTAINER is a regular expression: act on every ID that "
	                   "matches\n"
	                   "  -h, --help   show this help\n");
}

TEST(help_of_rtl_lists_every_command_and_global_option)
{
	auto_str struct str text = {0};

	help_format(NULL, &text);
	for (size_t i = 0; command_table[i]; i++)
		EXPECT_CONTAINS(text.s, command_table[i]->summary);
	for (const struct option *option = command_global_options; option->name; option++)
		EXPECT_CONTAINS(text.s, option->help);
}
