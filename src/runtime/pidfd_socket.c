/* SPDX-License-Identifier: Apache-2.0 */
/* See pidfd_socket.h. Process: runtime parent. */
#include "runtime/pidfd_socket.h"

#include <string.h>

#include "common/socket.h"

int pidfd_socket_connect(const char *name, const char *path, struct error *err)
{
	int fd = socket_connect(path);

	return fd < 0 ? error_errno(err, "connect to %s %s", name, path) : fd;
}

int pidfd_socket_send(int fd, const char *text, int pidfd, struct error *err)
{
	if (fd < 0)
		return 0;
	if (pidfd < 0)
		return error_set(err, ERR_UNSUPPORTED,
		                 "a pidfd is asked for, and pidfd_open(2) needs Linux 5.3");
	if (socket_send_fd(fd, text, strlen(text), pidfd) < 0)
		return error_errno(err, "send the pidfd");
	return 0;
}
