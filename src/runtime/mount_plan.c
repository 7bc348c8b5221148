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
#include "runtime/mount_idmap.h"

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

/* Options that mean something for one kind of mount only: not silently nothing for the others. */
static int check_extra(const struct init_mount *mount, struct error *err)
{
	static const struct {
		unsigned long extra;
		const char *name;
		bool is_for_bind;
	} options[] = {
		{MOUNT_COPY_UP, "tmpcopyup", false},
		{MOUNT_COPY_SYMLINK, "copy-symlink", true},
		{MOUNT_SRC_NOFOLLOW, "src-nofollow", true},
		{MOUNT_DEST_NOFOLLOW, "dest-nofollow", true},
		{MOUNT_IDMAP, "idmap", true},
	};
	bool is_tmpfs = !mount->is_bind && mount->type && strcmp(mount->type, "tmpfs") == 0;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!(mount->flags.extra & options[i].extra) ||
		    (options[i].is_for_bind ? mount->is_bind : is_tmpfs))
			continue;
		return error_set(err, ERR_INVALID, "options: %s: is for %s only", options[i].name,
		                 options[i].is_for_bind ? "bind mounts" : "a tmpfs");
	}
	return 0;
}

static void plan_options(const struct plan *plan, const struct oci_mount *mount,
                         struct init_mount *ret)
{
	auto_str struct str data = {0};

	for (size_t i = 0; i < mount->n_options; i++) {
		const char *option = mount->options[i];

		if (mount_option_apply(option, &ret->flags) ||
		    mount_idmap_option(option, &ret->flags) || is_unmapped_gid(plan, option))
			continue;
		if (data.len)
			str_append_char(&data, ',');
		str_append(&data, option);
	}
	if (data.len)
		ret->data = json_strdup(plan->config, data.s);
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

/* What is there already gets other flags: the mount's own, never the filesystem's behind it. */
static int plan_remount(const struct init_mount *mount, struct error *err)
{
	if (!mount->data)
		return 0;
	return error_set(err, ERR_INVALID, "options: %s: remount changes flags of the mount only",
	                 mount->data);
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
	ret->tree_fd = -1;
	plan_options(plan, mount, ret);
	if (mount->type && strcmp(mount->type, "bind") == 0)
		ret->flags.set |= MS_BIND;
	if (mount->type && strcmp(mount->type, "rbind") == 0)
		ret->flags.set |= MS_BIND | MS_REC;
	ret->is_bind = ret->flags.set & MS_BIND;
	/* Older callers give maps alone: the spec's option is newer than its members. */
	if (mount->n_uid_mappings || mount->n_gid_mappings)
		ret->flags.extra |= MOUNT_IDMAP;
	if (check_extra(ret, err) < 0)
		return -1;
	if (ret->flags.set & MS_REMOUNT)
		return plan_remount(ret, err);
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
