/* SPDX-License-Identifier: Apache-2.0 */
/* See socket.h. */
#include "common/socket.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

int socket_send_fd(int fd, const void *data, size_t n, int passed)
{
	struct iovec iov = {.iov_base = (void *)data, .iov_len = n};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct msghdr header = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &passed, sizeof(int));
	return sendmsg(fd, &header, MSG_NOSIGNAL) < 0 ? -1 : 0;
}
