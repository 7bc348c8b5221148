/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See features.h. Nothing is promised that the runtime does not do: what a later
 * change makes true is switched on here by that change. Process: runtime parent.
 * runtime-spec, features and features-linux.
 */
#include "runtime/features.h"

#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "kernel/caps.h"
#include "kernel/mount_option.h"
#include "kernel/ns.h"
#include "libocispec/oci_features.h"
#include "libocispec/oci_linux.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/annotations.h"
#include "runtime/seccomp_kernel.h"
#include "runtime/spec.h"

#ifndef RTL_VERSION
#define RTL_VERSION "unknown"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const hooks[] = {"prestart",       "createRuntime", "createContainer",
                                    "startContainer", "poststart",     "poststop"};

/* A prefix where it ends in ".". */
static const char *const unsafe_annotations[] = {ANNOTATION_PREFIX};

/* The names of an enum, for a list that borrows them. */
static char **names_of(const struct json_enum *names, size_t *ret_n)
{
	*ret_n = names->n;
	return (char **)(names->names + 1);
}

static void add_name(const struct json_enum *names, unsigned value, char **list, size_t *n)
{
	list[(*n)++] = (char *)json_enum_name(names, value);
}

/* What config.json may ask for on this kernel with this libseccomp; members count from 1. */
static void fill_seccomp(void *root, struct oci_features_seccomp *seccomp)
{
	seccomp->has_enabled = seccomp->enabled = true;
	seccomp->operators = names_of(&oci_seccomp_operator_names, &seccomp->n_operators);
	seccomp->known_flags = names_of(&oci_seccomp_flag_names, &seccomp->n_known_flags);
	seccomp->actions = json_alloc(root, (oci_seccomp_action_names.n + 1) * sizeof(char *));
	for (unsigned action = 1; action <= oci_seccomp_action_names.n; action++)
		if (seccomp_kernel_has_action(action))
			add_name(&oci_seccomp_action_names, action, seccomp->actions,
			         &seccomp->n_actions);
	seccomp->archs = json_alloc(root, (oci_seccomp_arch_names.n + 1) * sizeof(char *));
	for (unsigned arch = 1; arch <= oci_seccomp_arch_names.n; arch++)
		if (seccomp_kernel_has_arch(arch))
			add_name(&oci_seccomp_arch_names, arch, seccomp->archs, &seccomp->n_archs);
	seccomp->supported_flags =
		json_alloc(root, (oci_seccomp_flag_names.n + 1) * sizeof(char *));
	for (unsigned flag = 1; flag <= oci_seccomp_flag_names.n; flag++)
		if (seccomp_kernel_has_flag(flag))
			add_name(&oci_seccomp_flag_names, flag, seccomp->supported_flags,
			         &seccomp->n_supported_flags);
}

/* What libcap has a name for. */
static void fill_capabilities(void *root, struct oci_features_linux *linux)
{
	int last = caps_last();
	char name[64];

	linux->capabilities = json_alloc(root, (size_t)(last + 2) * sizeof(char *));
	for (int cap = 0; cap <= last; cap++) {
		caps_name(cap, name, sizeof(name));
		if (caps_from_name(name) == cap)
			linux->capabilities[linux->n_capabilities++] = json_strdup(root, name);
	}
}

static void fill_namespaces(void *root, struct oci_features_linux *linux)
{
	linux->namespaces = json_alloc(root, (ns_n_kinds + 1) * sizeof(char *));
	for (size_t i = 0; i < ns_n_kinds; i++)
		linux->namespaces[linux->n_namespaces++] = (char *)ns_kinds[i].name;
}

static struct oci_features_switch *make_switch(void *root, bool is_enabled)
{
	struct oci_features_switch *ret = json_alloc(root, sizeof(*ret));

	ret->has_enabled = true;
	ret->enabled = is_enabled;
	return ret;
}

static struct oci_features_linux *make_linux(void *root)
{
	struct oci_features_linux *linux = json_alloc(root, sizeof(*linux));

	fill_namespaces(root, linux);
	fill_capabilities(root, linux);
	linux->cgroup = json_alloc(root, sizeof(*linux->cgroup));
	*linux->cgroup = (struct oci_features_cgroup){
		.has_v1 = true,
		.v1 = true,
		.has_v2 = true,
		.v2 = true,
		.has_systemd = true,
		.has_systemd_user = true,
		.has_rdma = true,
		.rdma = true,
	};
	linux->seccomp = json_alloc(root, sizeof(*linux->seccomp));
	fill_seccomp(root, linux->seccomp);
	linux->apparmor = make_switch(root, true);
	linux->selinux = make_switch(root, true);
	linux->intel_rdt = json_alloc(root, sizeof(*linux->intel_rdt));
	*linux->intel_rdt = (struct oci_features_intel_rdt){
		.has_enabled = true,
		.enabled = true,
		.has_schemata = true,
		.schemata = true,
		.has_monitoring = true,
		.monitoring = true,
	};
	linux->memory_policy = json_alloc(root, sizeof(*linux->memory_policy));
	linux->memory_policy->modes =
		names_of(&oci_memory_policy_mode_names, &linux->memory_policy->n_modes);
	linux->memory_policy->flags =
		names_of(&oci_memory_policy_flag_names, &linux->memory_policy->n_flags);
	linux->mount_extensions = json_alloc(root, sizeof(*linux->mount_extensions));
	linux->mount_extensions->idmap = make_switch(root, true);
	linux->net_devices = make_switch(root, true);
	return linux;
}

/* Names that callers look for in any runtime. */
static void fill_annotations(void *root, struct json_map *map)
{
	const struct scmp_version *version = seccomp_version();
	char text[48];

	map->keys = json_alloc(root, 3 * sizeof(char *));
	map->values = json_alloc(root, 3 * sizeof(char *));
	snprintf(text, sizeof(text), "%u.%u.%u", version->major, version->minor, version->micro);
	map->keys[0] = json_strdup(root, "io.github.seccomp.libseccomp.version");
	map->values[0] = json_strdup(root, text);
	map->keys[1] = json_strdup(root, "org.opencontainers.runc.checkpoint.enabled");
	map->values[1] = json_strdup(root, "true");
	map->keys[2] = json_strdup(root, "rtl.version");
	map->values[2] = json_strdup(root, RTL_VERSION);
	map->n = 3;
}

void features_format(struct str *out)
{
	auto_json struct oci_features *features = json_new(&oci_features_type);

	features->oci_version_min = SPEC_VERSION_MIN;
	features->oci_version_max = SPEC_VERSION;
	features->hooks = (char **)hooks;
	features->n_hooks = COUNT(hooks);
	features->mount_options = (char **)mount_option_names(&features->n_mount_options);
	features->unsafe_annotations = (char **)unsafe_annotations;
	features->n_unsafe_annotations = COUNT(unsafe_annotations);
	features->linux = make_linux(features);
	fill_annotations(features, &features->annotations);
	oci_features_write(features, "\t", out);
}
