/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of sd_notify(3).
 *
 *   notify send MESSAGE    sends MESSAGE to the socket that NOTIFY_SOCKET names
 *   notify receive NAME    listens at NAME, "@" in front for the abstract namespace, and prints
 *                          each line of each message after the PID that the kernel says sent it;
 *                          descriptors that come along are closed
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "notify: %s: %s\n", what, strerror(errno));
	return 1;
}

static socklen_t make_address(const char *name, struct sockaddr_un *addr)
{
	size_t len = strlen(name);

	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len >= sizeof(addr->sun_path))
		return 0;
	memcpy(addr->sun_path, name, len);
	if (name[0] == '@')
		addr->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int send_message(const char *text)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr;
	socklen_t len = make_address(name ? name : "", &addr);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&addr, len) < 0)
		return fail("send");
	return 0;
}

static pid_t take_ancillary(struct msghdr *header)
{
	pid_t pid = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred cred;

			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			pid = cred.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			int passed;

			memcpy(&passed, CMSG_DATA(c), sizeof(passed));
			close(passed);
		}
	}
	return pid;
}

static int receive(const char *name)
{
	struct sockaddr_un addr;
	socklen_t len = make_address(name, &addr);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int one = 1;

	if (bind(fd, (struct sockaddr *)&addr, len) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0)
		return fail("listen");
	puts("listening");
	fflush(stdout);
	for (;;) {
		char text[4097];
		char control[256];
		struct iovec iov = {.iov_base = text, .iov_len = sizeof(text) - 1};
		struct msghdr header = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
		char *rest = text;
		char *line;
		pid_t pid;

		if (n < 0)
			return fail("receive");
		text[n] = '\0';
		pid = take_ancillary(&header);
		while ((line = strsep(&rest, "\n"))) {
			if (line[0])
				printf("%d %s\n", pid, line);
		}
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "send") == 0)
		return send_message(argv[2]);
	if (argc == 3 && strcmp(argv[1], "receive") == 0)
		return receive(argv[2]);
	fputs("usage: notify send MESSAGE | receive NAME\n", stderr);
	return 2;
}
