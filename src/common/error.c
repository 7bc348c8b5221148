/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling struct error. Nothing here allocates: it works in a child after clone()
 * and when memory is short. A message that does not fit is cut at its end.
 */
#include "common/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	err->kind = kind;
	err->errnum = 0;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return -1;
}

static enum error_kind kind_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case ENOSYS:
	case EOPNOTSUPP:
		return ERR_UNSUPPORTED;
	default:
		return ERR_SYSTEM;
	}
}

int error_errno(struct error *err, const char *fmt, ...)
{
	int errnum = errno;
	va_list ap;

	err->kind = kind_of_errno(errnum);
	err->errnum = errnum;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return error_append(err, ": %s", strerror(errnum));
}

int error_wrap(struct error *err, const char *fmt, ...)
{
	char inner[sizeof(err->msg)];
	size_t used;
	va_list ap;

	memcpy(inner, err->msg, sizeof(inner));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
	return -1;
}

int error_append(struct error *err, const char *fmt, ...)
{
	size_t used = strnlen(err->msg, sizeof(err->msg) - 1);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->msg + used, sizeof(err->msg) - used, fmt, ap);
	va_end(ap);
	return -1;
}

int error_exit_status(const struct error *err)
{
	if (err->kind == ERR_EXEC_NOT_FOUND)
		return 127;
	return err->kind == ERR_EXEC_DENIED ? 126 : 1;
}
