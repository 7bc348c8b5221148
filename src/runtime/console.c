/* SPDX-License-Identifier: Apache-2.0 */
/* See console.h. */
#include "runtime/console.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "kernel/pty.h"

int console_connect(const char *path, struct error *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	auto_fd int fd = -1;

	if (strlen(path) >= sizeof(addr.sun_path))
		return error_set(err, ERR_INVALID, "--console-socket %s: longer than %zu bytes",
		                 path, sizeof(addr.sun_path) - 1);
	memcpy(addr.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return error_errno(err, "connect to --console-socket %s", path);
	return fd_take(&fd);
}

static int send_master(int fd, int master_fd, struct error *err)
{
	char name[] = "/dev/ptmx";
	struct iovec iov = {.iov_base = name, .iov_len = sizeof(name) - 1};
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
	memcpy(CMSG_DATA(cmsg), &master_fd, sizeof(int));
	if (sendmsg(fd, &header, MSG_NOSIGNAL) < 0)
		return error_errno(err, "send the terminal over --console-socket");
	return 0;
}

int console_hand_over(int socket_fd, int master_fd, struct error *err)
{
	if (master_fd < 0)
		return 0;
	if (socket_fd >= 0)
		return send_master(socket_fd, master_fd, err);
	pty_copy_size(STDIN_FILENO, master_fd);
	return 0;
}

int console_check(bool has_terminal, const char *socket, bool is_detached, struct error *err)
{
	if (socket && !has_terminal)
		return error_set(
			err, ERR_INVALID,
			"--console-socket: the process has no terminal (process.terminal)");
	if (has_terminal && is_detached && !socket)
		return error_set(err, ERR_INVALID,
		                 "a detached process with a terminal needs --console-socket");
	return 0;
}
