/* SPDX-License-Identifier: Apache-2.0 */
/* See process_table.h. */
#include "runtime/process_table.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/caller.h"

#define STAT_MAX_BYTES 4096
#define CMDLINE_MAX_BYTES (4u << 20)
#define DAY_S (24 * 60 * 60)

/* Fields of a stat file that are read, by their numbers in proc_pid_stat(5). */
enum {
	FIELD_PPID = 4,
	FIELD_TTY = 7,
	FIELD_UTIME = 14,
	FIELD_STIME = 15,
	FIELD_CUTIME = 16,
	FIELD_CSTIME = 17,
	FIELD_STARTTIME = 22,
};

/* What all lines have in common. */
struct clock {
	time_t now;
	double uptime_s;
	long hz;
};

int process_table_parse(const char *text, struct process_stat *ret)
{
	/* the name may hold spaces and parentheses */
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	const char *field = close;
	int64_t values[FIELD_STARTTIME + 1] = {0};

	if (!open || !close || close < open || close[1] != ' ')
		return -1;
	/* field 2 ends here; 3 is a letter */
	for (int i = 3; i <= FIELD_STARTTIME; i++) {
		field = strchr(field + 1, ' ');
		if (!field)
			return -1;
		values[i] = strtoll(field + 1, NULL, 10);
	}
	*ret = (struct process_stat){
		.ppid = (pid_t)values[FIELD_PPID],
		.tty = (unsigned)values[FIELD_TTY],
		.cpu_ticks = (uint64_t)(values[FIELD_UTIME] + values[FIELD_STIME]),
		.child_ticks = (uint64_t)(values[FIELD_CUTIME] + values[FIELD_CSTIME]),
		.user_ticks = (uint64_t)(values[FIELD_UTIME] + values[FIELD_CUTIME]),
		.start_ticks = (uint64_t)values[FIELD_STARTTIME],
	};
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(close - open - 1), open + 1);
	return 0;
}

void process_table_tty(unsigned device, char *ret, size_t size)
{
	/* tty_nr: the minor's upper bits stand above the major */
	unsigned major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	if (major >= 136 && major <= 143)
		snprintf(ret, size, "pts/%u", minor + (major - 136) * 256);
	else if (major == 4 && minor < 64)
		snprintf(ret, size, "tty%u", minor);
	else if (major == 4)
		snprintf(ret, size, "ttyS%u", minor - 64);
	else
		snprintf(ret, size, "?");
}

static int read_clock(int proc_fd, struct clock *ret, struct error *err)
{
	auto_free char *text = NULL;

	if (file_read(proc_fd, "uptime", 256, &text, err) < 0)
		return -1;
	ret->now = time(NULL);
	ret->uptime_s = strtod(text, NULL);
	ret->hz = sysconf(_SC_CLK_TCK);
	return 0;
}

/* The time of day, or of an older process the date. */
static void format_start(const struct clock *clock, double age_s, char *ret, size_t size)
{
	time_t start = clock->now - (time_t)age_s;
	struct tm when;

	if (!localtime_r(&start, &when) ||
	    !strftime(ret, size, age_s < DAY_S ? "%H:%M" : "%b%d", &when))
		snprintf(ret, size, "?");
}

static void format_time(uint64_t seconds, char *ret, size_t size)
{
	unsigned hours = (unsigned)(seconds / 3600 % 24), minutes = (unsigned)(seconds / 60 % 60);
	uint64_t days = seconds / DAY_S;
	char day[24] = "";

	if (days)
		snprintf(day, sizeof(day), "%" PRIu64 "-", days);
	snprintf(ret, size, "%s%02u:%02u:%02u", day, hours, minutes, (unsigned)(seconds % 60));
}

/* Arguments with blanks between; a terminal is not to be told anything by a process's name. */
static char *command_text(int proc_fd, pid_t pid, const struct process_stat *stat)
{
	auto_free char *text = NULL;
	struct error ignored;
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "%d/cmdline", pid);
	n = file_read(proc_fd, path, CMDLINE_MAX_BYTES, &text, &ignored);
	while (n > 0 && !text[n - 1])
		n--;
	if (n <= 0) {
		free(ptr_take(text));
		text = mem_printf("[%s]", stat->name);
		n = (ssize_t)strlen(text);
	}
	for (ssize_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!c)
			text[i] = ' ';
		else if (c < ' ' || c == 0x7f)
			text[i] = '?';
	}
	return ptr_take(text);
}

static void append_process(int proc_fd, pid_t pid, const struct clock *clock, struct str *out)
{
	auto_free char *text = NULL, *user = NULL, *command = NULL;
	char path[32], tty[24], start[16], used[40];
	struct process_stat stat;
	struct error ignored;
	struct stat st;
	double age_s;

	snprintf(path, sizeof(path), "%d/stat", pid);
	if (file_read(proc_fd, path, STAT_MAX_BYTES, &text, &ignored) < 0 ||
	    process_table_parse(text, &stat) < 0 || fstatat(proc_fd, path, &st, 0) < 0)
		return;
	age_s = clock->uptime_s - (double)stat.start_ticks / (double)clock->hz;
	user = caller_user_name(st.st_uid);
	command = command_text(proc_fd, pid, &stat);
	process_table_tty(stat.tty, tty, sizeof(tty));
	format_start(clock, age_s, start, sizeof(start));
	format_time(stat.cpu_ticks / (uint64_t)clock->hz, used, sizeof(used));
	str_appendf(out, "%-8s %7d %7d %2d %5s %-8s %8s %s\n", user, pid, stat.ppid,
	            age_s > 0 ? (int)(100 * (double)stat.cpu_ticks / (double)clock->hz / age_s) : 0,
	            start, tty, used, command);
}

int process_table_format(int proc_fd, const pid_t *pids, size_t n, struct str *out,
                         struct error *err)
{
	struct clock clock;

	if (read_clock(proc_fd, &clock, err) < 0)
		return -1;
	str_appendf(out, "%-8s %7s %7s %2s %5s %-8s %8s %s\n", "UID", "PID", "PPID", "C", "STIME",
	            "TTY", "TIME", "CMD");
	for (size_t i = 0; i < n; i++)
		append_process(proc_fd, pids[i], &clock, out);
	return 0;
}
