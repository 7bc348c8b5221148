/* SPDX-License-Identifier: Apache-2.0 */
/* Names of network devices, and their way into another namespace and back. */
#include "runtime/net_devices.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/process.h"
#include "kernel/netlink.h"
#include "test.h"
#include "user_ns.h"

static int make(const char *members, struct net_devices *ret, struct error *err)
{
	auto_free char *text =
		mem_printf("{\"ociVersion\":\"1.3.0\",\"linux\":{\"netDevices\":{%s}}}", members);
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	*ret = (struct net_devices){.ns_fd = -1};
	return net_devices_make(config->linux, ret, err);
}

TEST(a_name_inside_is_the_one_outside_unless_given)
{
	struct net_devices devices;

	EXPECT_OK(make("\"eth0\":{},\"eth1\":{\"name\":\"\"},\"eth2\":{\"name\":\"x%d\"}", &devices,
	               err));
	EXPECT_INT(devices.n, 3);
	EXPECT_STR(devices.list[0].inside, "eth0");
	EXPECT_STR(devices.list[1].inside, "eth1");
	EXPECT_STR(devices.list[2].name, "eth2");
	EXPECT_STR(devices.list[2].inside, "x%d");
	net_devices_clear(&devices);
	EXPECT(devices.n == 0 && devices.list == NULL);
}

TEST(names_that_the_kernel_would_not_take_are_refused)
{
	static const char *const bad[] = {"..",
	                                  ".",
	                                  "a b",
	                                  "a:b",
	                                  "a/b",
	                                  "%d",
	                                  "a%",
	                                  "a%dx",
	                                  "a%%d",
	                                  "a%s",
	                                  "sixteen-letters-"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_free char *members = mem_printf("\"eth0\":{\"name\":\"%s\"}", bad[i]);
		auto_free char *text = mem_printf(
			"linux.netDevices.eth0.name: \"%s\" is no device's name", bad[i]);
		struct net_devices devices;

		EXPECT_ERROR(make(members, &devices, err), ERR_INVALID, text);
		net_devices_clear(&devices);
	}
}

TEST(templates_may_be_the_same_and_names_may_not)
{
	struct net_devices devices;

	EXPECT_OK(make("\"a\":{\"name\":\"x%d\"},\"b\":{\"name\":\"x%d\"}", &devices, err));
	net_devices_clear(&devices);
	EXPECT_ERROR(make("\"a\":{\"name\":\"b\"},\"b\":{}", &devices, err), ERR_INVALID,
	             "linux.netDevices.b.name: a is called b already");
	net_devices_clear(&devices);
}

TEST(nothing_asked_for_is_nothing_made)
{
	struct net_devices devices;

	EXPECT_OK(make("", &devices, err));
	EXPECT(devices.n == 0 && devices.list == NULL);
}

/* Loopback cannot leave; what is not there cannot either. */
static void find_and_fail(struct error *err)
{
	auto_fd int sock = -1;
	auto_fd int ns_fd = -1;

	user_ns_enter();
	if (unshare(CLONE_NEWNET) < 0)
		test_skip("network namespaces cannot be made here");
	sock = netlink_open(err);
	REQUIRE_OK(sock);
	ns_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	EXPECT_INT(netlink_find_link(sock, "lo", err), 1);
	EXPECT_INT(netlink_find_link(sock, "none0", err), 0);
	EXPECT_INT(netlink_find_link(sock, "a-name-that-is-too-long", err), 0);
	EXPECT_OK(netlink_set_link_up(sock, 1, err));
	EXPECT_ERROR(netlink_set_link_up(sock, 4711, err), ERR_SYSTEM, "set it up: No such device");
}

TEST(links_are_found_by_name_in_the_namespace_of_the_socket)
{
	test_child(find_and_fail);
}

/* Those of loopback are of another scope. */
static void get_addresses(struct error *err)
{
	auto_fd int sock = -1;
	struct netlink_addresses addresses;

	user_ns_enter();
	if (unshare(CLONE_NEWNET) < 0)
		test_skip("network namespaces cannot be made here");
	sock = netlink_open(err);
	REQUIRE_OK(sock);
	REQUIRE_OK(netlink_set_link_up(sock, 1, err));
	EXPECT_OK(netlink_get_addresses(sock, 1, &addresses, err));
	EXPECT_INT(addresses.len, 0);
	netlink_addresses_clear(&addresses);
	EXPECT_OK(netlink_add_addresses(sock, 1, &addresses, err));
}

TEST(addresses_of_host_scope_are_not_taken_along)
{
	test_child(get_addresses);
}
