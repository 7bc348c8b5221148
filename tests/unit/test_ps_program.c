/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of ps by PID; programs that stand for ps. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "runtime/ps_program.h"
#include "test.h"

static const pid_t pids[] = {7, 12, 300};

static void expect_lines(const char *text, const char *expected, struct error *err)
{
	auto_str struct str out = {0};

	EXPECT_OK(ps_program_filter(text, pids, 3, &out, err));
	EXPECT_STR(out.s, expected);
}

TEST(the_heading_and_the_lines_of_the_pids_stay)
{
	expect_lines("UID   PID CMD\nroot    1 init\nroot   12 sh -c 7\nu     300 x\n",
	             "UID   PID CMD\nroot   12 sh -c 7\nu     300 x\n", err);
}

TEST(the_column_may_be_the_first_or_the_last)
{
	expect_lines("  PID\n    7\n   70\n", "  PID\n    7\n", err);
	expect_lines("CMD PID\na b 1 12\nc 12 13 \nd e   7 \n", "CMD PID\na b 1 12\nd e   7 \n",
	             err);
	expect_lines("USER\tPID\na\t12\nb\t13", "USER\tPID\na\t12\n", err);
}

TEST(no_process_leaves_the_heading)
{
	auto_str struct str out = {0};

	EXPECT_OK(ps_program_filter("PID CMD\n1 init\n", NULL, 0, &out, err));
	EXPECT_STR(out.s, "PID CMD\n");
}

TEST(output_without_a_column_of_pids_is_refused)
{
	auto_str struct str out = {0};

	EXPECT_ERROR(ps_program_filter("USER PPID\nroot 1\n", pids, 3, &out, err), ERR_INVALID,
	             "what ps prints with these options has no column PID");
	EXPECT_ERROR(ps_program_filter("", pids, 3, &out, err), ERR_INVALID,
	             "what ps prints with these options has no column PID");
}

TEST(a_line_without_a_number_there_is_refused)
{
	auto_str struct str out = {0};

	EXPECT_ERROR(ps_program_filter("CMD PID S\na b 12 S\n", pids, 3, &out, err), ERR_INVALID,
	             "ps printed a line with \"b\" in place of a PID");
}

/* A ps of this test, first in PATH. */
static void make_ps(const char *script)
{
	struct error error = {0}, *err = &error;
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE_OK(file_replace(fd, "ps", script, strlen(script), 0755, err));
	setenv("PATH", test_dir(), 1);
}

TEST(ps_is_given_its_options)
{
	auto_free char *text = NULL;

	make_ps("#!/bin/sh\necho \"$#:$*\"\n");
	REQUIRE_OK(ps_program_run((char *[]){NULL}, &text, err));
	EXPECT_STR(text, "1:-ef\n");
	free(text);
	text = NULL;
	REQUIRE_OK(ps_program_run((char *[]){"-o", "pid,args", NULL}, &text, err));
	EXPECT_STR(text, "2:-o pid,args\n");
}

TEST(a_ps_that_fails_is_told_with_its_last_line)
{
	auto_free char *text = NULL;

	make_ps("#!/bin/sh\necho usage >&2; echo bad option >&2; exit 3\n");
	EXPECT_INT(ps_program_run((char *[]){NULL}, &text, err), -1);
	EXPECT_CONTAINS(err->msg, "/ps: exit status 3: bad option");
}

TEST(a_host_without_ps_is_told)
{
	auto_free char *text = NULL;

	setenv("PATH", ":relative:/nonexistent", 1);
	EXPECT_ERROR(ps_program_run((char *[]){NULL}, &text, err), ERR_UNSUPPORTED,
	             "there is no ps in PATH");
}
