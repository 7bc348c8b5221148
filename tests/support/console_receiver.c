/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller of `rtl create --console-socket SOCKET` is: it listens, receives the master end of
 * the container's pseudoterminal, and plays terminal emulator until the other end closes.
 *
 *   console_receiver SOCKET [COLUMNSxROWS]
 *
 * Standard input goes into the terminal, what the terminal shows goes to standard output. The end
 * of standard input is not the end of the terminal: write a ^D for that. With a size, the terminal
 * gets it. Exits 0 when the terminal closed, 1 with a message if what came was none.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "console_receiver: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(addr.sun_path, path, strlen(path));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 1) < 0)
		die(path);
	return fd;
}

static int receive_fd(int connection)
{
	char name[64];
	struct iovec iov = {.iov_base = name, .iov_len = sizeof(name)};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr header = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg;
	int fd = -1;

	if (recvmsg(connection, &header, MSG_CMSG_CLOEXEC) <= 0)
		die("no message came");
	cmsg = CMSG_FIRSTHDR(&header);
	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS ||
	    cmsg->cmsg_len != CMSG_LEN(sizeof(int))) {
		errno = EBADMSG;
		die("no descriptor came");
	}
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	if (!isatty(fd))
		die("what came is no terminal");
	return fd;
}

static void set_size(int master, const char *text)
{
	struct winsize size = {0};
	char *end;

	size.ws_col = (unsigned short)strtoul(text, &end, 10);
	if (*end != 'x') {
		errno = EINVAL;
		die(text);
	}
	size.ws_row = (unsigned short)strtoul(end + 1, NULL, 10);
	if (ioctl(master, TIOCSWINSZ, &size) < 0)
		die("set the size");
}

/* One read from @from, written to @to. 0 at the end; a master without another end has EIO. */
static int copy(int from, int to)
{
	char buf[4096];
	ssize_t n = read(from, buf, sizeof(buf));

	for (ssize_t done = 0, w; done < n; done += w) {
		w = write(to, buf + done, (size_t)(n - done));
		if (w < 0)
			return 0;
	}
	return n > 0;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = {{.events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	int listener;
	int connection;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: console_receiver SOCKET [COLUMNSxROWS]\n");
		return 2;
	}
	listener = listen_at(argv[1]);
	connection = accept(listener, NULL, NULL);
	if (connection < 0)
		die("accept");
	fds[0].fd = receive_fd(connection);
	if (argc > 2)
		set_size(fds[0].fd, argv[2]);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (fds[1].revents && !copy(STDIN_FILENO, fds[0].fd))
			fds[1].fd = -1;
		if (fds[0].revents && !copy(fds[0].fd, STDOUT_FILENO))
			return 0;
	}
}
