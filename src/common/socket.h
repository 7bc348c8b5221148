/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of unix sockets that carry a descriptor. unix(7), SCM_RIGHTS. */
#ifndef RTL_COMMON_SOCKET_H
#define RTL_COMMON_SOCKET_H

#include <stddef.h>

/*
 * socket_connect() - connect to the unix stream socket @path
 * Return: a descriptor the caller closes, or -1 with errno; a path longer than the kernel takes
 *         is ENAMETOOLONG.
 */
int socket_connect(const char *path);

/*
 * socket_send_fd() - send @n bytes of @data with the descriptor @passed over @fd
 *
 * The sender keeps its copy. A peer that has gone is EPIPE, not SIGPIPE.
 * Return: 0, or -1 with errno.
 */
int socket_send_fd(int fd, const void *data, size_t n, int passed);

#endif
