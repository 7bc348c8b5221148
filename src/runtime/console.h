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
 * console_send() - send @master_fd over the socket @fd, with the terminal's name as data, as
 *                  containerd, conmon and Podman receive it
 */
int console_send(int fd, int master_fd, struct error *err);

/*
 * console_check() - is this combination of terminal, socket and detachment possible?
 * @has_terminal: process.terminal or --tty
 */
int console_check(bool has_terminal, const char *socket, bool is_detached, struct error *err);

#endif
