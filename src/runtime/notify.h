/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sd_notify(3) through rtl: the container's program tells a socket of ours that it is ready, and
 * rtl tells the service manager whose NOTIFY_SOCKET it was started with. The manager listens to
 * its own services only, and PIDs of a container mean nothing to it.
 *
 * The socket lies in the directory "notify" of the container's directory, which is bound at
 * /run/notify. create makes the directory; run and start listen. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_NOTIFY_H
#define RTL_RUNTIME_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/options.h"

struct notify {
	int fd;         /* what the container sends to; -1: none */
	int manager_fd; /* connected to the service manager */
	pid_t main_pid; /* what the manager is to watch from now on; 0: rtl itself */
	bool is_ready;  /* and has been told so */
};

#define NOTIFY_NONE                                                                                \
	{                                                                                          \
		.fd = -1, .manager_fd = -1                                                         \
	}

/*
 * notify_plan() - add mount and variable to @config of the container @id to be, if NOTIFY_SOCKET is
 *                 set and the config mounts nothing at /run/notify itself
 * Return: 1 if so, 0, -1.
 */
int notify_plan(struct oci_config *config, const struct runtime_options *opts, const char *id,
                struct error *err);

/* notify_make_dir() - make the directory that notify_plan() mounts; @dir_fd is the container's. */
int notify_make_dir(int dir_fd, struct error *err);

/*
 * notify_listen() - begin to listen for the container whose directory is @dir_fd
 * @ret: none if NOTIFY_SOCKET is not set or create made no directory
 * Return: 0, -1. Closed by notify_close().
 */
int notify_listen(int dir_fd, struct notify *ret, struct error *err);

/* notify_forward() - pass on a message that has come; @notify is a struct notify. */
void notify_forward(void *notify);

/*
 * notify_wait() - forward until the program is ready, or ended
 * @signal_fd: of blocked signals, which are passed on to the program; or -1
 */
void notify_wait(struct notify *notify, int signal_fd, pid_t pid, int pidfd);

/* notify_close() - release @notify. */
void notify_close(struct notify *notify);

#define auto_notify auto_call(notify_close)

#endif
