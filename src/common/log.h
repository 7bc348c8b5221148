/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of one process: text or JSON lines to a file (--log) or to stderr.
 * JSON lines are {"level":…,"msg":…,"time":RFC 3339}, which is what containerd's
 * shim reads an error from. Errors are reported by main.c only; the rest of the
 * code says warnings and debug lines. Never called in a child after clone().
 */
#ifndef RTL_COMMON_LOG_H
#define RTL_COMMON_LOG_H

#include <stdbool.h>

#include "common/error.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

/*
 * log_open() - send log lines to @path (appended to, made 0644 if missing), or to
 * stderr if @path is NULL. Lines less important than @level are dropped.
 *
 * As with crun, "file:PATH" is a file, "journald:NAME" the journal and "syslog:NAME" /dev/log,
 * where the lines are NAME's and @format is not looked at; @path is then borrowed.
 *
 * Return: 0, or -1 with the reason.
 */
int log_open(const char *path, enum log_format format, enum log_level level, struct error *err);

/* log_level_parse() - "error", "warn"/"warning", "info", "debug" to a level; -1 if unknown. */
int log_level_parse(const char *name);

/* log_to_file() - do lines go to a file (so that an error must also be said on stderr)? */
bool log_to_file(void);

/* log_fd() - the log file's descriptor, or -1: a child that keeps descriptors must spare it. */
int log_fd(void);

/* log_print() - one line at @level; without a trailing newline. */
void log_print(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_warn(...) log_print(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_print(LOG_DEBUG, __VA_ARGS__)

#endif
