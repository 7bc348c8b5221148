/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a command line, described by tables. A row says the names, the name of
 * the argument, the help text, and where in the command's own options struct the
 * value goes; the parser, the help (help.c) and the check of the manual pages
 * (tests/unit/test_command.c) read the same rows. There are no option variables.
 *
 * Accepted as in getopt_long(3) and Go's flag package, so that callers of runc and crun need
 * no change: --name VALUE, --name=VALUE, -name, -n VALUE, -nVALUE, -n=VALUE, -abc for flags,
 * --flag=true and --flag=false, and "--" as the end of options.
 */
#ifndef RTL_CLI_OPTION_H
#define RTL_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_STRING, /* const char *, borrowed from argv; the last one given counts */
	OPTION_LIST,   /* struct option_list; each one given is appended */
	OPTION_UINT,   /* unsigned, decimal, at most OPTION_UINT_MAX */
	OPTION_WORD,   /* int: index of the value in the row's words */
};

/* Leaves room to add a few without overflow of an int. */
#define OPTION_UINT_MAX 1073741823

/* The values of a repeatable option; strings borrowed from argv. */
struct option_list {
	const char **v;
	size_t n;
};

/* One option. A table ends with a row without name. */
struct option {
	const char *name; /* long name, without dashes */
	char letter;      /* short name, or 0 */
	enum option_kind kind;
	const char *argument;     /* how help and manual call its value; NULL for a flag */
	size_t offset;            /* of the value in the options struct */
	const char *help;         /* one line, lower case, no full stop */
	const char *const *words; /* OPTION_WORD: NULL-terminated vocabulary */
};

/* --help, which every table has without a row for it. */
extern const struct option option_help;

/**
 * option_parse() - parse arguments by a table
 * @table:      rows; NULL for none
 * @is_ordered: the first argument that is not an option ends the options
 * @argc:       number of arguments, without the command's name
 * @argv:       them, NULL-terminated; what is no option is moved to the front
 * @options:    struct of the table, zeroed or with defaults; lists are released
 *              with option_clear(), also after a failure
 * @ret_help:   set when --help or -h was met; the rest is then not parsed
 *
 * Return: number of arguments now in front of @argv, NULL behind them; or -1 with
 *         ERR_INVALID.
 */
int option_parse(const struct option *table, bool is_ordered, int argc, char **argv, void *options,
                 bool *ret_help, struct error *err);

/* option_clear() - release the lists in @options, a struct of @table; accepts NULL for both. */
void option_clear(const struct option *table, void *options);

/* option_find() - the row called @name in @table, --help included; NULL if there is none. */
const struct option *option_find(const struct option *table, const char *name);

#endif
