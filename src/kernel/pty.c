/* SPDX-License-Identifier: Apache-2.0 */
/* See pty.h. */
#include "kernel/pty.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif
#ifndef DEVPTS_SUPER_MAGIC
#define DEVPTS_SUPER_MAGIC 0x1cd1
#endif

int pty_open(int ptmx_fd, int *ret_slave, struct error *err)
{
	struct statfs fs;
	int unlock = 0;
	int slave;

	if (fstatfs(ptmx_fd, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC)
		return error_set(err, ERR_INVALID,
		                 "open terminal: /dev/pts/ptmx is not on a devpts filesystem "
		                 "(mount one at /dev/pts)");
	if (ioctl(ptmx_fd, TIOCSPTLCK, &unlock) < 0)
		return error_errno(err, "unlock terminal");
	slave = ioctl(ptmx_fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return error_errno(err, "open the terminal's other end");
	*ret_slave = slave;
	return 0;
}

int pty_set_size(int fd, unsigned short rows, unsigned short columns, struct error *err)
{
	struct winsize size = {.ws_row = rows, .ws_col = columns};

	return ioctl(fd, TIOCSWINSZ, &size) < 0 ? error_errno(err, "set terminal size") : 0;
}

void pty_copy_size(int from, int to)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size) == 0)
		(void)ioctl(to, TIOCSWINSZ, &size);
}

int pty_make_controlling(int fd, struct error *err)
{
	if (setsid() < 0)
		return error_errno(err, "create session for the terminal");
	if (ioctl(fd, TIOCSCTTY, 0) < 0)
		return error_errno(err, "make the terminal the controlling one");
	for (int i = 0; i < 3; i++) {
		if (dup2(fd, i) < 0)
			return error_errno(err, "make the terminal descriptor %d", i);
	}
	return 0;
}

int pty_set_raw(int fd, struct termios *ret_old, struct error *err)
{
	struct termios raw;

	if (tcgetattr(fd, ret_old) < 0)
		return error_errno(err, "read terminal settings");
	raw = *ret_old;
	cfmakeraw(&raw);
	return tcsetattr(fd, TCSANOW, &raw) < 0 ? error_errno(err, "set terminal raw") : 0;
}
