/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are messages to the parent's end of an init channel: a byte with the number of
 * descriptors (low 3 bits), two with the length, then as many bytes. Whatever comes is a message,
 * an error with a text, or the end; no descriptor is left open.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/init/channel.h"

#define MAX_FDS 7
#define MAX_MESSAGES 16 /* that fit into the socket's buffer */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

static void send_message(int to, const uint8_t *data, size_t size, size_t n_fds)
{
	struct iovec iov = {.iov_base = (void *)data, .iov_len = size};
	union {
		char buf[CMSG_SPACE(MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct msghdr header = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *cmsg = &control.align;

	if (n_fds) {
		header.msg_control = control.buf;
		header.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		for (size_t i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &to, sizeof(int));
	}
	expect(sendmsg(to, &header, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size);
}

static void check_one(int fd, size_t i)
{
	struct channel_message message;
	struct error err = {0};
	int passed = -1;
	int got = channel_receive(fd, &message, i % 2 ? &passed : NULL, &err);

	if (got < 0)
		expect(memchr(err.msg, '\0', sizeof(err.msg)) != NULL);
	expect(got <= 1 && (got == 1 || passed == -1));
	if (passed >= 0)
		close(passed);
}

/* The lowest number that is free: it rises if a descriptor was left open below it. */
static int lowest_free(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	size_t n = 0;
	int ends[2];
	int before;

	expect(channel_open(ends, &err) == 0);
	before = lowest_free();
	while (size >= 3 && n < MAX_MESSAGES) {
		size_t len = data[1] | (size_t)data[2] << 8;
		size_t n_fds = data[0] & MAX_FDS;

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		send_message(ends[1], data, len, n_fds);
		check_one(ends[0], n++);
		data += len;
		size -= len;
	}
	expect(lowest_free() == before);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
