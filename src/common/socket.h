/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of unix sockets that carry a descriptor. unix(7), SCM_RIGHTS. */
#ifndef RTL_COMMON_SOCKET_H
#define RTL_COMMON_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

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

/*
 * socket_receive_fd() - receive one message of at most @n bytes, and the descriptor it carries
 * @ret_fd: CLOEXEC, the caller closes; -1 if none came; further ones are closed
 * Return: its length; 0 at the end of the connection; -1 with errno, EMSGSIZE for a longer one.
 */
ssize_t socket_receive_fd(int fd, void *data, size_t n, int *ret_fd);

#endif
