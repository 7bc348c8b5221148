/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See net_device.h. Process: the mover. runtime-spec, config-linux, Network Devices.
 *
 * Holds: the caller's rights, over both network namespaces.
 */
#include "runtime/init/net_device.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "kernel/netlink.h"
#include "kernel/ns.h"

/* One network namespace: a socket made in it, and what names it for the kernel. */
struct side {
	int sock;
	int ns_fd;
};

/* The kernel would choose the same, but would not say which. */
static int choose_name(const struct side *to, char name[IF_NAMESIZE], struct error *err)
{
	char *mark = strstr(name, "%d");
	char candidate[IF_NAMESIZE];
	int found;

	if (!mark) {
		found = netlink_find_link(to->sock, name, err);
		return found > 0 ? error_set(err, ERR_EXISTS, "there is a device %s already", name)
		                 : found;
	}
	*mark = '\0';
	for (unsigned number = 0; number < 100000; number++) {
		int len = snprintf(candidate, sizeof(candidate), "%s%u", name, number);

		if (len < 0 || len >= (int)sizeof(candidate))
			break;
		found = netlink_find_link(to->sock, candidate, err);
		if (found < 0)
			return -1;
		if (found == 0) {
			memcpy(name, candidate, sizeof(candidate));
			return 0;
		}
	}
	return error_set(err, ERR_LIMIT, "no name %s%%d is free", name);
}

/* Why the kernel may have refused. */
static int explain(struct error *err)
{
	if (err->kind == ERR_DENIED)
		return error_append(err, " (it takes CAP_NET_ADMIN over both network namespaces)");
	if (err->errnum == EINVAL)
		return error_append(err, " (such a device cannot leave its network namespace)");
	return -1;
}

/* @is_there is told apart from success: on its way a device may lose what cannot be given again. */
static int move_device(const struct side *from, const struct side *to, const char *name,
                       char new_name[IF_NAMESIZE], bool is_up_after, bool *is_there,
                       struct error *err)
{
	auto_addresses struct netlink_addresses addresses = {0};
	int index = netlink_find_link(from->sock, name, err);

	if (index <= 0)
		return index < 0 ? -1 : error_set(err, ERR_NOT_FOUND, "there is no such device");
	if (choose_name(to, new_name, err) < 0 ||
	    netlink_get_addresses(from->sock, index, &addresses, err) < 0)
		return -1;
	if (netlink_move_link(from->sock, index, to->ns_fd, new_name, err) < 0)
		return explain(err);
	*is_there = true;
	index = netlink_find_link(to->sock, new_name, err);
	if (index <= 0)
		return index < 0 ? -1 : error_set(err, ERR_NOT_FOUND, "it went elsewhere");
	if (netlink_add_addresses(to->sock, index, &addresses, err) < 0)
		return -1;
	return is_up_after ? netlink_set_link_up(to->sock, index, err) : 0;
}

static void take_back(const struct side *host, const struct side *inside,
                      struct init_net_device *devices, size_t n)
{
	struct error ignored;

	for (size_t i = n; i-- > 0;) {
		bool is_back = false;

		if (!devices[i].is_inside)
			continue;
		(void)move_device(inside, host, devices[i].inside, devices[i].name, false, &is_back,
		                  &ignored);
		devices[i].is_inside = !is_back;
	}
}

static int move_in(const struct side *host, const struct side *inside,
                   struct init_net_device *devices, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct init_net_device *device = &devices[i];

		if (move_device(host, inside, device->name, device->inside, true,
		                &device->is_inside, err) == 0)
			continue;
		take_back(host, inside, devices, i + 1);
		return error_wrap(err, "linux.netDevices.%s", device->name);
	}
	return 0;
}

static int move_all(struct init_net_device *devices, size_t n, struct side *host,
                    struct side *inside, bool is_return, struct error *err)
{
	host->sock = netlink_open(err);
	if (host->sock < 0 || ns_join(inside->ns_fd, CLONE_NEWNET, "network", err) < 0)
		return -1;
	inside->sock = netlink_open(err);
	if (inside->sock < 0)
		return -1;
	if (!is_return)
		return move_in(host, inside, devices, n, err);
	take_back(host, inside, devices, n);
	return 0;
}

__attribute__((noreturn)) void init_net_device_main(struct init_net_device *devices, size_t n,
                                                    int host_fd, int ns_fd, bool is_return,
                                                    int result_fd)
{
	struct side host = {.ns_fd = host_fd};
	struct side inside = {.ns_fd = ns_fd};
	struct error err = {0};

	if (move_all(devices, n, &host, &inside, is_return, &err) == 0)
		err = (struct error){0};
	if (file_write_all(result_fd, devices, n * sizeof(*devices)) < 0 ||
	    file_write_all(result_fd, &err, sizeof(err)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}
