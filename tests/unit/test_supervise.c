/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The foreground. Each test is a process of its own, since it blocks its signals and gives away its
 * standard streams; the terminal is of a devpts of its own.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "kernel/pty.h"
#include "runtime/supervise.h"
#include "test.h"
#include "user_ns.h"

/* A child that runs @play and exits with what that returns. */
static pid_t start(int (*play)(int fd), int fd, int *ret_pidfd, struct error *err)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	pid_t pid = process_clone(&plain, ret_pidfd, err);
	sigset_t none;

	REQUIRE_OK(pid);
	if (pid)
		return pid;
	/* A shell starts what runs in the background with SIGINT and SIGQUIT ignored. */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(play(fd));
}

static int play_exit(int fd)
{
	(void)fd;
	return 42;
}

static int play_pause(int fd)
{
	(void)fd;
	while (pause() < 0)
		;
	return 0;
}

static int play_abort(int fd)
{
	(void)fd;
	return raise(SIGKILL);
}

static void check_exit(struct error *err)
{
	int signal_fd = supervise_block_signals(err);
	int pidfd = -1;
	pid_t pid;

	REQUIRE_OK(signal_fd);
	EXPECT_INT(fcntl(signal_fd, F_GETFD), FD_CLOEXEC);
	pid = start(play_exit, -1, &pidfd, err);
	EXPECT_INT(supervise(signal_fd, pid, pidfd, -1, NULL, err), 42);
	pid = start(play_exit, -1, &pidfd, err);
	EXPECT_INT(supervise(signal_fd, pid, -1, -1, NULL, err), 42);
	EXPECT(waitpid(pid, NULL, WNOHANG) < 0);
}

TEST(the_exit_status_is_handed_on_and_the_process_reaped)
{
	test_child(check_exit);
}

static void check_killed(struct error *err)
{
	int signal_fd = supervise_block_signals(err);
	int pidfd = -1;
	pid_t pid = start(play_abort, -1, &pidfd, err);

	EXPECT_INT(supervise(signal_fd, pid, pidfd, -1, NULL, err), 128 + SIGKILL);
}

TEST(a_process_that_is_killed_gives_128_and_the_signal)
{
	test_child(check_killed);
}

static void check_early_end(struct error *err)
{
	int signal_fd = supervise_block_signals(err);
	int pidfd = -1;
	pid_t pid = start(play_exit, -1, &pidfd, err);
	siginfo_t info;

	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	EXPECT_INT(supervise(signal_fd, pid, pidfd, -1, NULL, err), 42);
}

TEST(a_process_that_ended_before_is_not_missed)
{
	test_child(check_early_end);
}

static void check_passed_on(struct error *err)
{
	static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGQUIT, SIGUSR2};

	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++) {
		int signal_fd = supervise_block_signals(err);
		int pidfd = -1;
		pid_t pid = start(play_pause, -1, &pidfd, err);

		kill(getpid(), passed[i]);
		EXPECT_INT(supervise(signal_fd, pid, pidfd, -1, NULL, err), 128 + passed[i]);
		close(signal_fd);
	}
}

TEST(signals_are_passed_on)
{
	test_child(check_passed_on);
}

/* Is SIGCHLD still to be read by our parent? */
static bool is_pending(void)
{
	auto_free char *path = mem_printf("/proc/%d/status", getppid());
	auto_free char *text = NULL;
	struct error err;
	const char *pending;

	if (file_read(AT_FDCWD, path, 1 << 16, &text, &err) < 0)
		return false;
	pending = strstr(text, "ShdPnd:");
	return pending && strtoull(pending + 7, NULL, 16) >> (SIGCHLD - 1) & 1;
}

static int play_late_signal(int fd)
{
	while (is_pending())
		sched_yield();
	kill(getppid(), SIGTERM);
	return play_pause(fd);
}

static void check_kept(struct error *err)
{
	int signal_fd = supervise_block_signals(err);
	int pidfd = -1;
	pid_t other = start(play_exit, -1, NULL, err);
	siginfo_t info;
	pid_t pid;

	/* SIGPIPE and the end of another child are ours; SIGTERM, after both, ends the test */
	REQUIRE(waitid(P_PID, (id_t)other, &info, WEXITED | WNOWAIT) == 0);
	kill(getpid(), SIGPIPE);
	pid = start(play_late_signal, -1, &pidfd, err);
	EXPECT_INT(supervise(signal_fd, pid, pidfd, -1, NULL, err), 128 + SIGTERM);
	EXPECT(waitpid(other, NULL, WNOHANG) == other);
}

TEST(what_is_rtls_own_is_not_passed_on_nor_taken_for_the_end)
{
	test_child(check_kept);
}

static void check_fault(struct error *err)
{
	sigset_t set;

	REQUIRE_OK(supervise_block_signals(err));
	sigprocmask(SIG_BLOCK, NULL, &set);
	EXPECT(!sigismember(&set, SIGSEGV) && !sigismember(&set, SIGABRT) &&
	       !sigismember(&set, SIGBUS));
	EXPECT(sigismember(&set, SIGTERM) && sigismember(&set, SIGCHLD) &&
	       sigismember(&set, SIGRTMAX));
}

TEST(a_fault_of_rtl_still_ends_it)
{
	test_child(check_fault);
}

/* A terminal; its slave goes to the child that plays the container's process. */
static int open_terminal(int *ret_slave, struct error *err)
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

/* Our standard input and output become pipes; what the other ends of them are. */
static void pipe_streams(int *ret_in, int *ret_out)
{
	int in[2];
	int out[2];

	REQUIRE(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	fflush(stdout);
	REQUIRE(dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0);
	close(in[0]);
	close(out[1]);
	*ret_in = in[1];
	*ret_out = out[0];
}

/* Prints much, then what it reads, then ends. */
static int play_talk(int slave)
{
	char line[64] = "";
	ssize_t n;

	for (int i = 0; i < 500; i++)
		dprintf(slave, "line %d\n", i);
	n = read(slave, line, sizeof(line) - 1);
	dprintf(slave, "got %zd %s", n, line);
	return 7;
}

/* What @fd gives until its end or @size bytes. */
static void read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

static void check_terminal(struct error *err)
{
	static char said[65536];
	int signal_fd = supervise_block_signals(err);
	int slave = -1;
	int master = open_terminal(&slave, err);
	int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);
	int in = -1;
	int out = -1;
	int pidfd = -1;
	int status;
	pid_t pid;

	pipe_streams(&in, &out);
	REQUIRE(write(in, "hello\n", 6) == 6);
	pid = start(play_talk, slave, &pidfd, err);
	close(slave);
	status = supervise(signal_fd, pid, pidfd, master, NULL, err);
	dup2(saved, STDOUT_FILENO); /* ends the pipe */
	read_all(out, said, sizeof(said));
	EXPECT_INT(status, 7);
	EXPECT_CONTAINS(said, "line 0\r\n");
	EXPECT_CONTAINS(said, "line 499\r\n");
	EXPECT_CONTAINS(said, "got 6 hello\r\n");
}

TEST(a_terminal_is_tied_to_the_standard_streams_until_all_was_said)
{
	test_child(check_terminal);
}

/* More than one read of the relay takes. */
static int play_much(int slave)
{
	for (int i = 0; i < 1500; i++)
		dprintf(slave, "line %d\n", i);
	return 7;
}

static void check_said_before(struct error *err)
{
	static char said[65536];
	int signal_fd = supervise_block_signals(err);
	int slave = -1;
	int master = open_terminal(&slave, err);
	int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);
	int in = -1;
	int out = -1;
	int pidfd = -1;
	int status;
	siginfo_t info;
	pid_t pid;

	pipe_streams(&in, &out);
	pid = start(play_much, slave, &pidfd, err);
	close(slave);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	status = supervise(signal_fd, pid, pidfd, master, NULL, err);
	dup2(saved, STDOUT_FILENO);
	read_all(out, said, sizeof(said));
	EXPECT_INT(status, 7);
	EXPECT_CONTAINS(said, "line 0\r\n");
	EXPECT_CONTAINS(said, "line 1499\r\n");
}

TEST(what_was_said_before_the_end_comes_out_after_it)
{
	test_child(check_said_before);
}

static int play_quiet_child(int slave)
{
	if (fork() == 0) {
		close(STDIN_FILENO);
		play_pause(slave);
	}
	dprintf(slave, "bye\n");
	return 0;
}

/* The one left behind has the terminal open; it ends with the test's process group. */
static void check_left_behind(struct error *err)
{
	char said[256];
	int signal_fd = supervise_block_signals(err);
	int slave = -1;
	int master = open_terminal(&slave, err);
	int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);
	int in = -1;
	int out = -1;
	int pidfd = -1;
	int status;
	pid_t pid;

	setpgid(0, 0);
	pipe_streams(&in, &out);
	pid = start(play_quiet_child, slave, &pidfd, err);
	close(slave);
	status = supervise(signal_fd, pid, pidfd, master, NULL, err);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	dup2(saved, STDOUT_FILENO);
	EXPECT(read(out, said, sizeof(said)) == 5 && strncmp(said, "bye\r\n", 5) == 0);
	EXPECT_INT(status, 0);
}

TEST(what_the_process_left_running_on_the_terminal_is_not_waited_for)
{
	test_child(check_left_behind);
}

static void check_no_child(struct error *err)
{
	int signal_fd = supervise_block_signals(err);

	EXPECT_ERROR(supervise(signal_fd, getpid(), -1, 99, NULL, err), ERR_SYSTEM,
	             "make the terminal non-blocking: Bad file descriptor");
}

TEST(a_terminal_that_is_none_is_an_error)
{
	test_child(check_no_child);
}
