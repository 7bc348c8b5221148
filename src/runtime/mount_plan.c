/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_plan.h. runtime-spec, config, Mounts. */
#include "runtime/mount_plan.h"

#include <string.h>
#include <sys/mount.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/str.h"
#include "runtime/annotations.h"

/* What is known of the mount at hand. */
struct plan {
	struct oci_config *config;
	const char *bundle;
	const struct idmap_pair *maps;
};

static bool is_unmapped_gid(const struct plan *plan, const char *option)
{
	uint64_t gid;

	return plan->maps && str_has_prefix(option, "gid=") &&
	       str_to_uint(option + 4, UINT32_MAX, &gid) == 0 &&
	       !idmap_has(&plan->maps->gid, (uint32_t)gid);
}

/* Options that ask for an ID-mapped mount, or copy what is beneath: not silently nothing. */
static bool is_unsupported(const char *option)
{
	static const char *const names[] = {"idmap",        "ridmap",       "tmpcopyup",
	                                    "copy-symlink", "src-nofollow", "dest-nofollow"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(option, names[i]) == 0 ||
		    (str_has_prefix(option, names[i]) && option[strlen(names[i])] == '='))
			return true;
	}
	return false;
}

static int plan_options(const struct plan *plan, const struct oci_mount *mount,
                        struct init_mount *ret, struct error *err)
{
	auto_str struct str data = {0};

	for (size_t i = 0; i < mount->n_options; i++) {
		const char *option = mount->options[i];

		if (mount_option_apply(option, &ret->flags) || is_unmapped_gid(plan, option))
			continue;
		if (is_unsupported(option))
			return error_set(err, ERR_UNSUPPORTED,
			                 "options[%zu]: %s: not supported by this version", i,
			                 option);
		if (data.len)
			str_append_char(&data, ',');
		str_append(&data, option);
	}
	if (data.len)
		ret->data = json_strdup(plan->config, data.s);
	return 0;
}

static int plan_bind(const struct plan *plan, const struct oci_mount *mount, struct init_mount *ret,
                     struct error *err)
{
	auto_free char *joined = NULL;
	auto_free char *clean = NULL;

	if (str_is_empty(mount->source))
		return error_set(err, ERR_INVALID, "source: missing for a bind mount");
	if (ret->data)
		return error_set(err, ERR_INVALID, "options: unknown option %s for a bind mount",
		                 ret->data);
	joined = mem_printf("%s/%s", mount->source[0] == '/' ? "" : plan->bundle, mount->source);
	clean = path_clean(joined);
	ret->source = json_strdup(plan->config, clean);
	return 0;
}

/* SELinux: the label of everything on the new filesystem; the kernel's own have theirs. */
static void add_label(const struct plan *plan, struct init_mount *mount)
{
	const char *label = plan->config->linux->mount_label;
	const char *option = annotations_find(plan->config, ANNOTATION_MOUNT_CONTEXT);
	auto_free char *data = NULL;

	if (str_is_empty(label) || mount->is_own_dir || strcmp(mount->type, "mqueue") == 0 ||
	    str_has_prefix(mount->type, "cgroup"))
		return;
	data = mem_printf("%s%s%s=\"%s\"", mount->data ? mount->data : "", mount->data ? "," : "",
	                  option ? option : "context", label);
	mount->data = json_strdup(plan->config, data);
}

static int plan_one(const struct plan *plan, const struct oci_mount *mount, struct init_mount *ret,
                    struct error *err)
{
	auto_free char *rooted = mem_printf("/%s", mount->destination);
	auto_free char *clean = path_clean(rooted);

	if (strcmp(clean, "/") == 0)
		return error_set(err, ERR_INVALID, "destination: \"%s\" is the root itself",
		                 mount->destination);
	ret->destination = json_strdup(plan->config, clean);
	ret->type = mount->type;
	ret->source = mount->source;
	if (plan_options(plan, mount, ret, err) < 0)
		return -1;
	if (mount->type && strcmp(mount->type, "bind") == 0)
		ret->flags.set |= MS_BIND;
	if (mount->type && strcmp(mount->type, "rbind") == 0)
		ret->flags.set |= MS_BIND | MS_REC;
	ret->is_bind = ret->flags.set & MS_BIND;
	if (mount->n_uid_mappings || mount->n_gid_mappings)
		return error_set(err, ERR_UNSUPPORTED,
		                 "uidMappings: not supported by this version");
	if (ret->is_bind)
		return plan_bind(plan, mount, ret, err);
	if (str_is_empty(mount->type))
		return error_set(err, ERR_INVALID, "type: missing");
	ret->is_own_dir = strcmp(mount->type, "proc") == 0 || strcmp(mount->type, "sysfs") == 0;
	add_label(plan, ret);
	return 0;
}

int mount_plan_make(struct oci_config *config, const char *bundle, const struct idmap_pair *maps,
                    struct init_mount **ret, struct error *err)
{
	const struct plan plan = {.config = config, .bundle = bundle, .maps = maps};
	auto_free struct init_mount *mounts = mem_calloc(config->n_mounts, sizeof(*mounts));

	for (size_t i = 0; i < config->n_mounts; i++) {
		if (plan_one(&plan, &config->mounts[i], &mounts[i], err) < 0)
			return error_wrap(err, "config.json: mounts[%zu]", i);
	}
	*ret = ptr_take(mounts);
	return 0;
}
