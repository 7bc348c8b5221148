/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of option tables. */
#include <stddef.h>

#include "cli/option.h"
#include "test.h"

struct values {
	bool is_loud;
	bool is_quick;
	const char *dir;
	struct option_list env;
	unsigned count;
	int format;
};

static const char *const formats[] = {"table", "json", NULL};

static const struct option table[] = {
	{"loud", 'l', OPTION_FLAG, NULL, offsetof(struct values, is_loud), "", NULL},
	{"quick", 'q', OPTION_FLAG, NULL, offsetof(struct values, is_quick), "", NULL},
	{"dir", 'd', OPTION_STRING, "DIR", offsetof(struct values, dir), "", NULL},
	{"dir-name", 0, OPTION_STRING, "NAME", offsetof(struct values, dir), "", NULL},
	{"env", 'e', OPTION_LIST, "NAME=VALUE", offsetof(struct values, env), "", NULL},
	{"count", 'c', OPTION_UINT, "N", offsetof(struct values, count), "", NULL},
	{"format", 'f', OPTION_WORD, "FORMAT", offsetof(struct values, format), "", formats},
	{0},
};

/* Parse the arguments, NULL-terminated; what is no option is then in front of argv. */
static int parse(struct values *values, bool is_ordered, const char **argv, struct error *err)
{
	bool is_help;
	int argc = 0;

	*values = (struct values){0};
	while (argv[argc])
		argc++;
	return option_parse(table, is_ordered, argc, (char **)argv, values, &is_help, err);
}

#define PARSE(...) parse(&values, false, argv = (const char *[]){__VA_ARGS__, NULL}, err)

TEST(a_value_may_stand_behind_an_equals_sign_or_in_the_next_argument)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("--dir=/a"), 0);
	EXPECT_STR(values.dir, "/a");
	EXPECT_INT(PARSE("--dir", "/b"), 0);
	EXPECT_STR(values.dir, "/b");
	EXPECT_INT(PARSE("-d", "/c"), 0);
	EXPECT_STR(values.dir, "/c");
	EXPECT_INT(PARSE("-d/d"), 0);
	EXPECT_STR(values.dir, "/d");
	EXPECT_INT(PARSE("-d=/e"), 0);
	EXPECT_STR(values.dir, "/e");
	EXPECT_INT(PARSE("--dir="), 0);
	EXPECT_STR(values.dir, "");
	EXPECT_INT(PARSE("--dir-name", "--loud"), 0);
	EXPECT_STR(values.dir, "--loud");
	EXPECT(!values.is_loud);
}

TEST(flags_cluster_and_take_true_and_false)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("-lqd", "x"), 0);
	EXPECT(values.is_loud && values.is_quick);
	EXPECT_STR(values.dir, "x");
	EXPECT_INT(PARSE("--loud=true", "--quick", "--quick=false"), 0);
	EXPECT(values.is_loud && !values.is_quick);
	EXPECT_INT(PARSE("-l", "-l=0"), 0);
	EXPECT(!values.is_loud);
	EXPECT_ERROR(PARSE("--loud=maybe"), ERR_INVALID,
	             "--loud: expected true or false, got maybe");
}

TEST(a_long_name_behind_one_dash_is_taken_before_letters)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("-quick", "-dir=x"), 0);
	EXPECT(values.is_quick && !values.is_loud);
	EXPECT_STR(values.dir, "x");
	EXPECT_INT(PARSE("-dir-name", "y"), 0);
	EXPECT_STR(values.dir, "y");
	EXPECT_ERROR(PARSE("-quicker"), ERR_INVALID, "unknown option -u");
}

TEST(a_list_keeps_all_values_in_order)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("-e", "A=1", "--env=B=2", "-eC=3"), 0);
	EXPECT_INT(values.env.n, 3);
	EXPECT_STR(values.env.v[0], "A=1");
	EXPECT_STR(values.env.v[1], "B=2");
	EXPECT_STR(values.env.v[2], "C=3");
	option_clear(table, &values);
	EXPECT_INT(values.env.n, 0);
}

TEST(arguments_move_to_the_front_and_options_may_follow_them)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("one", "--loud", "two", "-", "--", "--quick"), 4);
	EXPECT(values.is_loud && !values.is_quick);
	EXPECT_STR(argv[0], "one");
	EXPECT_STR(argv[1], "two");
	EXPECT_STR(argv[2], "-");
	EXPECT_STR(argv[3], "--quick");
	EXPECT(!argv[4]);
}

TEST(in_an_ordered_command_nothing_behind_the_first_argument_is_an_option)
{
	struct values values;
	const char *argv[] = {"-l", "id", "ls", "-q", "--", "--nope", NULL};

	EXPECT_INT(parse(&values, true, argv, err), 5);
	EXPECT(values.is_loud && !values.is_quick);
	EXPECT_STR(argv[0], "id");
	EXPECT_STR(argv[2], "-q");
	EXPECT_STR(argv[3], "--");
	EXPECT_STR(argv[4], "--nope");
	EXPECT(!argv[5]);
}

TEST(an_unknown_option_is_named)
{
	struct values values;
	const char **argv;

	EXPECT_ERROR(PARSE("--nope=1"), ERR_INVALID, "unknown option --nope");
	EXPECT_ERROR(PARSE("--di"), ERR_INVALID, "unknown option --di");
	EXPECT_ERROR(PARSE("--loudest"), ERR_INVALID, "unknown option --loudest");
	EXPECT_ERROR(PARSE("-lx"), ERR_INVALID, "unknown option -x");
	EXPECT_ERROR(PARSE("--=x"), ERR_INVALID, "unknown option --");
}

TEST(a_missing_value_is_named)
{
	struct values values;
	const char **argv;

	EXPECT_ERROR(PARSE("--dir"), ERR_INVALID, "option --dir needs a value (DIR)");
	EXPECT_ERROR(PARSE("-le"), ERR_INVALID, "option --env needs a value (NAME=VALUE)");
}

TEST(a_number_is_checked)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("--count", "17"), 0);
	EXPECT_INT(values.count, 17);
	EXPECT_ERROR(PARSE("-c", "1x"), ERR_INVALID, "--count: expected a number, got 1x");
	EXPECT_ERROR(PARSE("-c", "-1"), ERR_INVALID, "--count: expected a number, got -1");
	EXPECT_ERROR(PARSE("-c", ""), ERR_INVALID, "--count: expected a number, got ");
	EXPECT_ERROR(PARSE("-c", "4294967296"), ERR_INVALID,
	             "--count: expected a number, got 4294967296");
}

TEST(a_word_is_one_of_its_vocabulary)
{
	struct values values;
	const char **argv;

	EXPECT_INT(PARSE("--format", "json"), 0);
	EXPECT_INT(values.format, 1);
	EXPECT_ERROR(PARSE("-f", "xml"), ERR_INVALID, "--format: expected table or json, got xml");
}

TEST(help_is_known_to_every_table_and_ends_the_parsing)
{
	struct values values = {0};
	const char *argv[] = {"-l", "--help", "--nope", NULL};
	const char *letter[] = {"-qh", NULL};
	bool is_help = false;

	EXPECT_OK(option_parse(table, false, 3, (char **)argv, &values, &is_help, err));
	EXPECT(is_help);
	EXPECT_OK(option_parse(NULL, false, 1, (char **)(const char *[]){"-h", NULL}, NULL,
	                       &is_help, err));
	EXPECT(is_help);
	EXPECT_OK(option_parse(table, false, 1, (char **)letter, &values, &is_help, err));
	EXPECT(is_help);
	EXPECT(option_find(table, "help") == &option_help);
	EXPECT(!option_find(table, "version"));
}
