/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What listens at /dev/log or at the journal's socket: it prints the first datagram that comes.
 *
 *   datagram_receiver SOCKET
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
	fprintf(stderr, "datagram_receiver: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[65536];
	ssize_t n;

	if (argc != 2) {
		fprintf(stderr, "usage: datagram_receiver SOCKET\n");
		return 2;
	}
	if (fd < 0)
		die("socket");
	if (strlen(argv[1]) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(argv[1]);
	}
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die(argv[1]);
	n = recv(fd, text, sizeof(text), 0);
	if (n < 0)
		die("receive");
	return fwrite(text, 1, (size_t)n, stdout) == (size_t)n ? 0 : 1;
}
