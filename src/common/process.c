/* SPDX-License-Identifier: Apache-2.0 */
/* See process.h. System calls are made raw where glibc 2.36 has no wrapper or hides the result. */
#include "common/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"

#define PIDFS_MAGIC 0x50494446
#define OUTPUT_TAIL 256
#define LOOK_INTERVAL_MS 5
#define PIPE_READS (65536 / OUTPUT_TAIL) /* that empty a full pipe, pipe(7) */

/* clone(2) has its arguments in another order on s390. */
static pid_t legacy_clone(uint64_t flags, int *pidfd)
{
#if defined(__s390x__) || defined(__s390__)
	return (pid_t)syscall(SYS_clone, NULL, flags | SIGCHLD, pidfd, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, pidfd, NULL, NULL);
#endif
}

/* Before 5.2 CLONE_PIDFD is an unknown bit that clone(2) ignores: the descriptor stays -1. */
static pid_t clone_with_pidfd(const struct process_clone *args, int *pidfd)
{
	struct clone_args how = {
		.flags = args->flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = args->flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	pid_t pid;

	if (args->cgroup_fd >= 0) {
		how.flags |= CLONE_INTO_CGROUP;
		how.cgroup = (unsigned)args->cgroup_fd;
	}
	pid = (pid_t)syscall(SYS_clone3, &how, sizeof(how));
	if (pid >= 0 || (errno != ENOSYS && errno != EPERM))
		return pid;
	if (args->cgroup_fd >= 0) {
		errno = ENOSYS;
		return -1;
	}
	return legacy_clone(args->flags | CLONE_PIDFD, pidfd);
}

pid_t process_clone(const struct process_clone *args, int *ret_pidfd, struct error *err)
{
	int pidfd = -1;
	pid_t pid = clone_with_pidfd(args, &pidfd);

	if (pid < 0)
		return error_errno(err, "create process");
	if (pid == 0)
		return 0;
	if (ret_pidfd)
		*ret_pidfd = pidfd;
	else
		fd_close(&pidfd);
	return pid;
}

int process_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int process_signal(int pidfd, pid_t pid, int sig)
{
	int ret;

	/* kill(2) takes these for whole groups of processes, ours among them. */
	if (pidfd < 0 && pid <= 0) {
		errno = ESRCH;
		return -1;
	}
	if (pidfd < 0)
		return kill(pid, sig);
	ret = (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
	return ret < 0 && errno == ENOSYS ? kill(pid, sig) : ret;
}

int process_wait(pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return error_errno(err, "wait for process %d", pid);
	}
	return status;
}

int process_exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int process_start_time(int procfd, pid_t pid, uint64_t *ret)
{
	char path[32];
	char text[1024];
	auto_fd int fd = -1;
	const char *field;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", pid);
	fd = openat(procfd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -1;
	text[n] = '\0';
	errno = ESRCH;
	/* The command in field 2 may hold spaces and parentheses: count from the last ')'. */
	field = strrchr(text, ')');
	if (!field || field[1] != ' ' || field[2] == 'Z' || field[2] == 'X')
		return -1;
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return -1;
	*ret = strtoull(field + 1, NULL, 10);
	return 0;
}

uint64_t process_pidfd_inode(int pidfd)
{
	struct statfs fs;
	struct stat st;

	if (pidfd < 0 || fstatfs(pidfd, &fs) < 0 || fs.f_type != PIDFS_MAGIC ||
	    fstat(pidfd, &st) < 0)
		return 0;
	return st.st_ino;
}

/* On these as the streams 0 to 2. By posix_spawn(3), which borrows our memory: nothing is copied.
 */
static int spawn_on(const struct process_command *cmd, const int streams[3], pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	int errnum;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, streams[i], i);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	errnum = posix_spawn(ret, cmd->path, &actions, &attributes, cmd->argv,
	                     cmd->envp ? cmd->envp : environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return errnum;
}

/* Where a sandbox answers EPERM to clone3(2): the C library gives up, we have the older call. */
static int spawn_by_clone(const struct process_command *cmd, const int streams[3], pid_t *ret)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	struct error ignored;
	sigset_t none;

	*ret = process_clone(&plain, NULL, &ignored);
	if (*ret < 0)
		return ignored.errnum;
	if (*ret > 0)
		return 0;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(streams[0], 0) >= 0 && dup2(streams[1], 1) >= 0 && dup2(streams[2], 2) >= 0)
		execve(cmd->path, cmd->argv, cmd->envp ? cmd->envp : environ);
	dprintf(2, "execute: %s\n", strerror(errno));
	_exit(127);
}

int process_spawn(const struct process_command *cmd, struct process_running *ret, struct error *err)
{
	const int *outputs = cmd->output_fds;
	int pipe_fds[2];
	auto_fd int read_end = -1;
	auto_fd int write_end = -1;
	auto_fd int null_fd = -1;
	int errnum;

	if (cmd->stdin_fd < 0 && (null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
		return error_errno(err, "open /dev/null for %s", cmd->path);
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_errno(err, "create pipe for %s", cmd->path);
	read_end = pipe_fds[0];
	write_end = pipe_fds[1];
	const int streams[3] = {
		cmd->stdin_fd >= 0 ? cmd->stdin_fd : null_fd,
		outputs && outputs[0] >= 0 ? outputs[0] : write_end,
		outputs && outputs[1] >= 0 ? outputs[1] : write_end,
	};

	errnum = spawn_on(cmd, streams, &ret->pid);
	if (errnum == EPERM)
		errnum = spawn_by_clone(cmd, streams, &ret->pid);
	if (errnum)
		return error_set(err, ERR_SYSTEM, "%s: exit status 127: execute: %s", cmd->path,
		                 strerror(errnum));
	ret->pidfd = process_pidfd_open(ret->pid);
	ret->output_fd = fd_take(&read_end);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Keep the end of what the program says: that is where the reason stands. 0 at the end of it. */
static ssize_t read_tail(int fd, struct str *tail)
{
	char chunk[OUTPUT_TAIL];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n <= 0)
		return n;
	if (tail->len + (size_t)n > OUTPUT_TAIL && tail->len) {
		size_t keep = (size_t)n >= OUTPUT_TAIL ? 0 : OUTPUT_TAIL - (size_t)n;

		if (keep < tail->len) {
			memmove(tail->s, tail->s + tail->len - keep, keep);
			tail->len = keep;
		}
	}
	str_append_n(tail, chunk, (size_t)n);
	return n;
}

static bool has_exited(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
}

/* poll(2) on the output and the end; where there is no pidfd the end is looked for. */
static int wait_for_command(const struct process_running *running, struct pollfd fds[2],
                            int timeout_ms)
{
	int ready;

	if (running->pidfd >= 0)
		return poll(fds, 2, timeout_ms);
	if (timeout_ms < 0 || timeout_ms > LOOK_INTERVAL_MS)
		timeout_ms = LOOK_INTERVAL_MS;
	ready = poll(fds, 1, timeout_ms);
	fds[1].revents = has_exited(running->pid) ? POLLIN : 0;
	return ready < 0 ? ready : ready + (fds[1].revents != 0);
}

/*
 * Until the program ends or the time is over; its output is drained meanwhile so that it
 * never blocks. What it left running in the background may keep the pipe open, and go on
 * writing: only what the pipe held at the end is still read.
 * Return: 0 when it ended, 1 on time-out.
 */
static int watch_command(struct process_running *running, int timeout_ms, struct str *tail)
{
	int64_t end = timeout_ms ? now_ms() + timeout_ms : 0;
	struct pollfd fds[2] = {
		{.fd = running->output_fd, .events = POLLIN},
		{.fd = running->pidfd, .events = POLLIN},
	};
	int reads_left = PIPE_READS;

	for (;;) {
		int64_t left = end ? end - now_ms() : -1;
		int ready = end && left <= 0 ? 0 : wait_for_command(running, fds, (int)left);

		if (ready < 0 && errno != EINTR)
			return 0;
		if (ready == 0 && (!end || now_ms() < end))
			continue;
		if (ready == 0)
			return 1;
		if (ready < 0)
			continue;
		if (fds[1].revents && (!fds[0].revents || reads_left-- == 0))
			return 0;
		if (fds[0].revents && read_tail(running->output_fd, tail) <= 0)
			fds[0].fd = -1;
	}
}

/* The last line with something in it. */
static const char *last_line(struct str *tail)
{
	char *newline;

	for (size_t i = 0; i < tail->len; i++) {
		if (!tail->s[i])
			tail->s[i] = '?';
	}
	while (tail->len && strchr("\r\n\t ", tail->s[tail->len - 1]))
		tail->s[--tail->len] = '\0';
	if (!tail->len)
		return "";
	newline = strrchr(tail->s, '\n');
	return newline ? newline + 1 : tail->s;
}

int process_finish(const struct process_command *cmd, struct process_running *running,
                   struct error *err)
{
	auto_str struct str tail = {0};
	auto_fd int output_fd = running->output_fd;
	auto_fd int pidfd = running->pidfd;
	bool timed_out = watch_command(running, cmd->timeout_ms, &tail);
	const char *said = last_line(&tail);
	int status;

	if (timed_out)
		process_signal(pidfd, running->pid, SIGKILL);
	status = process_wait(running->pid, err);
	if (status < 0)
		return -1;
	if (timed_out)
		return error_set(err, ERR_LIMIT, "%s: killed after %d ms", cmd->path,
		                 cmd->timeout_ms);
	if (status == 0)
		return 0;
	if (WIFSIGNALED(status))
		error_set(err, ERR_SYSTEM, "%s: killed by signal %d", cmd->path, WTERMSIG(status));
	else
		error_set(err, ERR_SYSTEM, "%s: exit status %d", cmd->path, WEXITSTATUS(status));
	return said[0] ? error_append(err, ": %s", said) : -1;
}

int process_run(const struct process_command *cmd, struct error *err)
{
	struct process_running running;

	return process_spawn(cmd, &running, err) < 0 ? -1 : process_finish(cmd, &running, err);
}

static bool is_kept(int fd, const int *keep, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (keep[i] == fd)
			return true;
	}
	return false;
}

static int close_each(int procfd, unsigned first, const int *keep, size_t n, struct error *err)
{
	int fd = openat(procfd, "self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	uint64_t number;

	if (!dir)
		return error_errno(err, "list open descriptors");
	while ((entry = readdir(dir))) {
		if (str_to_uint(entry->d_name, INT32_MAX, &number) < 0 || number < first ||
		    (int)number == dirfd(dir) || is_kept((int)number, keep, n))
			continue;
		close((int)number);
	}
	return 0;
}

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The gaps between what is kept, one call each. */
static int close_gaps(unsigned first, const int *keep, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < 0 || (unsigned)keep[i] < first)
			continue;
		if ((unsigned)keep[i] > first &&
		    syscall(SYS_close_range, first, (unsigned)keep[i] - 1, 0) < 0)
			return -1;
		first = (unsigned)keep[i] + 1;
	}
	return (int)syscall(SYS_close_range, first, ~0U, 0);
}

int process_close_except(int procfd, unsigned first, int *keep, size_t n, struct error *err)
{
	if (n)
		qsort(keep, n, sizeof(*keep), compare_fds);
	if (close_gaps(first, keep, n) == 0)
		return 0;
	return close_each(procfd, first, keep, n, err);
}
