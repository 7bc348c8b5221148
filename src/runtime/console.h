/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's master on the runtime's side: handed to a caller, or tied to our own terminal. */
#ifndef RTL_RUNTIME_CONSOLE_H
#define RTL_RUNTIME_CONSOLE_H

#include <stdbool.h>

#include "common/error.h"

/*
 * console_connect() - connect to the caller's --console-socket
 * Return: the socket, or -1. Before anything is made: a wrong path must cost nothing.
 */
int console_connect(const char *path, struct error *err);

/*
 * console_hand_over() - give the terminal's master to whoever looks after it, before the start
 * @socket_fd: from console_connect(): it is sent there, with the terminal's name as data, as
 *             containerd, conmon and Podman receive it. -1: it is ours, and takes on the size of
 *             our own terminal.
 * @master_fd: -1 if there is no terminal: nothing to do
 */
int console_hand_over(int socket_fd, int master_fd, struct error *err);

/*
 * console_check() - is this combination of terminal, socket and detachment possible?
 * @has_terminal: process.terminal or --tty
 */
int console_check(bool has_terminal, const char *socket, bool is_detached, struct error *err);

#endif
