/* SPDX-License-Identifier: Apache-2.0 */
/* See config_check.h. */
#include "runtime/config_check.h"

#include <stdio.h>
#include <string.h>

#include "common/str.h"
#include "kernel/lsm.h"

static const struct oci_namespace *find_namespace(const struct oci_linux *conf,
                                                  enum oci_namespace_type type)
{
	for (size_t i = 0; i < conf->n_namespaces; i++) {
		if (conf->namespaces[i].type == type)
			return &conf->namespaces[i];
	}
	return NULL;
}

static int check_namespaces(const struct oci_linux *conf, struct error *err)
{
	unsigned seen = 0;

	for (size_t i = 0; i < conf->n_namespaces; i++) {
		unsigned bit = 1U << conf->namespaces[i].type;

		if (seen & bit)
			return error_set(err, ERR_INVALID,
			                 "linux.namespaces[%zu]: a second %s namespace", i,
			                 oci_namespace_type_names.names[conf->namespaces[i].type]);
		seen |= bit;
	}
	return 0;
}

/* A member that means something in a namespace of its own only. */
static int check_needs(const struct oci_linux *conf, bool is_asked, enum oci_namespace_type type,
                       const char *member, struct error *err)
{
	if (!is_asked || find_namespace(conf, type))
		return 0;
	return error_set(err, ERR_INVALID, "%s: needs a %s namespace in linux.namespaces", member,
	                 oci_namespace_type_names.names[type]);
}

static int check_user_ns(const struct oci_linux *conf, struct error *err)
{
	const struct oci_namespace *ns = find_namespace(conf, OCI_NAMESPACE_USER);
	bool has_maps = conf->n_uid_mappings || conf->n_gid_mappings;

	if (has_maps && !ns)
		return error_set(err, ERR_INVALID,
		                 "linux.uidMappings: needs a user namespace in linux.namespaces");
	if (ns && str_is_empty(ns->path) && (!conf->n_uid_mappings || !conf->n_gid_mappings))
		return error_set(
			err, ERR_INVALID,
			"linux.namespaces: a new user namespace needs linux.uidMappings and "
			"linux.gidMappings");
	return 0;
}

/* Parameters that belong to a namespace; the rest would change the host. "." at the end: all below.
 */
static const struct {
	const char *name;
	enum oci_namespace_type type;
} namespaced_sysctls[] = {
	{"net.", OCI_NAMESPACE_NETWORK},        {"fs.mqueue.", OCI_NAMESPACE_IPC},
	{"kernel.msgmax", OCI_NAMESPACE_IPC},   {"kernel.msgmnb", OCI_NAMESPACE_IPC},
	{"kernel.msgmni", OCI_NAMESPACE_IPC},   {"kernel.sem", OCI_NAMESPACE_IPC},
	{"kernel.shmall", OCI_NAMESPACE_IPC},   {"kernel.shmmax", OCI_NAMESPACE_IPC},
	{"kernel.shmmni", OCI_NAMESPACE_IPC},   {"kernel.shm_rmid_forced", OCI_NAMESPACE_IPC},
	{"kernel.hostname", OCI_NAMESPACE_UTS}, {"kernel.domainname", OCI_NAMESPACE_UTS},
};

static bool is_sysctl(const char *dotted, const char *known)
{
	size_t len = strlen(known);

	return known[len - 1] == '.' ? str_has_prefix(dotted, known) && dotted[len]
	                             : strcmp(dotted, known) == 0;
}

/* What config.json says in another member already. */
static int check_sysctl_twin(const struct oci_config *config, const char *dotted, struct error *err)
{
	const struct {
		const char *sysctl;
		const char *value;
		const char *member;
	} twins[] = {
		{"kernel.hostname", config->hostname, "hostname"},
		{"kernel.domainname", config->domainname, "domainname"},
	};

	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		if (!str_is_empty(twins[i].value) && strcmp(dotted, twins[i].sysctl) == 0)
			return error_set(err, ERR_INVALID,
			                 "linux.sysctl.%s: conflicts with the member %s", dotted,
			                 twins[i].member);
	}
	return 0;
}

static int check_sysctl(const struct oci_config *config, const char *name, struct error *err)
{
	char dotted[256];

	snprintf(dotted, sizeof(dotted), "%s", name);
	for (char *p = dotted; *p; p++) {
		if (*p == '/')
			*p = '.';
	}
	if (strlen(name) >= sizeof(dotted) || strstr(dotted, ".."))
		return error_set(err, ERR_INVALID, "linux.sysctl: %s is no parameter", name);
	for (size_t i = 0; i < sizeof(namespaced_sysctls) / sizeof(namespaced_sysctls[0]); i++) {
		enum oci_namespace_type type = namespaced_sysctls[i].type;

		if (!is_sysctl(dotted, namespaced_sysctls[i].name))
			continue;
		if (find_namespace(config->linux, type))
			return check_sysctl_twin(config, dotted, err);
		return error_set(err, ERR_INVALID,
		                 "linux.sysctl.%s: would change the host: the container has no %s "
		                 "namespace of its own",
		                 name, oci_namespace_type_names.names[type]);
	}
	return error_set(err, ERR_INVALID,
	                 "linux.sysctl.%s: is not namespaced and would change the host", name);
}

static int check_devices(const struct oci_linux *conf, struct error *err)
{
	for (size_t i = 0; i < conf->n_devices; i++) {
		const struct oci_device *device = &conf->devices[i];

		if (device->path[0] != '/')
			return error_set(err, ERR_INVALID,
			                 "linux.devices[%zu].path: %s is not absolute", i,
			                 device->path);
		if (device->type[0] != 'p' && (!device->has_major || !device->has_minor))
			return error_set(err, ERR_INVALID,
			                 "linux.devices[%zu]: %s has no major and minor number", i,
			                 device->path);
	}
	return 0;
}

int config_check_process(const struct oci_process *process, struct error *err)
{
	if (!process->n_args || !process->args[0][0])
		return error_set(err, ERR_INVALID, "process.args: names no program");
	if (process->cwd[0] != '/')
		return error_set(err, ERR_INVALID, "process.cwd: %s is not absolute", process->cwd);
	if (!str_is_empty(process->apparmor_profile) && !lsm_has_apparmor())
		return error_set(err, ERR_UNSUPPORTED,
		                 "process.apparmorProfile: %s: AppArmor is not active on this host",
		                 process->apparmor_profile);
	if (!str_is_empty(process->selinux_label) && !lsm_has_selinux())
		return error_set(err, ERR_UNSUPPORTED,
		                 "process.selinuxLabel: %s: SELinux is not active on this host",
		                 process->selinux_label);
	return 0;
}

static int check_mount_ns(const struct oci_config *config, struct error *err)
{
	const struct oci_linux *conf = config->linux;

	if (find_namespace(conf, OCI_NAMESPACE_MOUNT))
		return 0;
	if (config->n_mounts || conf->n_masked_paths || conf->n_readonly_paths ||
	    config->root->readonly || (config->process && config->process->terminal))
		return error_set(
			err, ERR_INVALID,
			"mounts: need a mount namespace in linux.namespaces, or they would "
			"stay on the host");
	return 0;
}

static int check_hook_list(const char *stage, const struct oci_hook *list, size_t n,
                           struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].path[0] != '/')
			return error_set(err, ERR_INVALID, "hooks.%s[%zu].path: %s is not absolute",
			                 stage, i, list[i].path);
	}
	return 0;
}

static int check_hooks(const struct oci_hooks *hooks, struct error *err)
{
	if (!hooks)
		return 0;
	if (check_hook_list("prestart", hooks->prestart, hooks->n_prestart, err) < 0 ||
	    check_hook_list("createRuntime", hooks->create_runtime, hooks->n_create_runtime, err) <
	            0 ||
	    check_hook_list("createContainer", hooks->create_container, hooks->n_create_container,
	                    err) < 0)
		return -1;
	if (check_hook_list("startContainer", hooks->start_container, hooks->n_start_container,
	                    err) < 0 ||
	    check_hook_list("poststart", hooks->poststart, hooks->n_poststart, err) < 0)
		return -1;
	return check_hook_list("poststop", hooks->poststop, hooks->n_poststop, err);
}

/* An empty name is none. */
static int check_names(const struct oci_config *config, struct error *err)
{
	bool has_host = !str_is_empty(config->hostname);
	bool has_domain = !str_is_empty(config->domainname);

	if (check_needs(config->linux, has_host, OCI_NAMESPACE_UTS, "hostname", err) < 0)
		return -1;
	return check_needs(config->linux, has_domain, OCI_NAMESPACE_UTS, "domainname", err);
}

int config_check(const struct oci_config *config, struct error *err)
{
	const struct oci_linux *conf = config->linux;

	if (strncmp(config->oci_version, "1.", 2) != 0)
		return error_set(err, ERR_UNSUPPORTED, "ociVersion: %s is not 1.x",
		                 config->oci_version);
	if (!config->process)
		return error_set(err, ERR_INVALID, "process: missing");
	if (check_namespaces(conf, err) < 0 || check_user_ns(conf, err) < 0 ||
	    check_mount_ns(config, err) < 0 || check_devices(conf, err) < 0)
		return -1;
	if (check_names(config, err) < 0 || check_hooks(config->hooks, err) < 0 ||
	    check_needs(conf, conf->net_devices.n > 0, OCI_NAMESPACE_NETWORK, "linux.netDevices",
	                err) < 0 ||
	    check_needs(conf, conf->time_offsets, OCI_NAMESPACE_TIME, "linux.timeOffsets", err) < 0)
		return -1;
	for (size_t i = 0; i < conf->sysctl.n; i++) {
		if (check_sysctl(config, conf->sysctl.keys[i], err) < 0)
			return -1;
	}
	if (!str_is_empty(conf->mount_label) && !lsm_has_selinux())
		return error_set(err, ERR_UNSUPPORTED,
		                 "linux.mountLabel: %s: SELinux is not active on this host",
		                 conf->mount_label);
	return config_check_process(config->process, err);
}
