/* SPDX-License-Identifier: Apache-2.0 */
/* See console.h. */
#include "runtime/console.h"

#include <errno.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/socket.h"
#include "kernel/pty.h"

int console_connect(const char *path, struct error *err)
{
	int fd = socket_connect(path);

	if (fd < 0 && errno == ENAMETOOLONG)
		return error_set(err, ERR_INVALID, "--console-socket %s: longer than %zu bytes",
		                 path, sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	return fd < 0 ? error_errno(err, "connect to --console-socket %s", path) : fd;
}

int console_hand_over(int socket_fd, int master_fd, struct error *err)
{
	static const char name[] = "/dev/ptmx";

	if (master_fd < 0)
		return 0;
	if (socket_fd < 0)
		pty_copy_size(STDIN_FILENO, master_fd);
	else if (socket_send_fd(socket_fd, name, sizeof(name) - 1, master_fd) < 0)
		return error_errno(err, "send the terminal over --console-socket");
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
