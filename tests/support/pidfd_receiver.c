/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What listens at a --pidfd-socket: it receives one pidfd and prints the text that came with it
 * and the PID that the kernel says the pidfd is of.
 *
 *   pidfd_receiver SOCKET
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "pidfd_receiver: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int accept_at(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd;

	if (listener < 0)
		die("socket");
	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(addr.sun_path, path, strlen(path));
	if (bind(listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(listener, 1) < 0)
		die(path);
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	return fd;
}

static int receive_fd(int connection, char *text, size_t size)
{
	struct iovec iov = {.iov_base = text, .iov_len = size - 1};
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
	ssize_t n = recvmsg(connection, &header, MSG_CMSG_CLOEXEC);
	struct cmsghdr *cmsg = n > 0 ? CMSG_FIRSTHDR(&header) : NULL;
	int fd;

	if (n <= 0)
		die("no message came");
	text[n] = '\0';
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS || cmsg->cmsg_len != CMSG_LEN(sizeof(int))) {
		errno = EBADMSG;
		die("no descriptor came");
	}
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

int main(int argc, char **argv)
{
	char text[256];
	char line[256];
	FILE *info;
	int pid;

	if (argc != 2) {
		fprintf(stderr, "usage: pidfd_receiver SOCKET\n");
		return 2;
	}
	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d",
	         receive_fd(accept_at(argv[1]), text, sizeof(text)));
	info = fopen(line, "re");
	if (!info)
		die(line);
	while (fgets(line, sizeof(line), info)) {
		if (sscanf(line, "Pid: %d", &pid) == 1) {
			printf("%s %d\n", text, pid);
			return 0;
		}
	}
	fprintf(stderr, "pidfd_receiver: what came is no pidfd\n");
	return 1;
}
