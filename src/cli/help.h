/* SPDX-License-Identifier: Apache-2.0 */
/* Help, made from the command records. */
#ifndef RTL_CLI_HELP_H
#define RTL_CLI_HELP_H

#include "cli/command.h"
#include "common/str.h"

/* help_format() - append the help of @command, or of rtl itself if that is NULL, to @out. */
void help_format(const struct command *command, struct str *out);

/*
 * help_format_option() - append "-b, --bundle DIR" for @option to @out; as the manual pages
 * have it too
 */
void help_format_option(const struct option *option, struct str *out);

/* help_print() - print what help_format() makes; 0 or -1. */
int help_print(const struct command *command, struct error *err);

#endif
