/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion scripts for shells, made from the command records: what a record gets, the
 * scripts have. Each completes commands, options, their values, container IDs (which it asks
 * `rtl list -q` for, with the --root of the line), directories and files.
 */
#ifndef RTL_CLI_COMPLETION_H
#define RTL_CLI_COMPLETION_H

#include "cli/command.h"
#include "common/error.h"
#include "common/str.h"

/* What may stand in a place of the command line. */
enum completion_kind {
	COMPLETION_NONE,    /* anything: nothing is offered */
	COMPLETION_FILE,    /* a file */
	COMPLETION_DIR,     /* a directory */
	COMPLETION_ID,      /* a container */
	COMPLETION_BUNDLE,  /* a container, or a directory */
	COMPLETION_COMMAND, /* a command of rtl */
	COMPLETION_WORDS,   /* one of a vocabulary */
};

/* completion_option_kind() - what is the value of @option, which is no flag? */
enum completion_kind completion_option_kind(const struct option *option);

/* completion_argument_kind() - what is the first argument of @command? */
enum completion_kind completion_argument_kind(const struct command *command);

/*
 * completion_append_words() - append what is offered for COMPLETION_WORDS or COMPLETION_COMMAND,
 *                             with spaces between
 * @words: vocabulary, NULL-terminated; NULL for the names of the commands
 */
void completion_append_words(const char *const *words, struct str *out);

/* The words of `rtl completion`, NULL-terminated. */
extern const char *const completion_shells[];

/*
 * completion_format() - append the script for @shell, one of completion_shells
 * Return: 0, or -1 with ERR_INVALID for another shell.
 */
int completion_format(const char *shell, struct str *out, struct error *err);

/* completion_bash() - append the script for bash. */
void completion_bash(struct str *out);

/* completion_zsh() - append the script for zsh. */
void completion_zsh(struct str *out);

/* completion_fish() - append the script for fish. */
void completion_fish(struct str *out);

#endif
