/* SPDX-License-Identifier: Apache-2.0 */
/* linux.netDevices: what moves network devices between the caller's namespace and a container's. */
#ifndef RTL_RUNTIME_INIT_NET_DEVICE_H
#define RTL_RUNTIME_INIT_NET_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

/* A device on its way. Plain data: it comes back from another process. */
struct init_net_device {
	char name[IF_NAMESIZE];   /* in the caller's namespace */
	char inside[IF_NAMESIZE]; /* in the container's; a trailing %d becomes a free number */
	bool is_inside;
};

/*
 * init_net_device_main() - move @devices into the network namespace at @ns_fd, or back
 * @host_fd:   the caller's network namespace
 * @is_return: take back those that are inside
 * @result_fd: gets the n devices as they are then, and the struct error, empty for success
 *
 * On failure what had been moved before is back. Addresses go along; in the container the devices
 * are up. Process: the mover, a child of the parent that lives only for this: the parent itself
 * enters nothing.
 */
__attribute__((noreturn)) void init_net_device_main(struct init_net_device *devices, size_t n,
                                                    int host_fd, int ns_fd, bool is_return,
                                                    int result_fd);

#endif
