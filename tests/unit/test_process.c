/* SPDX-License-Identifier: Apache-2.0 */
/* Processes made, found, waited for; commands with their output and time limits. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "deny_call.h"
#include "test.h"

static const struct process_clone plain = {.cgroup_fd = -1};

static int proc_fd(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

/* A child that does nothing until it is killed or its parent's end of the pipe is gone. */
static pid_t start_waiting(int *ret_pidfd, struct error *err)
{
	int fds[2];
	char byte;
	pid_t pid;

	REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
	pid = process_clone(&plain, ret_pidfd, err);
	REQUIRE_OK(pid);
	if (pid == 0) {
		close(fds[1]);
		_exit(read(fds[0], &byte, 1) == 1 ? 0 : 9);
	}
	close(fds[0]);
	return pid; /* fds[1] is left open on purpose */
}

static void check_clone(struct error *err)
{
	int pidfd = -1;
	pid_t pid = process_clone(&plain, &pidfd, err);
	int status;

	if (pid == 0)
		_exit(23);
	REQUIRE_OK(pid);
	EXPECT(pidfd >= 0 && fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	status = process_wait(pid, err);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 23);
	EXPECT(process_signal(pidfd, pid, 0) < 0 && errno == ESRCH);
	close(pidfd);
}

TEST(a_clone_returns_twice_and_is_waited_for)
{
	check_clone(err);
}

static void check_clone_enosys(struct error *err)
{
	deny_call(SYS_clone3, ENOSYS);
	check_clone(err);
}

static void check_clone_eperm(struct error *err)
{
	deny_call(SYS_clone3, EPERM);
	check_clone(err);
}

TEST(without_clone3_the_older_call_does_the_same)
{
	test_child(check_clone_enosys);
	test_child(check_clone_eperm);
}

static void check_clone_into_cgroup(struct error *err)
{
	const struct process_clone placed = {.cgroup_fd = 0};

	deny_call(SYS_clone3, ENOSYS);
	EXPECT_ERROR(process_clone(&placed, NULL, err), ERR_UNSUPPORTED,
	             "create process: Function not implemented");
}

TEST(without_clone3_there_is_no_clone_into_a_cgroup)
{
	test_child(check_clone_into_cgroup);
}

TEST(a_clone_that_fails_is_named)
{
	const struct process_clone wrong = {.flags = CLONE_SIGHAND, .cgroup_fd = -1};

	EXPECT_ERROR(process_clone(&wrong, NULL, err), ERR_SYSTEM,
	             "create process: Invalid argument");
}

TEST(an_exit_status_is_the_code_or_128_and_the_signal)
{
	EXPECT_INT(process_exit_status(0), 0);
	EXPECT_INT(process_exit_status(3 << 8), 3);
	EXPECT_INT(process_exit_status(255 << 8), 255);
	EXPECT_INT(process_exit_status(SIGKILL), 137);
	EXPECT_INT(process_exit_status(SIGSEGV | 0x80), 139);
}

TEST(only_a_child_can_be_waited_for)
{
	auto_free char *text = mem_printf("wait for process %d: No child processes", getppid());

	EXPECT_ERROR(process_wait(getppid(), err), ERR_SYSTEM, text);
}

static void kill_and_check(bool by_pidfd, struct error *err)
{
	int pidfd = -1;
	pid_t pid = start_waiting(&pidfd, err);
	int status;

	EXPECT_INT(process_signal(by_pidfd ? pidfd : -1, pid, SIGTERM), 0);
	status = process_wait(pid, err);
	EXPECT_INT(process_exit_status(status), 128 + SIGTERM);
	close(pidfd);
}

static void check_signal_enosys(struct error *err)
{
	deny_call(SYS_pidfd_send_signal, ENOSYS);
	kill_and_check(true, err);
}

TEST(a_signal_goes_through_the_pidfd_or_the_pid)
{
	kill_and_check(true, err);
	kill_and_check(false, err);
	test_child(check_signal_enosys);
}

static void check_no_pid(struct error *err)
{
	(void)err;
	setpgid(0, 0);
	EXPECT(process_signal(-1, 0, SIGKILL) < 0 && errno == ESRCH);
	EXPECT(process_signal(-1, -1, 0) < 0 && errno == ESRCH);
	EXPECT(process_signal(-1, -getpid(), SIGKILL) < 0 && errno == ESRCH);
}

TEST(no_pid_stands_for_a_group_of_processes)
{
	test_child(check_no_pid);
}

TEST(a_pidfd_of_no_process_is_refused)
{
	pid_t pid = process_clone(&plain, NULL, err);

	if (pid == 0)
		_exit(0);
	process_wait(pid, err);
	EXPECT(process_pidfd_open(pid) < 0 && errno == ESRCH);
}

TEST(a_pidfd_has_the_inode_of_its_process)
{
	auto_fd int own = process_pidfd_open(getpid());
	auto_fd int again = process_pidfd_open(getpid());
	auto_fd int other = process_pidfd_open(getppid());
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uint64_t inode = process_pidfd_inode(own);

	EXPECT(process_pidfd_inode(again) == inode);
	EXPECT(!inode || process_pidfd_inode(other) != inode);
	EXPECT_INT(process_pidfd_inode(-1), 0);
	EXPECT_INT(process_pidfd_inode(file), 0);
}

static void check_name(const char *name, struct error *err)
{
	auto_fd int proc = proc_fd();
	uint64_t before = 0;
	uint64_t renamed = 1;

	EXPECT_INT(process_start_time(proc, getpid(), &before), 0);
	REQUIRE(prctl(PR_SET_NAME, name) == 0);
	EXPECT_INT(process_start_time(proc, getpid(), &renamed), 0);
	EXPECT(before == renamed && before > 0);
	(void)err;
}

static void check_odd_names(struct error *err)
{
	static const char *const names[] = {"a) Z (b", ") Z 1 2 3", "((((",  "))))",
	                                    " ",       "a b c d",   "\n) X", ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_name(names[i], err);
}

TEST(the_start_time_is_found_whatever_the_command_is_called)
{
	test_child(check_odd_names);
}

TEST(a_zombie_or_missing_process_has_no_start_time)
{
	auto_fd int proc = proc_fd();
	pid_t pid = process_clone(&plain, NULL, err);
	uint64_t time = 7;
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	EXPECT(process_start_time(proc, pid, &time) < 0 && errno == ESRCH);
	process_wait(pid, err);
	EXPECT(process_start_time(proc, pid, &time) < 0 && errno == ENOENT);
	EXPECT_INT(time, 7);
}

/* Run @script by the shell as process_run() would a hook. */
static int run_with(const char *script, int stdin_fd, int timeout_ms, struct error *err)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	const struct process_command cmd = {
		.path = "/bin/sh",
		.argv = argv,
		.stdin_fd = stdin_fd,
		.timeout_ms = timeout_ms,
	};

	return process_run(&cmd, err);
}

static int run(const char *script, struct error *err)
{
	return run_with(script, -1, 0, err);
}

TEST(a_command_that_ends_with_status_0_succeeds_whatever_it_says)
{
	EXPECT_OK(run("echo out; echo error >&2", err));
	EXPECT_OK(run("exec >&- 2>&-", err));
}

TEST(a_command_that_fails_is_named_with_its_status_and_last_line)
{
	EXPECT_ERROR(run("echo first; echo the reason >&2; exit 3", err), ERR_SYSTEM,
	             "/bin/sh: exit status 3: the reason");
	EXPECT_ERROR(run("printf 'a\\n  b c \\r\\n\\n \\t\\n'; exit 1", err), ERR_SYSTEM,
	             "/bin/sh: exit status 1:   b c");
	EXPECT_ERROR(run("exit 1", err), ERR_SYSTEM, "/bin/sh: exit status 1");
	EXPECT_ERROR(run("printf ' \\n\\n'; exit 1", err), ERR_SYSTEM, "/bin/sh: exit status 1");
	EXPECT_ERROR(run("echo bye; kill -KILL $$", err), ERR_SYSTEM,
	             "/bin/sh: killed by signal 9: bye");
}

TEST(the_end_of_much_output_is_kept)
{
	auto_free char *tail = NULL;

	EXPECT_ERROR(
		run("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done; exit 1", err),
		ERR_SYSTEM, "/bin/sh: exit status 1: line 3000");
	EXPECT(run("printf %01000d 7; exit 1", err) < 0);
	tail = mem_printf("%0256d", 7);
	EXPECT_CONTAINS(err->msg, tail);
	EXPECT(strlen(err->msg) < 300);
}

TEST(output_that_floods_does_not_block_the_command)
{
	EXPECT_OK(run("head -c 2000000 /dev/zero", err));
	EXPECT_ERROR(run("head -c 2000000 /dev/zero | tr '\\0' x; echo; echo end; exit 1", err),
	             ERR_SYSTEM, "/bin/sh: exit status 1: end");
}

TEST(a_command_that_is_missing_is_an_error)
{
	char *argv[] = {(char *)"x", NULL};
	const struct process_command cmd = {.path = "/nowhere", .argv = argv, .stdin_fd = -1};

	EXPECT_ERROR(process_run(&cmd, err), ERR_SYSTEM,
	             "/nowhere: exit status 127: execute: No such file or directory");
}

TEST(a_command_that_takes_too_long_is_killed)
{
	EXPECT_ERROR(run_with("exec sleep 1000", -1, 50, err), ERR_LIMIT,
	             "/bin/sh: killed after 50 ms");
	EXPECT_ERROR(run_with("exec >&- 2>&-; exec sleep 1000", -1, 50, err), ERR_LIMIT,
	             "/bin/sh: killed after 50 ms");
	EXPECT_ERROR(run_with("exec yes", -1, 50, err), ERR_LIMIT, "/bin/sh: killed after 50 ms");
	EXPECT_OK(run_with("exit 0", -1, 30000, err));
}

/* What is left behind reads a pipe and ends with it. */
TEST(what_a_command_leaves_running_is_not_waited_for)
{
	int fds[2];

	REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
	EXPECT_OK(run_with("exec 3<&0; (read x <&3) & exit 0", fds[0], 0, err));
	EXPECT_ERROR(run_with("exec 3<&0; (read x <&3) & echo gone; exit 4", fds[0], 0, err),
	             ERR_SYSTEM, "/bin/sh: exit status 4: gone");
	close(fds[0]);
	close(fds[1]);
}

/* The command writes itself, so that the others are at it when it ends. */
TEST(what_a_command_leaves_flooding_is_not_waited_for)
{
	static const char script[] = "for i in 1 2 3 4; do cat /dev/zero & done; "
				     "head -c 500000 /dev/zero; exit 0";

	EXPECT_OK(run_with(script, -1, 20000, err));
}

TEST(a_command_reads_what_it_is_given_or_nothing)
{
	int fds[2];

	REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
	REQUIRE(write(fds[1], "word\n", 5) == 5);
	close(fds[1]);
	EXPECT_ERROR(run_with("read x; echo got $x; exit 1", fds[0], 0, err), ERR_SYSTEM,
	             "/bin/sh: exit status 1: got word");
	close(fds[0]);
	EXPECT_ERROR(run("read x || echo nothing; exit 1", err), ERR_SYSTEM,
	             "/bin/sh: exit status 1: nothing");
}

TEST(a_command_has_the_environment_it_is_given)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"echo \"<$A$RTL_TEST>\"; exit 1", NULL};
	char *envp[] = {(char *)"A=b", NULL};
	struct process_command cmd = {
		.path = "/bin/sh", .argv = argv, .envp = envp, .stdin_fd = -1};

	setenv("RTL_TEST", "own", 1);
	EXPECT_ERROR(process_run(&cmd, err), ERR_SYSTEM, "/bin/sh: exit status 1: <b>");
	cmd.envp = NULL;
	EXPECT_ERROR(process_run(&cmd, err), ERR_SYSTEM, "/bin/sh: exit status 1: <own>");
	unsetenv("RTL_TEST");
}

static void check_blocked_signals(struct error *err)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
	EXPECT_ERROR(run("kill -TERM $$; exit 5", err), ERR_SYSTEM, "/bin/sh: killed by signal 15");
	EXPECT_ERROR(run("kill -PIPE $$; exit 5", err), ERR_SYSTEM, "/bin/sh: killed by signal 13");
}

TEST(a_command_has_no_signal_blocked_or_ignored_that_rtl_has)
{
	test_child(check_blocked_signals);
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* In a child: it closes what the test program itself has. */
static void check_close(struct error *err)
{
	int proc = proc_fd();
	int low = fcntl(STDERR_FILENO, F_DUPFD, 90);
	int middle = fcntl(STDERR_FILENO, F_DUPFD, 200);
	int last = fcntl(STDERR_FILENO, F_DUPFD, 210);
	int between = fcntl(STDERR_FILENO, F_DUPFD, 205);
	int above = fcntl(STDERR_FILENO, F_DUPFD, 300);
	int keep[] = {last, -1, middle, 50};

	REQUIRE_OK(process_close_except(proc, 100, keep, 4, err));
	EXPECT(is_open(STDERR_FILENO) && is_open(low) && is_open(middle) && is_open(last));
	EXPECT(!is_open(between) && !is_open(above));
}

static void check_close_enosys(struct error *err)
{
	deny_call(SYS_close_range, ENOSYS);
	check_close(err);
}

TEST(descriptors_from_a_number_on_are_closed_but_what_is_kept)
{
	test_child(check_close);
	test_child(check_close_enosys);
}
