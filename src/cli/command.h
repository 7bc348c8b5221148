/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands. Each is a record; the dispatcher, the help and the check of the manual
 * pages read it, and nothing about a command stands anywhere else.
 *
 * To add the command "stats", make five edits. A test or `make lint` fails if one is missing:
 *  1. src/cli/cmd_stats.c: the record cmd_stats and its function
 *  2. COMMAND_LIST below: X(stats)
 *  3. src/cli/Makemodule.am: the new file (`make sources` does it)
 *  4. docs/man/rtl-stats.1: NAME, SYNOPSIS and OPTIONS as the record has them, and the list
 *     of commands in docs/man/rtl.1
 *  5. bats/runtime/stats.bats
 */
#ifndef RTL_CLI_COMMAND_H
#define RTL_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/option.h"
#include "common/error.h"
#include "runtime/options.h"

/* In the order of `rtl --help`. */
#define COMMAND_LIST(X)                                                                            \
	X(run)                                                                                     \
	X(create)                                                                                  \
	X(start)                                                                                   \
	X(exec)                                                                                    \
	X(ps)                                                                                      \
	X(pause)                                                                                   \
	X(resume)                                                                                  \
	X(update)                                                                                  \
	X(mounts)                                                                                  \
	X(events)                                                                                  \
	X(kill)                                                                                    \
	X(delete)                                                                                  \
	X(state)                                                                                   \
	X(list)                                                                                    \
	X(checkpoint)                                                                              \
	X(restore)                                                                                 \
	X(spec)                                                                                    \
	X(features)                                                                                \
	X(completion)                                                                              \
	X(help)

/* What a command's function is given. Everything is borrowed. */
struct args {
	const struct runtime_options *runtime; /* from the global options */
	void *options;                         /* the command's struct, filled by its table */
	char **v;                              /* arguments that are no options, NULL-terminated */
	size_t n;
};

struct command {
	const char *name;
	const char *synopsis;         /* arguments, as help and manual show them; "" for none */
	const char *summary;          /* one line, lower case, no full stop */
	const char *description;      /* further lines of the help; NULL for none */
	const struct option *options; /* NULL for none */
	size_t options_size;          /* of the struct that the table fills */
	size_t min_args;
	size_t max_args; /* COMMAND_ANY: no limit */
	bool is_ordered; /* nothing behind the first argument is an option */
	bool takes_id;   /* the first argument is a container's ID, and is checked before run() */
	/* Return: the exit status, 0 or more; or -1. */
	int (*run)(const struct args *args, struct error *err);
};

#define COMMAND_ANY ((size_t)-1)

#define COMMAND_DECLARE_(name) extern const struct command cmd_##name;
COMMAND_LIST(COMMAND_DECLARE_)

/* All commands, NULL behind the last. */
extern const struct command *const command_table[];

/* The options before the command. */
extern const struct option command_global_options[];

/* command_find() - the record of the command called @name; NULL if there is none. */
const struct command *command_find(const char *name);

/**
 * command_main() - run the command line
 * @argc: as main() has it
 * @argv: as main() has it; is rearranged
 *
 * Opens the log. Errors of a malformed command line name the help to look at.
 *
 * Process: runtime parent.
 * Return:  exit status, or -1 with the error for main.c to report.
 */
int command_main(int argc, char **argv, struct error *err);

#endif
