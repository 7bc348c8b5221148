/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.terminal: a pseudoterminal of the container's own devpts, which becomes
 * its standard streams and /dev/console. Process: container init, or child of exec.
 */
#include <fcntl.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "kernel/mount.h"
#include "kernel/pty.h"
#include "runtime/init/channel.h"
#include "runtime/init/init.h"

static int set_size(const struct init_ctx *ctx, int master, struct error *err)
{
	const struct oci_console_size *size = ctx->process->console_size;

	if (!size)
		return 0;
	if (size->height > UINT16_MAX || size->width > UINT16_MAX)
		return error_set(err, ERR_INVALID, "process.consoleSize: larger than %u",
		                 UINT16_MAX);
	return pty_set_size(master, (unsigned short)size->height, (unsigned short)size->width, err);
}

/* The terminal itself is bound, by descriptor: no path of the container says what it is. */
static int bind_console(const struct init_ctx *ctx, int slave, struct error *err)
{
	const struct mount_flags none = {0};
	struct mount_target target = {.rootfd = ctx->rootfs_fd, .path = "/dev/console"};
	auto_fd int fd = path_make_in_root(ctx->rootfs_fd, target.path, false, err);

	if (fd < 0)
		return -1;
	target.fd = fd;
	return mount_bind(&target, slave, &none, err);
}

/**
 * init_terminal() - open the terminal and make it the controlling one
 *
 * Holds: rights over the container's /dev; in exec the container's root is "/".
 * Must:  send the master to the parent (STEP_TERMINAL) and keep none of it; leave the
 *        process in a session of its own.
 */
int init_terminal(struct init_ctx *ctx, struct error *err)
{
	bool is_exec = ctx->rootfs_fd < 0;
	auto_fd int master = -1;
	auto_fd int slave = -1;

	if (!ctx->process->terminal) {
		/* Away from the caller's terminal, whose input could be faked (TIOCSTI). */
		return setsid() < 0 && errno != EPERM ? error_errno(err, "create session") : 0;
	}
	if (is_exec && (ctx->rootfs_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return error_errno(err, "open /");
	master = path_open_in_root(ctx->rootfs_fd, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, err);
	if (master < 0 || pty_open(master, &slave, err) < 0 || set_size(ctx, master, err) < 0)
		return -1;
	if (!is_exec && bind_console(ctx, slave, err) < 0)
		return -1;
	if (channel_send_fd(ctx->channel_fd, STEP_TERMINAL, master, err) < 0)
		return -1;
	return pty_make_controlling(slave, err);
}
