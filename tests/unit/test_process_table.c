/* SPDX-License-Identifier: Apache-2.0 */
/* A table of processes from /proc, and from files that stand for it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/process_table.h"
#include "test.h"

#define STAT(name, ppid, tty, ticks, start)                                                        \
	"42 (" name ") S " ppid " 42 42 " tty " 42 4194560 1 2 3 4 " ticks " 20 0 1 0 " start      \
	" 1 2 3 4\n"

TEST(a_stat_line_is_read)
{
	struct process_stat stat;

	REQUIRE_OK(process_table_parse(STAT("a) (b", "41", "34819", "100 20 3 4", "777"), &stat));
	EXPECT_STR(stat.name, "a) (b");
	EXPECT_INT(stat.ppid, 41);
	EXPECT_INT(stat.tty, 34819);
	EXPECT_INT(stat.cpu_ticks, 120);
	EXPECT_INT(stat.child_ticks, 7);
	EXPECT_INT(stat.user_ticks, 103);
	EXPECT_INT(stat.start_ticks, 777);
}

TEST(what_is_no_stat_line_is_refused)
{
	struct process_stat stat;

	EXPECT_INT(process_table_parse("", &stat), -1);
	EXPECT_INT(process_table_parse("42 sh S 1 2 3", &stat), -1);
	EXPECT_INT(process_table_parse("42 (sh)", &stat), -1);
	EXPECT_INT(process_table_parse("42 (sh) S 1 2 3", &stat), -1);
	EXPECT_INT(process_table_parse(")42(", &stat), -1);
}

TEST(terminals_have_their_names)
{
	static const struct {
		unsigned device;
		const char *name;
	} known[] = {{0, "?"},
	             {136 << 8 | 3, "pts/3"},
	             {137 << 8 | 1, "pts/257"},
	             {4 << 8 | 1, "tty1"},
	             {4 << 8 | 64, "ttyS0"},
	             {0x100000 | 136 << 8 | 0, "pts/256"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		char text[24];

		process_table_tty(known[i].device, text, sizeof(text));
		EXPECT_STR(text, known[i].name);
	}
}

static void make_file(int dir_fd, const char *name, const char *text, size_t n)
{
	struct error error = {0}, *err = &error;

	REQUIRE_OK(file_replace(dir_fd, name, text, n, 0644, err));
}

/* /proc with process 42, up for 1000 s: its line in the table. */
static void expect_row(const char *stat, const char *cmdline, size_t n, const char *row,
                       struct error *err)
{
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd int pid_fd = -1;
	auto_str struct str out = {0};
	const pid_t pids[] = {41, 42};
	const char *line;

	mkdirat(fd, "42", 0755);
	pid_fd = openat(fd, "42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_file(fd, "uptime", "1000.00 500.00\n", 15);
	make_file(pid_fd, "stat", stat, strlen(stat));
	make_file(pid_fd, "cmdline", cmdline, n);
	REQUIRE_OK(process_table_format(fd, pids, 2, &out, err));
	EXPECT(strncmp(out.s, "UID          PID    PPID  C STIME TTY          TIME CMD\n", 56) ==
	       0);
	/* the user and the time of day are whose and when the test runs */
	line = strchr(out.s, '\n') + 1;
	EXPECT_STR(line + 9, row);
	EXPECT_INT(line[8], ' ');
}

TEST(a_row_has_the_columns_of_ps)
{
	auto_free char *start = mem_printf("%ld", 900 * sysconf(_SC_CLK_TCK));
	auto_free char *ticks = mem_printf("%ld 0 0 0", 50 * sysconf(_SC_CLK_TCK));
	auto_free char *stat = mem_printf("42 (sh) S 41 42 42 34819 42 4194560 1 2 3 4 %s "
	                                  "20 0 1 0 %s 1 2\n",
	                                  ticks, start);
	time_t when = time(NULL) - 100;
	char clock[8];
	struct tm local;

	strftime(clock, sizeof(clock), "%H:%M", localtime_r(&when, &local));
	auto_free char *row =
		mem_printf("     42      41 50 %s pts/3    00:00:50 sh -c a ?b\n", clock);

	expect_row(stat, "sh\0-c\0a \nb", 10, row, err);
}

TEST(a_process_without_arguments_has_its_name_in_brackets)
{
	auto_str struct str out = {0};
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd int pid_fd = -1;
	const pid_t pid = 42;
	const char *stat = STAT("kthread", "2", "0", "0 0 0 0", "0");

	mkdirat(fd, "42", 0755);
	pid_fd = openat(fd, "42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_file(fd, "uptime", "500000.00 1.00\n", 15);
	make_file(pid_fd, "stat", stat, strlen(stat));
	make_file(pid_fd, "cmdline", "", 0);
	REQUIRE_OK(process_table_format(fd, &pid, 1, &out, err));
	EXPECT_CONTAINS(out.s, " ?        00:00:00 [kthread]\n");
}
