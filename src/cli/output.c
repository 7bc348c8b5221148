/* SPDX-License-Identifier: Apache-2.0 */
/* See output.h. */
#include "cli/output.h"

#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"

/* As runc has it: scripts cut the columns by these. */
#define MIN_WIDTH 12
#define GAP 3

int output_write(const char *text, struct error *err)
{
	if (file_write_all(STDOUT_FILENO, text, strlen(text)) < 0)
		return error_errno(err, "write standard output");
	return 0;
}

/* Characters, not bytes: those of UTF-8 that do not continue one. */
static size_t text_width(const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += ((unsigned char)*s & 0xc0) != 0x80;
	return width;
}

static size_t *column_widths(const char *const *cells, size_t n_rows, size_t n_columns)
{
	size_t *widths = mem_calloc(n_columns, sizeof(*widths));

	for (size_t column = 0; column < n_columns; column++) {
		widths[column] = MIN_WIDTH;
		for (size_t row = 0; row < n_rows; row++) {
			size_t needed = text_width(cells[row * n_columns + column]) + GAP;

			if (needed > widths[column])
				widths[column] = needed;
		}
	}
	return widths;
}

void output_format_table(const char *const *cells, size_t n_rows, size_t n_columns, struct str *out)
{
	auto_free size_t *widths = column_widths(cells, n_rows, n_columns);

	for (size_t row = 0; row < n_rows; row++) {
		size_t missing = 0;

		for (size_t column = 0; column < n_columns; column++) {
			const char *cell = cells[row * n_columns + column];

			for (; missing > 0; missing--)
				str_append_char(out, ' ');
			str_append(out, cell);
			missing = widths[column] - text_width(cell);
		}
		str_append_char(out, '\n');
	}
}
