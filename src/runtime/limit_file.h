/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the files of cgroup directories, and putting their earlier values back.
 * Process: runtime parent.
 */
#ifndef RTL_RUNTIME_LIMIT_FILE_H
#define RTL_RUNTIME_LIMIT_FILE_H

#include <stddef.h>

#include "common/cleanup.h"

/* What stood in a file before it was written. */
struct limit_file_value {
	int dir_fd; /* borrowed */
	char *file;
	char *text;
};

/* In the order of the writes. */
struct limit_file_undo {
	struct limit_file_value *v;
	size_t n;
};

/*
 * limit_file_write() - write a value, each line of it with a write(2) of its own
 * @files: "a|b": b where a is missing
 * @text:  alternatives parted by '|' as the files; one may stand for all
 * @undo:  earlier values are appended; NULL: they are not wanted
 * Return: 0, or -1 with errno.
 */
int limit_file_write(int dir_fd, const char *files, const char *text, struct limit_file_undo *undo);

/* limit_file_undo() - write all earlier values, the last one first; what fails is passed over. */
void limit_file_undo(struct limit_file_undo *undo);

/* limit_file_undo_clear() - release @undo; nothing is written. */
void limit_file_undo_clear(struct limit_file_undo *undo);

#define auto_limit_file_undo auto_call(limit_file_undo_clear)

#endif
