/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent for SCMP_ACT_NOTIFY: takes listeners from a runtime and answers their calls.
 *
 *   seccomp_agent SOCKET DIR [errno NR ERRNO | close | hang]
 *
 * Listens at SOCKET; then DIR/ready.0 exists. The first connection's message goes to DIR/state.1,
 * the number of descriptors that came with it to DIR/fds.1, the number of each call that is
 * trapped to DIR/calls.1, a line each; and so on. A call goes on, unless it is NR: then it fails
 * with ERRNO. "close" gives the listener up at once, "hang" keeps it and answers nothing. Ends by
 * a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 8

static const char *dir;
static const char *mode = "continue";
static int denied_nr = -1;
static int denied_errno;

static void die(const char *what)
{
	fprintf(stderr, "seccomp_agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static FILE *open_file(const char *name, int number)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%d", dir, name, number);
	file = fopen(path, "we");
	if (!file)
		die(path);
	setvbuf(file, NULL, _IOLBF, 0);
	return file;
}

/* A file is whole when it has its name. */
static void close_file(FILE *file, const char *name, const char *final_name, int number)
{
	char from[4096];
	char to[4096];

	snprintf(from, sizeof(from), "%s/%s.%d", dir, name, number);
	snprintf(to, sizeof(to), "%s/%s.%d", dir, final_name, number);
	if (fclose(file) != 0 || rename(from, to) < 0)
		die(to);
}

/* The message and its descriptors; the first of those is returned. */
static int receive(int connection, int number)
{
	char text[65536];
	union {
		char buf[CMSG_SPACE(MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = text, .iov_len = sizeof(text)};
	struct msghdr header = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n = recvmsg(connection, &header, MSG_CMSG_CLOEXEC);
	struct cmsghdr *cmsg = n < 0 ? NULL : CMSG_FIRSTHDR(&header);
	int listener = -1;
	FILE *file;

	if (n < 0)
		die("receive");
	file = open_file("fds", number);
	fprintf(file, "%zu\n", cmsg ? (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0);
	fclose(file);
	file = open_file("state.new", number);
	fwrite(text, 1, (size_t)n, file);
	close_file(file, "state.new", "state", number);
	if (cmsg)
		memcpy(&listener, CMSG_DATA(cmsg), sizeof(listener));
	return listener;
}

static void answer(int listener, FILE *calls)
{
	struct seccomp_notif call = {0};
	struct seccomp_notif_resp response = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) {
		if (errno == ENOENT || errno == EINTR) /* it was interrupted meanwhile */
			return;
		die("SECCOMP_IOCTL_NOTIF_RECV");
	}
	fprintf(calls, "%d\n", call.data.nr);
	response.id = call.id;
	if (call.data.nr == denied_nr)
		response.error = -denied_errno;
	else
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 && errno != ENOENT)
		die("SECCOMP_IOCTL_NOTIF_SEND");
}

/* Until nobody has the filter any more. */
static void serve(int connection, int number)
{
	int listener = receive(connection, number);
	FILE *calls = open_file("calls", number);
	struct pollfd fds = {.fd = listener, .events = POLLIN};

	close(connection);
	if (strcmp(mode, "close") == 0)
		return;
	while (strcmp(mode, "hang") == 0)
		pause();
	while (poll(&fds, 1, -1) >= 0 || errno == EINTR) {
		if (fds.revents & POLLIN)
			answer(listener, calls);
		else if (fds.revents)
			return;
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(addr.sun_path, path, strlen(path));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    chmod(path, 0777) < 0 || listen(fd, 8) < 0)
		die(path);
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: seccomp_agent SOCKET DIR [errno NR ERRNO|close|hang]\n");
		return 2;
	}
	dir = argv[2];
	if (argc > 3)
		mode = argv[3];
	if (argc > 5) {
		denied_nr = (int)strtol(argv[4], NULL, 10);
		denied_errno = (int)strtol(argv[5], NULL, 10);
	}
	signal(SIGCHLD, SIG_IGN);
	fd = listen_at(argv[1]);
	fclose(open_file("ready", 0));
	for (int number = 1;; number++) {
		int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0)
			die("accept");
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(connection, number);
			return 0;
		}
		close(connection);
	}
}
