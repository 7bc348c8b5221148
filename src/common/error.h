/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error type. A function that can fail returns 0 (or a positive result)
 * or -1 with its last parameter filled once, where the failure happened. Callers
 * add context with error_wrap() or pass it up. Only main.c and the API server
 * report errors and turn the kind into an exit or HTTP status.
 */
#ifndef RTL_COMMON_ERROR_H
#define RTL_COMMON_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

enum error_kind {
	ERR_NONE = 0,
	ERR_INVALID,        /* what was asked for is malformed or contradicts itself */
	ERR_NOT_FOUND,      /* a named object does not exist */
	ERR_EXISTS,         /* a name is taken */
	ERR_STATE,          /* the object is in a state that forbids this */
	ERR_DENIED,         /* the kernel or a policy refused the caller */
	ERR_LIMIT,          /* a size, depth or count limit was passed */
	ERR_UNSUPPORTED,    /* this kernel, host or build cannot do it */
	ERR_EXEC_NOT_FOUND, /* the container's executable does not exist: exit status 127 */
	ERR_EXEC_DENIED,    /* it exists and cannot be executed: exit status 126 */
	ERR_SYSTEM,         /* a system call failed for another reason */
};

/* Plain data: usable after clone(), and sent as is over the init channel. */
struct error {
	enum error_kind kind;
	int errnum;    /* errno value, or 0 */
	char msg[512]; /* outermost context first, no newline */
};

/*
 * error_set() - fill @err with @kind and a message. Always returns -1, so that a
 * failure is one statement.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * error_errno() - fill @err from errno: "message: strerror text". ENOENT gives
 * ERR_NOT_FOUND, EEXIST ERR_EXISTS, EACCES and EPERM ERR_DENIED, ENOSYS and
 * EOPNOTSUPP ERR_UNSUPPORTED, the rest ERR_SYSTEM. Always returns -1.
 */
int error_errno(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* error_wrap() - put "context: " before the message. Always returns -1. */
int error_wrap(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* error_append() - put text behind the message, such as the command that mends it. Returns -1. */
int error_append(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* error_exit_status() - the exit status that the command line gives for @err: 127, 126 or 1. */
int error_exit_status(const struct error *err);

#endif
