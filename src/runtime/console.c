/* SPDX-License-Identifier: Apache-2.0 */
/* See console.h. */
#include "runtime/console.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/socket.h"
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
