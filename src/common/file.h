/* SPDX-License-Identifier: Apache-2.0 */
/* Whole small files: read, written, replaced. All descriptors are CLOEXEC. */
#ifndef RTL_COMMON_FILE_H
#define RTL_COMMON_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

/*
 * file_read() - all of the file @path below @dirfd (AT_FDCWD for the working directory)
 * @max_bytes: a larger file is ERR_LIMIT
 * @ret:       contents with a terminating NUL behind them; caller frees
 * Return: length in bytes, or -1.
 */
ssize_t file_read(int dirfd, const char *path, size_t max_bytes, char **ret, struct error *err);

/* file_read_fd() - as file_read() from an open descriptor; @name is for the message. */
ssize_t file_read_fd(int fd, const char *name, size_t max_bytes, char **ret, struct error *err);

/* file_write() - one write() of the string @text to the existing file @path below @dirfd. */
int file_write(int dirfd, const char *path, const char *text, struct error *err);

/* file_write_all() - write @n bytes to @fd, going on after short writes and EINTR; 0 or -1, errno.
 */
int file_write_all(int fd, const void *data, size_t n);

/*
 * file_replace() - put @n bytes into @path below @dirfd so that a reader sees the old file or
 * the new one: written beside it as ".NAME.new", then renamed. Not synced to disk: for tmpfs.
 */
int file_replace(int dirfd, const char *path, const void *data, size_t n, mode_t mode,
                 struct error *err);

/* file_remove_tree() - remove @name below @dirfd and what it holds, following no link; 0 or -1. */
int file_remove_tree(int dirfd, const char *name, struct error *err);

#endif
