/* SPDX-License-Identifier: Apache-2.0 */
/* A pidfd of a container's process for the caller, over a unix socket (--pidfd-socket). */
#ifndef RTL_RUNTIME_PIDFD_SOCKET_H
#define RTL_RUNTIME_PIDFD_SOCKET_H

#include "common/error.h"

/* What runc sends beside the pidfd: of a container's init, and of an exec. */
#define PIDFD_SOCKET_INIT "standard"
#define PIDFD_SOCKET_EXEC "setns"

/*
 * pidfd_socket_connect() - connect to the unix stream socket @path
 * @name: of the option or annotation that gave it, for the message
 * Return: a descriptor the caller closes, or -1.
 */
int pidfd_socket_connect(const char *name, const char *path, struct error *err);

/* pidfd_socket_send() - send @pidfd with @text over @fd; does nothing if @fd is -1. */
int pidfd_socket_send(int fd, const char *text, int pidfd, struct error *err);

#endif
