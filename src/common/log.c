/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See log.h. Each line is one write(), so that processes which share a log file do
 * not mix their lines.
 */
#include "common/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/str.h"

static const char *const level_names[] = {"error", "warning", "info", "debug"};

/* The one log of this process: set up once by log_open(), read by every log call. */
static struct {
	int fd;
	enum log_format format;
	enum log_level level;
} sink = {.fd = -1, .format = LOG_TEXT, .level = LOG_WARN};

int log_open(const char *path, enum log_format format, enum log_level level, struct error *err)
{
	sink.format = format;
	sink.level = level;
	if (!path)
		return 0;
	sink.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	return sink.fd < 0 ? error_errno(err, "open log file %s", path) : 0;
}

int log_level_parse(const char *name)
{
	if (strcmp(name, "warn") == 0)
		return LOG_WARN;
	for (int i = 0; i < (int)(sizeof(level_names) / sizeof(level_names[0])); i++) {
		if (strcmp(name, level_names[i]) == 0)
			return i;
	}
	return -1;
}

bool log_to_file(void)
{
	return sink.fd >= 0;
}

int log_fd(void)
{
	return sink.fd;
}

static void append_json(struct str *line, enum log_level level, const char *msg)
{
	str_appendf(line, "{\"level\":\"%s\",\"msg\":", level_names[level]);
	json_append_string(line, msg);
	str_append(line, ",\"time\":\"");
	str_append(line, clock_now().s);
	str_append(line, "\"}\n");
}

/* To a terminal or script: "rtl: message"; to a file the time and level stand before it. */
static void append_text(struct str *line, enum log_level level, const char *msg)
{
	if (sink.fd >= 0) {
		str_appendf(line, "%s %s ", clock_now().s, level_names[level]);
	} else {
		str_append(line, "rtl: ");
		if (level != LOG_ERROR)
			str_appendf(line, "%s: ", level_names[level]);
	}
	/* One line, and nothing that a terminal would take as a command, whatever a name holds. */
	for (const char *p = msg; *p; p++)
		str_append_char(line, (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p);
	str_append_char(line, '\n');
}

void log_print(enum log_level level, const char *fmt, ...)
{
	auto_str struct str line = {0};
	auto_free char *msg = NULL;
	va_list ap;

	if (level > sink.level)
		return;
	va_start(ap, fmt);
	msg = mem_vprintf(fmt, ap);
	va_end(ap);
	if (sink.format == LOG_JSON)
		append_json(&line, level, msg);
	else
		append_text(&line, level, msg);
	(void)!write(sink.fd >= 0 ? sink.fd : STDERR_FILENO, line.s, line.len);
}
