/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on config.json, each with its message. */
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "kernel/lsm.h"
#include "runtime/config_check.h"
#include "test.h"

#define PROCESS "\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]}"
#define MOUNT_NS "{\"type\":\"mount\"}"

/*
 * config_check() of a config with the given process member, further members, namespaces and
 * members of linux; the texts of members begin with a comma or are empty.
 */
static int check(const char *process, const char *members, const char *namespaces,
                 const char *linux_members, struct error *err)
{
	auto_free char *text =
		mem_printf("{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},%s%s,"
	                   "\"linux\":{\"namespaces\":[%s]%s}}",
	                   process, members, namespaces, linux_members);
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	return config_check(config, err);
}

static int check_linux(const char *namespaces, const char *members, struct error *err)
{
	auto_free char *all = mem_printf(MOUNT_NS "%s%s", namespaces[0] ? "," : "", namespaces);

	return check(PROCESS, "", all, members, err);
}

static int check_process_text(const char *text, struct error *err)
{
	auto_json struct oci_process *process =
		oci_process_read("process", text, strlen(text), err);

	REQUIRE_OK(process);
	return config_check_process(process, err);
}

static int check_process(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"cwd\":\"/\",\"args\":[\"sh\"]%s}", members);

	return check_process_text(text, err);
}

TEST(a_plain_config_is_good)
{
	EXPECT_OK(check_linux("", "", err));
	EXPECT_OK(check_linux("{\"type\":\"user\",\"path\":\"/proc/1/ns/user\"}", "", err));
	EXPECT_OK(check_linux("{\"type\":\"user\"},{\"type\":\"pid\"},{\"type\":\"network\"},"
	                      "{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"cgroup\"},"
	                      "{\"type\":\"time\"}",
	                      ",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],"
	                      "\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]",
	                      err));
}

static int check_version(const char *version, struct error *err)
{
	auto_free char *text =
		mem_printf("{\"ociVersion\":\"%s\",\"root\":{\"path\":\"r\"}," PROCESS
	                   ",\"linux\":{\"namespaces\":[" MOUNT_NS "]}}",
	                   version);
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	return config_check(config, err);
}

TEST(only_version_1_of_the_spec_is_taken)
{
	EXPECT_OK(check_version("1.0.0", err));
	EXPECT_OK(check_version("1.3.0-dev", err));
	EXPECT_ERROR(check_version("2.0.0", err), ERR_UNSUPPORTED, "ociVersion: 2.0.0 is not 1.x");
	EXPECT_ERROR(check_version("0.1", err), ERR_UNSUPPORTED, "ociVersion: 0.1 is not 1.x");
	EXPECT_ERROR(check_version("10.0.0", err), ERR_UNSUPPORTED,
	             "ociVersion: 10.0.0 is not 1.x");
	EXPECT_ERROR(check_version("", err), ERR_UNSUPPORTED, "ociVersion:  is not 1.x");
}

TEST(a_config_without_a_process_is_refused)
{
	EXPECT_ERROR(check("\"hostname\":\"\"", "", MOUNT_NS, "", err), ERR_INVALID,
	             "process: missing");
}

TEST(there_is_one_namespace_of_a_kind)
{
	EXPECT_ERROR(check_linux("{\"type\":\"pid\"},{\"type\":\"pid\"}", "", err), ERR_INVALID,
	             "linux.namespaces[2]: a second pid namespace");
	EXPECT_ERROR(check_linux("{\"type\":\"mount\",\"path\":\"/x\"}", "", err), ERR_INVALID,
	             "linux.namespaces[1]: a second mount namespace");
}

#define UID_MAP ",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]"
#define GID_MAP ",\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]"

TEST(maps_and_a_new_user_namespace_go_together)
{
	static const char needs[] =
		"linux.namespaces: a new user namespace needs linux.uidMappings and "
		"linux.gidMappings";

	EXPECT_ERROR(check_linux("", UID_MAP, err), ERR_INVALID,
	             "linux.uidMappings: needs a user namespace in linux.namespaces");
	EXPECT_ERROR(check_linux("", GID_MAP, err), ERR_INVALID,
	             "linux.uidMappings: needs a user namespace in linux.namespaces");
	EXPECT_INT(check_linux("{\"type\":\"user\",\"path\":\"/u\"}", UID_MAP, err), 0);
	EXPECT_ERROR(check_linux("{\"type\":\"user\"}", "", err), ERR_INVALID, needs);
	EXPECT_ERROR(check_linux("{\"type\":\"user\"}", UID_MAP, err), ERR_INVALID, needs);
	EXPECT_ERROR(check_linux("{\"type\":\"user\"}", GID_MAP, err), ERR_INVALID, needs);
}

TEST(an_empty_path_is_a_new_namespace)
{
	EXPECT_OK(check_linux("{\"type\":\"user\",\"path\":\"\"}", UID_MAP GID_MAP, err));
	EXPECT_ERROR(check_linux("{\"type\":\"user\",\"path\":\"\"}", "", err), ERR_INVALID,
	             "linux.namespaces: a new user namespace needs linux.uidMappings and "
	             "linux.gidMappings");
}

static int check_readonly_root(struct error *err)
{
	static const char text[] = "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\","
				   "\"readonly\":true}," PROCESS ",\"linux\":{}}";
	auto_json struct oci_config *config =
		oci_config_read("config.json", text, sizeof(text) - 1, err);

	REQUIRE_OK(config);
	return config_check(config, err);
}

TEST(what_would_stay_on_the_host_needs_a_mount_namespace)
{
	static const char text[] =
		"mounts: need a mount namespace in linux.namespaces, or they would "
		"stay on the host";

	EXPECT_OK(check(PROCESS, "", "", "", err));
	EXPECT_ERROR(check(PROCESS, ",\"mounts\":[{\"destination\":\"/a\"}]", "", "", err),
	             ERR_INVALID, text);
	EXPECT_ERROR(check(PROCESS, "", "", ",\"maskedPaths\":[\"/x\"]", err), ERR_INVALID, text);
	EXPECT_ERROR(check(PROCESS, "", "", ",\"readonlyPaths\":[\"/x\"]", err), ERR_INVALID, text);
	EXPECT_ERROR(check("\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"terminal\":true}", "", "",
	                   "", err),
	             ERR_INVALID, text);
	EXPECT_ERROR(check_readonly_root(err), ERR_INVALID, text);
}

TEST(network_devices_need_a_network_namespace)
{
	EXPECT_OK(check_linux("{\"type\":\"network\"}", ",\"netDevices\":{\"eth0\":{}}", err));
	EXPECT_ERROR(check_linux("", ",\"netDevices\":{\"eth0\":{}}", err), ERR_INVALID,
	             "linux.netDevices: needs a network namespace in linux.namespaces");
}

TEST(a_device_has_an_absolute_path_and_numbers)
{
	EXPECT_OK(check_linux("",
	                      ",\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":1,"
	                      "\"minor\":3},{\"path\":\"/dev/p\",\"type\":\"p\"}]",
	                      err));
	EXPECT_ERROR(check_linux("",
	                         ",\"devices\":[{\"path\":\"/p\",\"type\":\"p\"},{\"path\":"
	                         "\"dev/x\",\"type\":\"c\",\"major\":1,\"minor\":3}]",
	                         err),
	             ERR_INVALID, "linux.devices[1].path: dev/x is not absolute");
	EXPECT_ERROR(check_linux("",
	                         ",\"devices\":[{\"path\":\"/dev/x\",\"type\":\"b\",\"major\":1}]",
	                         err),
	             ERR_INVALID, "linux.devices[0]: /dev/x has no major and minor number");
}

TEST(names_need_a_uts_namespace_unless_they_are_empty)
{
	EXPECT_OK(check(PROCESS, ",\"hostname\":\"h\",\"domainname\":\"d\"",
	                MOUNT_NS ",{\"type\":\"uts\"}", "", err));
	EXPECT_OK(check(PROCESS, ",\"hostname\":\"\",\"domainname\":\"\"", MOUNT_NS, "", err));
	EXPECT_ERROR(check(PROCESS, ",\"hostname\":\"h\"", MOUNT_NS, "", err), ERR_INVALID,
	             "hostname: needs a uts namespace in linux.namespaces");
	EXPECT_ERROR(check(PROCESS, ",\"domainname\":\"d\"", MOUNT_NS, "", err), ERR_INVALID,
	             "domainname: needs a uts namespace in linux.namespaces");
}

TEST(offsets_of_clocks_need_a_time_namespace)
{
	EXPECT_OK(check_linux("{\"type\":\"time\"}", ",\"timeOffsets\":{}", err));
	EXPECT_ERROR(check_linux("", ",\"timeOffsets\":{\"boottime\":{\"secs\":1}}", err),
	             ERR_INVALID, "linux.timeOffsets: needs a time namespace in linux.namespaces");
}

static int check_sysctl(const char *namespaces, const char *name, struct error *err)
{
	auto_free char *member = mem_printf(",\"sysctl\":{\"%s\":\"1\"}", name);

	return check_linux(namespaces, member, err);
}

TEST(parameters_of_the_containers_own_namespaces_are_taken_with_dots_or_slashes)
{
	static const char *const cases[][2] = {
		{"network", "net.ipv4.ip_forward"},
		{"network", "net/ipv4/conf/eth0.100/forwarding"},
		{"ipc", "fs.mqueue.msg_max"},
		{"ipc", "kernel.shmmax"},
		{"ipc", "kernel/sem"},
		{"ipc", "kernel.msgmnb"},
		{"uts", "kernel.hostname"},
		{"uts", "kernel.domainname"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_free char *ns = mem_printf("{\"type\":\"%s\"}", cases[i][0]);
		auto_free char *text = mem_printf(
			"linux.sysctl.%s: would change the host: the container has no %s "
			"namespace of its own",
			cases[i][1], cases[i][0]);

		EXPECT_OK(check_sysctl(ns, cases[i][1], err));
		EXPECT_ERROR(check_sysctl("{\"type\":\"pid\"}", cases[i][1], err), ERR_INVALID,
		             text);
	}
}

#define ALL "{\"type\":\"network\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"pid\"}"

TEST(parameters_of_the_host_are_refused)
{
	static const char *const names[] = {"vm.swappiness",
	                                    "kernel.core_pattern",
	                                    "fs.file-max",
	                                    "kernel/modprobe",
	                                    "network.x",
	                                    "kernel.semantics",
	                                    "kernel.shmmax2",
	                                    "kernel.sem.x",
	                                    "kernel.msg_next_id",
	                                    "/net/ipv4/ip_forward",
	                                    "net.",
	                                    "fs.mqueue",
	                                    "net",
	                                    ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		auto_free char *text = mem_printf(
			"linux.sysctl.%s: is not namespaced and would change the host", names[i]);

		EXPECT_ERROR(check_sysctl(ALL, names[i], err), ERR_INVALID, text);
	}
}

TEST(a_name_is_not_set_twice)
{
	EXPECT_ERROR(check(PROCESS, ",\"hostname\":\"h\"", MOUNT_NS ",{\"type\":\"uts\"}",
	                   ",\"sysctl\":{\"kernel/hostname\":\"x\"}", err),
	             ERR_INVALID,
	             "linux.sysctl.kernel.hostname: conflicts with the member hostname");
	EXPECT_ERROR(check(PROCESS, ",\"domainname\":\"d\"", MOUNT_NS ",{\"type\":\"uts\"}",
	                   ",\"sysctl\":{\"kernel.domainname\":\"x\"}", err),
	             ERR_INVALID,
	             "linux.sysctl.kernel.domainname: conflicts with the member domainname");
	EXPECT_OK(check(PROCESS, ",\"hostname\":\"\"", MOUNT_NS ",{\"type\":\"uts\"}",
	                ",\"sysctl\":{\"kernel.hostname\":\"x\"}", err));
}

TEST(a_parameter_cannot_climb_out_of_its_directory)
{
	auto_free char *longest = mem_printf("net.%0300d", 1);
	auto_free char *text = mem_printf("linux.sysctl: %s is no parameter", longest);

	EXPECT_ERROR(check_sysctl(ALL, "net/../kernel/core_pattern", err), ERR_INVALID,
	             "linux.sysctl: net/../kernel/core_pattern is no parameter");
	EXPECT_ERROR(check_sysctl(ALL, "net..kernel.core_pattern", err), ERR_INVALID,
	             "linux.sysctl: net..kernel.core_pattern is no parameter");
	EXPECT_ERROR(check_sysctl(ALL, "net./x", err), ERR_INVALID,
	             "linux.sysctl: net./x is no parameter");
	EXPECT_ERROR(check_sysctl(ALL, longest, err), ERR_INVALID, text);
}

TEST(a_process_names_a_program_and_an_absolute_directory)
{
	EXPECT_OK(check_process("", err));
	EXPECT_ERROR(check_process_text("{\"cwd\":\"/\",\"args\":[]}", err), ERR_INVALID,
	             "process.args: names no program");
	EXPECT_ERROR(check_process_text("{\"cwd\":\"/\",\"args\":[\"\",\"x\"]}", err), ERR_INVALID,
	             "process.args: names no program");
	EXPECT_ERROR(check_process_text("{\"cwd\":\"tmp\",\"args\":[\"x\"]}", err), ERR_INVALID,
	             "process.cwd: tmp is not absolute");
	EXPECT_ERROR(check_process_text("{\"cwd\":\"\",\"args\":[\"x\"]}", err), ERR_INVALID,
	             "process.cwd:  is not absolute");
	EXPECT_ERROR(check("\"process\":{\"cwd\":\"/\"}", "", MOUNT_NS, "", err), ERR_INVALID,
	             "process.args: names no program");
}

TEST(labels_are_refused_where_nobody_would_enforce_them)
{
	EXPECT_OK(check_process(",\"apparmorProfile\":\"\",\"selinuxLabel\":\"\"", err));
	if (lsm_has_apparmor() || lsm_has_selinux())
		test_skip("AppArmor or SELinux is active");
	EXPECT_ERROR(check_process(",\"apparmorProfile\":\"p\"", err), ERR_UNSUPPORTED,
	             "process.apparmorProfile: p: AppArmor is not active on this host");
	EXPECT_ERROR(check_process(",\"selinuxLabel\":\"l\"", err), ERR_UNSUPPORTED,
	             "process.selinuxLabel: l: SELinux is not active on this host");
	EXPECT_OK(check_linux("", ",\"mountLabel\":\"\"", err));
	EXPECT_ERROR(check_linux("", ",\"mountLabel\":\"l\"", err), ERR_UNSUPPORTED,
	             "linux.mountLabel: l: SELinux is not active on this host");
}
