/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See supervise.h. One poll loop over the signalfd and, with a terminal, two relays:
 * our input to the master, the master to our output. The end of the process is SIGCHLD.
 */
#include "runtime/supervise.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/process.h"
#include "kernel/pty.h"

/* Bytes on their way from one descriptor to another. */
struct relay {
	int from;
	int to;
	char buf[4096];
	size_t start;
	size_t len;
	bool is_over; /* nothing more comes */
};

/* The caller's terminal, to be put back as it was. */
struct raw_terminal {
	bool is_set;
	struct termios old;
};

static void restore_terminal(struct raw_terminal *raw)
{
	if (raw->is_set)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw->old);
}

int supervise_block_signals(struct error *err)
{
	/* What the kernel raises for a fault of our own must still end us. */
	static const int ours[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
	sigset_t set;
	int fd;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigdelset(&set, ours[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "block signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? error_errno(err, "create signalfd") : fd;
}

static bool is_for_us(int sig)
{
	return sig == SIGCHLD || sig == SIGPIPE;
}

/* True when the process has ended. */
static bool handle_signals(int signal_fd, pid_t pid, int pidfd, int master_fd)
{
	struct signalfd_siginfo info;
	bool child_ended = false;

	while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int sig = (int)info.ssi_signo;

		if (sig == SIGCHLD)
			child_ended = true;
		else if (sig == SIGWINCH && master_fd >= 0)
			pty_copy_size(STDIN_FILENO, master_fd);
		else if (!is_for_us(sig))
			process_signal(pidfd, pid, sig);
	}
	if (child_ended) {
		siginfo_t ended = {0};

		/* Left to be reaped: the PID stays ours until the terminal is drained. */
		return waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		       ended.si_pid == pid;
	}
	return false;
}

static void relay_read(struct relay *relay)
{
	ssize_t n = read(relay->from, relay->buf, sizeof(relay->buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* A master whose last other end closed reads EIO: the end. */
	if (n <= 0)
		relay->is_over = true;
	relay->start = 0;
	relay->len = n > 0 ? (size_t)n : 0;
}

static void relay_write(struct relay *relay)
{
	ssize_t n = write(relay->to, relay->buf + relay->start, relay->len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		relay->is_over = true;
		relay->len = 0;
		return;
	}
	relay->start += (size_t)n;
	relay->len -= (size_t)n;
}

static struct pollfd relay_wants(const struct relay *relay)
{
	if (relay->len)
		return (struct pollfd){.fd = relay->to, .events = POLLOUT};
	return (struct pollfd){.fd = relay->is_over ? -1 : relay->from, .events = POLLIN};
}

static void relay_step(struct relay *relay)
{
	if (relay->len)
		relay_write(relay);
	else
		relay_read(relay);
}

/* What the process wrote before it ended still comes out. */
static void drain(struct relay *output)
{
	while (output->len || !output->is_over) {
		struct pollfd fd = relay_wants(output);

		if (poll(&fd, 1, output->len ? 1000 : 0) <= 0)
			return;
		relay_step(output);
	}
}

static int watch(int signal_fd, pid_t pid, int pidfd, struct relay *input, struct relay *output,
                 const struct supervise_source *source, struct error *err)
{
	for (;;) {
		struct pollfd fds[4] = {
			{.fd = signal_fd, .events = POLLIN},
			input ? relay_wants(input) : (struct pollfd){.fd = -1},
			output ? relay_wants(output) : (struct pollfd){.fd = -1},
			{.fd = source ? source->fd : -1, .events = POLLIN},
		};

		if (poll(fds, 4, -1) < 0 && errno != EINTR)
			return error_errno(err, "wait for process %d", pid);
		if (fds[1].revents)
			relay_step(input);
		if (fds[2].revents)
			relay_step(output);
		if (fds[3].revents)
			source->on_readable(source->data);
		if (fds[0].revents && handle_signals(signal_fd, pid, pidfd, input ? input->to : -1))
			return 0;
	}
}

static int watch_terminal(int signal_fd, pid_t pid, int pidfd, int master_fd,
                          const struct supervise_source *source, struct error *err)
{
	auto_call(restore_terminal) struct raw_terminal raw = {0};
	struct relay input = {.from = STDIN_FILENO, .to = master_fd};
	struct relay output = {.from = master_fd, .to = STDOUT_FILENO};
	int flags = fcntl(master_fd, F_GETFL);

	if (flags < 0 || fcntl(master_fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return error_errno(err, "make the terminal non-blocking");
	if (isatty(STDIN_FILENO)) {
		if (pty_set_raw(STDIN_FILENO, &raw.old, err) < 0)
			return -1;
		raw.is_set = true;
	}
	if (watch(signal_fd, pid, pidfd, &input, &output, source, err) < 0)
		return -1;
	drain(&output);
	return 0;
}

/* What had come before the end is served as well. */
static void drain_source(const struct supervise_source *source)
{
	struct pollfd fd = {.fd = source ? source->fd : -1, .events = POLLIN};

	while (poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN))
		source->on_readable(source->data);
}

int supervise(int signal_fd, pid_t pid, int pidfd, int master_fd,
              const struct supervise_source *source, struct error *err)
{
	int status;
	int ret = master_fd >= 0 ? watch_terminal(signal_fd, pid, pidfd, master_fd, source, err)
	                         : watch(signal_fd, pid, pidfd, NULL, NULL, source, err);

	if (ret < 0)
		return -1;
	drain_source(source);
	status = process_wait(pid, err);
	return status < 0 ? -1 : process_exit_status(status);
}
