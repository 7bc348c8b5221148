/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command prints. It is built in memory and written in one go, so that a full
 * disk or a closed pipe is an error of the command and not a half printed line.
 */
#ifndef RTL_CLI_OUTPUT_H
#define RTL_CLI_OUTPUT_H

#include <stddef.h>

#include "common/error.h"
#include "common/str.h"

/* output_write() - print @text, exactly; 0 or -1. */
int output_write(const char *text, struct error *err);

/**
 * output_format_table() - append columns aligned with spaces
 * @cells:     @n_rows rows of @n_columns texts
 * @out:       appended to, a line per row without trailing spaces
 */
void output_format_table(const char *const *cells, size_t n_rows, size_t n_columns,
                         struct str *out);

#endif
