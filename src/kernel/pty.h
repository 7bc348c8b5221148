/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudoterminals of a container's own devpts, and the caller's terminal. pts(4), ioctl_tty(2). */
#ifndef RTL_KERNEL_PTY_H
#define RTL_KERNEL_PTY_H

#include <stdint.h>
#include <termios.h>

#include "common/error.h"

/*
 * pty_open() - new pseudoterminal of the devpts whose ptmx is at @ptmx_fd (O_RDWR)
 * @ret_slave: its other end, opened through the master itself (TIOCGPTPEER) and not by a path
 *             that the container could have replaced; caller closes
 *
 * @ptmx_fd is the master from then on.
 */
int pty_open(int ptmx_fd, int *ret_slave, struct error *err);

/* pty_set_size() - window size of the terminal at @fd, in characters. */
int pty_set_size(int fd, unsigned short rows, unsigned short columns, struct error *err);

/* pty_copy_size() - give @to the window size of @from; nothing happens if that is no terminal. */
void pty_copy_size(int from, int to);

/* pty_make_controlling() - new session with @fd as controlling terminal and as descriptors 0-2. */
int pty_make_controlling(int fd, struct error *err);

/* pty_set_raw() - put the caller's terminal @fd into raw mode; @ret_old is what to restore. */
int pty_set_raw(int fd, struct termios *ret_old, struct error *err);

#endif
