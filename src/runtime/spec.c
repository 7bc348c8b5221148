/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See spec.h. The document is a constant struct, but for the IDs of the caller, and
 * libocispec writes it. Content as other runtimes' `spec` has it, so that what was
 * written for those goes on working. Process: runtime parent.
 * runtime-spec, config and config-linux.
 */
#include "runtime/spec.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "libocispec/oci_config.h"

/* Constant lists; the structs have no const because most of them are read from files. */
#define STRINGS(...)                                                                               \
	(char **)(const char *const[])                                                             \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}
#define N_STRINGS(...) (sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define LIST(member, ...) .member = STRINGS(__VA_ARGS__), .n_##member = N_STRINGS(__VA_ARGS__)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define DEFAULT_CAPS "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"

static const struct oci_capabilities capabilities = {
	LIST(bounding, DEFAULT_CAPS),
	LIST(effective, DEFAULT_CAPS),
	LIST(permitted, DEFAULT_CAPS),
};

static const struct oci_rlimit rlimits[] = {
	{.type = "RLIMIT_NOFILE", .hard = 1024, .soft = 1024},
};

static const struct oci_user user = {.uid = 0, .gid = 0};

static const struct oci_process process = {
	.terminal = true,
	.user = (struct oci_user *)&user,
	LIST(args, "sh"),
	LIST(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "TERM=xterm"),
	.cwd = "/",
	.capabilities = (struct oci_capabilities *)&capabilities,
	.rlimits = (struct oci_rlimit *)rlimits,
	.n_rlimits = COUNT(rlimits),
	.no_new_privileges = true,
};

static const struct oci_root root = {.path = "rootfs", .readonly = true};

/* destination, type, source, options */
#define MOUNT(to, fstype, from, ...)                                                               \
	{                                                                                          \
		.destination = to, .type = fstype, .source = from, LIST(options, __VA_ARGS__)      \
	}

/* Where a user has one ID, group 5 (tty) is not mapped. */
#define MOUNTS(SYS, ...)                                                                           \
	{.destination = "/proc", .type = "proc", .source = "proc"},                                \
		MOUNT("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755",               \
	              "size=65536k"),                                                              \
		MOUNT("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",           \
	              "ptmxmode=0666", __VA_ARGS__),                                               \
		MOUNT("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777",        \
	              "size=65536k"),                                                              \
		MOUNT("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"), SYS,        \
		MOUNT("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev",           \
	              "relatime", "ro")

static const struct oci_mount mounts[] = {
	MOUNTS(MOUNT("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"), "mode=0620",
               "gid=5"),
};

/* sysfs can be mounted only by who owns the network namespace. */
static const struct oci_mount rootless_mounts[] = {
	MOUNTS(MOUNT("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro"),
               "mode=0620"),
};

static const struct oci_namespace namespaces[] = {
	{.type = OCI_NAMESPACE_PID},   {.type = OCI_NAMESPACE_NETWORK},
	{.type = OCI_NAMESPACE_IPC},   {.type = OCI_NAMESPACE_UTS},
	{.type = OCI_NAMESPACE_MOUNT}, {.type = OCI_NAMESPACE_CGROUP},
};

static const struct oci_namespace rootless_namespaces[] = {
	{.type = OCI_NAMESPACE_PID},   {.type = OCI_NAMESPACE_IPC},    {.type = OCI_NAMESPACE_UTS},
	{.type = OCI_NAMESPACE_MOUNT}, {.type = OCI_NAMESPACE_CGROUP}, {.type = OCI_NAMESPACE_USER},
};

static const struct oci_device_rule device_rules[] = {
	{.allow = false, .access = "rwm"},
};

static const struct oci_resources resources = {
	.devices = (struct oci_device_rule *)device_rules,
	.n_devices = COUNT(device_rules),
};

#define MASKED_PATHS                                                                               \
	"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",          \
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware",     \
		"/proc/scsi"
#define READONLY_PATHS "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"

void spec_format(bool is_rootless, struct str *out)
{
	struct oci_id_mapping uid = {.container_id = 0, .host_id = geteuid(), .size = 1};
	struct oci_id_mapping gid = {.container_id = 0, .host_id = getegid(), .size = 1};
	struct oci_linux linux = {
		.resources = is_rootless ? NULL : (struct oci_resources *)&resources,
		.uid_mappings = is_rootless ? &uid : NULL,
		.n_uid_mappings = is_rootless,
		.gid_mappings = is_rootless ? &gid : NULL,
		.n_gid_mappings = is_rootless,
		.namespaces =
			(struct oci_namespace *)(is_rootless ? rootless_namespaces : namespaces),
		.n_namespaces = is_rootless ? COUNT(rootless_namespaces) : COUNT(namespaces),
		LIST(masked_paths, MASKED_PATHS),
		LIST(readonly_paths, READONLY_PATHS),
	};
	const struct oci_config config = {
		.oci_version = SPEC_VERSION,
		.process = (struct oci_process *)&process,
		.root = (struct oci_root *)&root,
		.hostname = "rtl",
		.mounts = (struct oci_mount *)(is_rootless ? rootless_mounts : mounts),
		.n_mounts = is_rootless ? COUNT(rootless_mounts) : COUNT(mounts),
		.linux = &linux,
	};

	oci_config_write(&config, "\t", out);
	str_append_char(out, '\n');
}

int spec_write(const char *bundle, const char *file, bool is_rootless, struct error *err)
{
	const char *dir = bundle ? bundle : ".";
	const char *name = file ? file : "config.json";
	auto_fd int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_str struct str text = {0};
	auto_fd int fd = -1;

	if (dirfd < 0)
		return error_errno(err, "open bundle %s", dir);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return error_set(err, ERR_EXISTS, "%s%s%s exists", bundle ? bundle : "",
		                 bundle ? "/" : "", name);
	if (fd < 0)
		return error_errno(err, "create %s in %s", name, dir);
	spec_format(is_rootless, &text);
	if (file_write_all(fd, text.s, text.len) < 0) {
		error_errno(err, "write %s in %s", name, dir);
		unlinkat(dirfd, name, 0);
		return -1;
	}
	return 0;
}
