/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network devices over rtnetlink(7): found, moved to another namespace, given addresses. A
 * socket belongs to the network namespace in which it was opened, wherever the process goes.
 */
#ifndef RTL_KERNEL_NETLINK_H
#define RTL_KERNEL_NETLINK_H

#include <net/if.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/error.h"

/* Addresses as the kernel listed them: whole messages, one behind the other. */
struct netlink_addresses {
	char *messages;
	size_t len;
};

/* netlink_open() - a socket of this process's network namespace; the caller closes it. */
int netlink_open(struct error *err);

/* netlink_find_link() - index of the device @name, 0 if there is none, -1. */
int netlink_find_link(int sock, const char *name, struct error *err);

/*
 * netlink_get_addresses() - the permanent addresses of global scope of a device, of any family
 *
 * The caller releases @ret with netlink_addresses_clear().
 */
int netlink_get_addresses(int sock, int index, struct netlink_addresses *ret, struct error *err);

/* netlink_addresses_clear() - release @addresses; zeroed is accepted. */
void netlink_addresses_clear(struct netlink_addresses *addresses);

#define auto_addresses auto_call(netlink_addresses_clear)

/*
 * netlink_move_link() - put a device into the network namespace at @ns_fd, called @name there
 *
 * It loses its addresses and is down there.
 */
int netlink_move_link(int sock, int index, int ns_fd, const char *name, struct error *err);

/*
 * netlink_add_addresses() - give a device the addresses that another one had
 *
 * Labels are not given: they begin with the name that the device had.
 */
int netlink_add_addresses(int sock, int index, const struct netlink_addresses *addresses,
                          struct error *err);

/* netlink_set_link_up() - let a device send and receive. */
int netlink_set_link_up(int sock, int index, struct error *err);

#endif
