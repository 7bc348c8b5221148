/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership by scope. A variable marked auto_* is released when its scope ends,
 * whatever way it ends; ownership leaves it only through the *_take() functions.
 * Every release keeps errno, so that a failure can be reported after it.
 */
#ifndef RTL_COMMON_CLEANUP_H
#define RTL_COMMON_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Release a variable with FN, which takes its address, when its scope ends: use enough. */
#define auto_call(fn) __attribute__((cleanup(fn), unused))

/* cleanup_free() - free the pointer that @p points to; keeps errno. */
static inline void cleanup_free(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

/* cleanup_fd() - close the descriptor at @p unless it is negative; keeps errno. */
static inline void cleanup_fd(int *p)
{
	int saved = errno;

	if (*p >= 0)
		close(*p);
	errno = saved;
}

/* cleanup_stream() - fclose the stream at @p unless it is NULL; keeps errno. */
static inline void cleanup_stream(FILE **p)
{
	int saved = errno;

	if (*p)
		fclose(*p);
	errno = saved;
}

/* cleanup_dir() - closedir the stream at @p unless it is NULL; keeps errno. */
static inline void cleanup_dir(DIR **p)
{
	int saved = errno;

	if (*p)
		closedir(*p);
	errno = saved;
}

#define auto_free auto_call(cleanup_free)
#define auto_fd auto_call(cleanup_fd)
#define auto_stream auto_call(cleanup_stream)
#define auto_dir auto_call(cleanup_dir)

/* fd_take() - move the descriptor out of @fd; the caller closes it. */
static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* fd_close() - close @fd now, before its scope ends; -1 is accepted. */
static inline void fd_close(int *fd)
{
	cleanup_fd(fd);
	*fd = -1;
}

/* ptr_take() - move the pointer out of @p, an lvalue; the caller frees it. */
#define ptr_take(p)                                                                                \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

#endif
