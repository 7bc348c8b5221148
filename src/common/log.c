/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See log.h. Each line is one write(), so that processes which share a log file do
 * not mix their lines.
 */
#include "common/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/str.h"

static const char *const level_names[] = {"error", "warning", "info", "debug"};

/* Where lines go; in the order of destinations. */
enum destination { TO_FILE, TO_JOURNALD, TO_SYSLOG };

/* What stands before the path or the name, and the socket that takes the lines. */
static const struct {
	const char *prefix;
	const char *socket;
} destinations[] = {
	[TO_FILE] = {"file:", NULL},
	[TO_JOURNALD] = {"journald:", "/run/systemd/journal/socket"},
	[TO_SYSLOG] = {"syslog:", "/dev/log"},
};

/* syslog(3)'s severities of our levels; the facility is "user". */
static const int severities[] = {3, 4, 6, 7};
#define FACILITY (1 << 3)

/* The one log of this process: set up once by log_open(), read by every log call. */
static struct {
	int fd;
	enum destination destination;
	const char *name; /* of this program in the journal and in syslog */
	enum log_format format;
	enum log_level level;
} sink = {.fd = -1, .format = LOG_TEXT, .level = LOG_WARN};

static int open_socket(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	auto_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(addr.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	return fd_take(&fd);
}

int log_open(const char *path, enum log_format format, enum log_level level, struct error *err)
{
	enum destination to = TO_FILE;

	sink.format = format;
	sink.level = level;
	if (!path)
		return 0;
	for (size_t i = 0; i < sizeof(destinations) / sizeof(destinations[0]); i++) {
		if (!str_has_prefix(path, destinations[i].prefix))
			continue;
		to = (enum destination)i;
		sink.name = path + strlen(destinations[i].prefix);
		path = to == TO_FILE ? sink.name : destinations[i].socket;
		break;
	}
	sink.fd = to == TO_FILE ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)
	                        : open_socket(path);
	if (sink.fd < 0)
		return error_errno(err, "open log file %s", path);
	sink.destination = to;
	return 0;
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

/* One line, and nothing that a terminal would take as a command, whatever a name holds. */
static void append_clean(struct str *line, const char *msg)
{
	for (const char *p = msg; *p; p++)
		str_append_char(line, (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p);
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
	append_clean(line, msg);
	str_append_char(line, '\n');
}

/* A datagram: sd-journald's own protocol, or RFC 3164 without the time, which /dev/log adds. */
static void append_datagram(struct str *line, enum log_level level, const char *msg)
{
	if (sink.destination == TO_SYSLOG) {
		str_appendf(line, "<%d>%s[%d]: ", FACILITY | severities[level], sink.name,
		            getpid());
		append_clean(line, msg);
		return;
	}
	str_appendf(line, "PRIORITY=%d\nSYSLOG_IDENTIFIER=", severities[level]);
	append_clean(line, sink.name);
	str_append(line, "\nMESSAGE=");
	append_clean(line, msg);
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
	if (sink.destination != TO_FILE)
		append_datagram(&line, level, msg);
	else if (sink.format == LOG_JSON)
		append_json(&line, level, msg);
	else
		append_text(&line, level, msg);
	(void)!write(sink.fd >= 0 ? sink.fd : STDERR_FILENO, line.s, line.len);
}
