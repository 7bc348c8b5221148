/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.netDevices: the caller's network devices that go into the container's network namespace.
 * What becomes of them at its end is the kernel's: the spec forbids to take them out. Process:
 * runtime parent.
 */
#ifndef RTL_RUNTIME_NET_DEVICES_H
#define RTL_RUNTIME_NET_DEVICES_H

#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/init/init.h"
#include "runtime/init/net_device.h"

struct net_devices {
	struct init_net_device *list;
	size_t n;
	int ns_fd; /* the container's network namespace, once they are there; or -1 */
};

/* net_devices_make() - check names, into @ret; 0, or -1 with the member that is wrong. */
int net_devices_make(const struct oci_linux *conf, struct net_devices *ret, struct error *err);

/*
 * net_devices_enter() - move them into the namespace of the init @pid, made from @ctx
 *
 * On failure all are where they were.
 */
int net_devices_enter(struct net_devices *devices, const struct init_ctx *ctx, pid_t pid,
                      struct error *err);

/* net_devices_return() - the container did not come to be: take them back, as far as possible. */
void net_devices_return(struct net_devices *devices);

/* net_devices_clear() - release @devices; they stay where they are. */
void net_devices_clear(struct net_devices *devices);

#endif
