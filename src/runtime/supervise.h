/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The foreground: waiting for a container's process while its signals and terminal
 * pass through. Process: runtime parent, in run and exec.
 */
#ifndef RTL_RUNTIME_SUPERVISE_H
#define RTL_RUNTIME_SUPERVISE_H

#include <sys/types.h>

#include "common/error.h"

/* Something else to serve meanwhile. */
struct supervise_source {
	int fd; /* -1: nothing */
	void (*on_readable)(void *data);
	void *data;
};

/*
 * supervise_block_signals() - keep signals from ending rtl, to be passed on later
 *
 * Before anything of the container is made. Children unblock them again before they execute
 * anything.
 * Return: a signalfd that supervise() takes, or -1.
 */
int supervise_block_signals(struct error *err);

/*
 * supervise() - pass signals and terminal through until @pid ends, and reap it
 * @signal_fd: from supervise_block_signals()
 * @pidfd:     of @pid, or -1
 * @master_fd: terminal to tie to our standard streams, or -1
 * @source:    or NULL
 * Return: its exit status, 128 + signal if it was killed; -1 on failure.
 */
int supervise(int signal_fd, pid_t pid, int pidfd, int master_fd,
              const struct supervise_source *source, struct error *err);

#endif
