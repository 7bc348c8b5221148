/* SPDX-License-Identifier: Apache-2.0 */
/* Finding hierarchies in texts of /proc, of several kinds of host. */
#include "common/cleanup.h"
#include "kernel/cgroup.h"
#include "test.h"

static const char hybrid[] =
	"23 1 0:22 / /sys rw - sysfs sysfs rw\n"
	"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:5 - cgroup cgroup "
	"rw,cpu,cpuacct\n"
	"35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory,clone_children\n"
	"40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
	"rw,xattr,release_agent=/lib/agent,name=systemd\n"
	"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n"
	"42 31 0:32 / /srv/again rw,relatime - cgroup cgroup rw,memory,clone_children\n";

TEST(a_hybrid_host_has_v1_hierarchies_and_v2)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};

	cgroup_layout_parse(hybrid, &layout);
	EXPECT_STR(layout.v2.mount_point, "/sys/fs/cgroup/unified");
	EXPECT_STR(layout.v2.controllers, "");
	REQUIRE(layout.n_v1 == 3);
	EXPECT_STR(layout.v1[0].controllers, "cpu,cpuacct");
	EXPECT_STR(layout.v1[0].mount_point, "/sys/fs/cgroup/cpu,cpuacct");
	EXPECT_STR(layout.v1[1].controllers, "memory");
	EXPECT_STR(layout.v1[1].mount_point, "/sys/fs/cgroup/memory");
	EXPECT_STR(layout.v1[2].controllers, "name=systemd");
}

TEST(a_v1_host_has_no_v2)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};

	cgroup_layout_parse("35 31 0:32 /docker/a /sys/fs/cgroup/pids ro - cgroup pids rw,pids\n",
	                    &layout);
	EXPECT(layout.v2.mount_point == NULL);
	REQUIRE(layout.n_v1 == 1);
	EXPECT_STR(layout.v1[0].root, "/docker/a");
	EXPECT_STR(layout.v1[0].controllers, "pids");
}

TEST(a_mount_point_with_a_space_is_read)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};

	cgroup_layout_parse("41 31 0:38 / /my\\040cgroup rw - cgroup2 none rw", &layout);
	EXPECT_STR(layout.v2.mount_point, "/my cgroup");
}

TEST(a_text_without_cgroups_gives_an_empty_layout)
{
	static const char *const texts[] = {
		"",
		"\n",
		"1\n",
		" - cgroup",
		"1 2 3 4 5 - cgroup2\n",
		"23 1 0:22 / /sys/cgroup rw - sysfs cgroup rw\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		auto_cgroup_layout struct cgroup_layout layout = {0};

		cgroup_layout_parse(texts[i], &layout);
		EXPECT(layout.v2.mount_point == NULL);
		EXPECT_INT(layout.n_v1, 0);
	}
}

TEST(a_controller_is_found_by_its_whole_name)
{
	EXPECT(cgroup_has_controller("cpu,cpuacct", "cpu"));
	EXPECT(cgroup_has_controller("cpu,cpuacct", "cpuacct"));
	EXPECT(!cgroup_has_controller("cpuacct,cpuset", "cpu"));
	EXPECT(!cgroup_has_controller("", "cpu"));
}

static const char own[] = "9:name=systemd:/user.slice\n"
			  "4:memory:/batch/job:7\n"
			  "1:cpu,cpuacct:/\n"
			  "0::/user.slice/user-1000.slice/session-3.scope\n";

static char *own_path(const char *text, const char *controllers, const char *root)
{
	struct cgroup_hierarchy hierarchy = {.controllers = (char *)controllers,
	                                     .root = (char *)root};

	return cgroup_own_path(text, &hierarchy);
}

TEST(the_own_cgroup_is_found_in_each_hierarchy)
{
	auto_free char *v2 = own_path(own, "", "/");
	auto_free char *memory = own_path(own, "memory", "/");
	auto_free char *cpu = own_path(own, "cpu,cpuacct", "/");

	EXPECT_STR(v2, "/user.slice/user-1000.slice/session-3.scope");
	EXPECT_STR(memory, "/batch/job:7");
	EXPECT_STR(cpu, "/");
	EXPECT(own_path(own, "pids", "/") == NULL);
}

TEST(the_own_cgroup_is_a_path_below_the_mounted_directory)
{
	auto_free char *below = own_path("0::/docker/abc/x\n", "", "/docker/abc");
	auto_free char *same = own_path("0::/docker/abc\n", "", "/docker/abc");

	EXPECT_STR(below, "/x");
	EXPECT_STR(same, "/");
	EXPECT(own_path("0::/docker/abcd\n", "", "/docker/abc") == NULL);
}

TEST(a_cgroup_outside_of_the_namespace_is_none_of_ours)
{
	EXPECT(own_path("0::/../other\n", "", "/") == NULL);
	EXPECT(own_path("0::/..\n", "", "/") == NULL);
}
