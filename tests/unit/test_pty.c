/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudoterminals of a devpts of the test's own. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "kernel/pty.h"
#include "test.h"
#include "user_ns.h"

/* The master and slave of a terminal; the other end of what init_terminal() makes. */
static int open_pair(int *ret_slave, struct error *err)
{
	auto_free char *ptmx = mem_printf("%s/ptmx", test_dir());
	int master;

	user_ns_enter();
	if (mount("devpts", test_dir(), "devpts", 0, "newinstance,ptmxmode=0666") < 0)
		test_skip("devpts cannot be mounted here");
	master = open(ptmx, O_RDWR | O_NOCTTY | O_CLOEXEC);
	REQUIRE(master >= 0);
	REQUIRE_OK(pty_open(master, ret_slave, err));
	return master;
}

static void check_open(struct error *err)
{
	int slave = -1;
	int master = open_pair(&slave, err);
	char text[16] = "";

	EXPECT_INT(fcntl(slave, F_GETFD), FD_CLOEXEC);
	EXPECT(isatty(slave));
	EXPECT(write(master, "hi\n", 3) == 3);
	EXPECT_INT(read(slave, text, sizeof(text)), 3);
	EXPECT_STR(text, "hi\n");
}

TEST(a_terminal_has_two_ends)
{
	test_child(check_open);
}

TEST(a_terminal_is_not_opened_but_on_devpts)
{
	auto_fd int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int slave = -1;

	EXPECT_ERROR(pty_open(null_fd, &slave, err), ERR_INVALID,
	             "open terminal: /dev/pts/ptmx is not on a devpts filesystem (mount one at "
	             "/dev/pts)");
	EXPECT_INT(slave, -1);
}

static void check_size(struct error *err)
{
	int slave = -1;
	int master = open_pair(&slave, err);
	auto_free char *ptmx = mem_printf("%s/ptmx", test_dir());
	auto_fd int other = open(ptmx, O_RDWR | O_NOCTTY | O_CLOEXEC);
	auto_fd int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct winsize size = {0};

	EXPECT_OK(pty_set_size(master, 40, 132, err));
	EXPECT(ioctl(slave, TIOCGWINSZ, &size) == 0);
	EXPECT(size.ws_row == 40 && size.ws_col == 132);
	pty_copy_size(slave, other);
	size = (struct winsize){0};
	EXPECT(ioctl(other, TIOCGWINSZ, &size) == 0 && size.ws_row == 40 && size.ws_col == 132);
	pty_copy_size(null_fd, other);
	EXPECT(ioctl(other, TIOCGWINSZ, &size) == 0 && size.ws_row == 40);
	EXPECT_ERROR(pty_set_size(null_fd, 1, 1, err), ERR_SYSTEM,
	             "set terminal size: Inappropriate ioctl for device");
}

TEST(the_window_size_is_set_and_copied_from_a_terminal_only)
{
	test_child(check_size);
}

static void check_controlling(struct error *err)
{
	int slave = -1;
	int master = open_pair(&slave, err);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		bool good = pty_make_controlling(slave, err) == 0 && isatty(0) && isatty(2) &&
		            tcgetpgrp(0) == getpid() && getsid(0) == getpid();

		_exit(good ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	EXPECT_INT(status, 0);
	close(master);
}

TEST(a_terminal_becomes_the_controlling_one_with_all_three_streams)
{
	test_child(check_controlling);
}

static void check_not_controlling(struct error *err)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	EXPECT_ERROR(pty_make_controlling(null_fd, err), ERR_SYSTEM,
	             "make the terminal the controlling one: Inappropriate ioctl for device");
	EXPECT_ERROR(pty_make_controlling(null_fd, err), ERR_DENIED,
	             "create session for the terminal: Operation not permitted");
}

TEST(what_is_no_terminal_does_not_control)
{
	test_child(check_not_controlling);
}

static void check_raw(struct error *err)
{
	int slave = -1;
	int master = open_pair(&slave, err);
	struct termios old;
	struct termios now;
	char byte = 0;

	REQUIRE_OK(pty_set_raw(slave, &old, err));
	REQUIRE(tcgetattr(slave, &now) == 0);
	EXPECT(old.c_lflag & ECHO);
	EXPECT(!(now.c_lflag & (ECHO | ICANON | ISIG)));
	/* The other end has turned line ends into carriage return and line feed already. */
	EXPECT(!(now.c_oflag & OPOST));
	/* Control-C is a byte like any other. */
	EXPECT(write(master, "\003", 1) == 1);
	EXPECT(read(slave, &byte, 1) == 1 && byte == 3);
	EXPECT_ERROR(pty_set_raw(open("/dev/null", O_RDWR | O_CLOEXEC), &old, err), ERR_SYSTEM,
	             "read terminal settings: Inappropriate ioctl for device");
}

TEST(a_raw_terminal_passes_keys_on_and_still_processes_output)
{
	test_child(check_raw);
}
