/* SPDX-License-Identifier: Apache-2.0 */
/* See channel.h. */
#include "runtime/init/channel.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/socket.h"

/* A message without an error is sent without the space for one. */
#define SHORT_SIZE offsetof(struct channel_message, error)

int channel_open(int ret[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret) < 0)
		return error_errno(err, "create the init channel");
	return 0;
}

/* A closed peer raises SIGPIPE on write(2), which is as good an end as any for an init. */
int channel_send(int fd, enum channel_step step, int value, struct error *err)
{
	struct channel_message message = {.step = step, .value = value};

	if (write(fd, &message, SHORT_SIZE) < 0)
		return error_errno(err, "send step %d over the init channel", step);
	return 0;
}

void channel_send_error(int fd, const struct error *error)
{
	struct channel_message message = {.step = STEP_FAILED, .error = *error};

	(void)!write(fd, &message, sizeof(message));
}

int channel_send_fd(int fd, enum channel_step step, int passed, struct error *err)
{
	return channel_ask(fd, step, 0, passed, err);
}

int channel_ask(int fd, enum channel_step step, int value, int passed, struct error *err)
{
	struct channel_message message = {.step = step, .value = value};

	if (socket_send_fd(fd, &message, SHORT_SIZE, passed) < 0)
		return error_errno(err, "send a descriptor over the init channel");
	return 0;
}

/* The first descriptor of a message; there are no others, but if there were they would be ours. */
static int take_fd(struct msghdr *header)
{
	auto_fd int first = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= c->cmsg_len; at += sizeof(int)) {
			auto_fd int fd = -1;

			memcpy(&fd, (const char *)c + at, sizeof(fd));
			if (first < 0)
				first = fd_take(&fd);
		}
	}
	return fd_take(&first);
}

static ssize_t receive(int fd, struct channel_message *ret, int *ret_fd)
{
	struct iovec iov = {.iov_base = ret, .iov_len = sizeof(*ret)};
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
	ssize_t n;

	do
		n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	*ret_fd = n >= 0 ? take_fd(&header) : -1;
	return n;
}

int channel_receive(int fd, struct channel_message *ret, int *ret_fd, struct error *err)
{
	auto_fd int passed = -1;
	ssize_t n = receive(fd, ret, &passed);

	/* A peer that was killed with unread messages resets the connection: its end as well. */
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return error_errno(err, "read the init channel");
	if (n != SHORT_SIZE && n != sizeof(*ret))
		return error_set(err, ERR_INVALID, "init channel: message of %zd bytes", n);
	if (ret->step == STEP_FAILED && n == sizeof(*ret)) {
		*err = ret->error;
		err->msg[sizeof(err->msg) - 1] = '\0';
		return -1;
	}
	if (ret_fd)
		*ret_fd = fd_take(&passed);
	return 1;
}

int channel_expect(int fd, enum channel_step step, int *ret_value, struct error *err)
{
	struct channel_message message;
	int got = channel_receive(fd, &message, NULL, err);

	if (got < 0)
		return -1;
	if (got == 0)
		return error_set(err, ERR_SYSTEM, "the other side ended before step %d", step);
	if (message.step != step)
		return error_set(err, ERR_INVALID, "init channel: step %u instead of %d",
		                 message.step, step);
	if (ret_value)
		*ret_value = message.value;
	return 0;
}
