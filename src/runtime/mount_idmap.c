/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_idmap.h. */
#include "runtime/mount_idmap.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"

static const char *const prefixes[] = {"idmap=", "ridmap="};

/* What follows the equals sign, or NULL. */
static const char *own_maps(const char *option)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (str_has_prefix(option, prefixes[i]))
			return option + strlen(prefixes[i]);
	}
	return NULL;
}

bool mount_idmap_option(const char *option, struct mount_flags *flags)
{
	const char *maps = own_maps(option);
	auto_free char *name = NULL;

	if (!maps)
		return false;
	name = mem_strndup(option, (size_t)(maps - option) - 1);
	return mount_option_apply(name, flags);
}

/* The next number of *@text, which ends at @end or with the text. */
static int next_number(char **text, char end, uint32_t *ret)
{
	size_t len = strcspn(*text, (const char[]){end, '\0'});
	bool is_last = (*text)[len] == '\0';
	uint64_t value;

	(*text)[len] = '\0';
	if (str_to_uint(*text, UINT32_MAX, &value) < 0)
		return -1;
	*ret = (uint32_t)value;
	*text += len + !is_last;
	return is_last == (end == '\0') ? 0 : -1;
}

/* An ID of the container as the caller's user namespace has it. */
static int make_absolute(const struct idmap *container, const char *row, uint32_t count,
                         uint32_t *id, struct error *err)
{
	for (size_t i = 0; container && i < container->n; i++) {
		const struct idmap_entry *entry = &container->entries[i];

		if (*id < entry->inside || *id - entry->inside >= entry->count)
			continue;
		if (count > entry->count - (*id - entry->inside))
			break;
		*id = entry->outside + (*id - entry->inside);
		return 0;
	}
	return error_set(err, ERR_INVALID, "%s: the container's user namespace has no such range",
	                 row);
}

/* A-B-N or @A-B-N */
static int parse_row(const char *row, const struct idmap *container, struct idmap *ret,
                     struct error *err)
{
	bool is_relative = row[0] == '@';
	auto_free char *copy = mem_strdup(row + is_relative);
	char *rest = copy;
	uint32_t inside;
	uint32_t outside;
	uint32_t count;

	if (next_number(&rest, '-', &inside) < 0 || next_number(&rest, '-', &outside) < 0 ||
	    next_number(&rest, '\0', &count) < 0)
		return error_set(err, ERR_INVALID, "%s: is not ID-ID-COUNT", row);
	if (is_relative && make_absolute(container, row, count, &outside, err) < 0)
		return -1;
	idmap_add(ret, inside, outside, count);
	return 0;
}

static int parse_rows(char *rows, const struct idmap *container, struct idmap *ret,
                      struct error *err)
{
	for (char *row = strsep(&rows, "#"); row; row = strsep(&rows, "#")) {
		if (parse_row(row, container, ret, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_maps(const char *text, const struct idmap_pair *container, struct idmap_pair *ret,
                      struct error *err)
{
	auto_free char *copy = mem_strdup(text);
	char *rest = copy;

	for (char *part = strsep(&rest, ";"); part; part = strsep(&rest, ";")) {
		bool is_gids = str_has_prefix(part, "gids=");

		if (!is_gids && !str_has_prefix(part, "uids="))
			return error_set(err, ERR_INVALID, "%s: is neither uids= nor gids=", part);
		if (parse_rows(part + strlen("uids="),
		               container ? (is_gids ? &container->gid : &container->uid) : NULL,
		               is_gids ? &ret->gid : &ret->uid, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_option(const struct oci_mount *mount, const struct idmap_pair *container,
                        struct idmap_pair *ret, struct error *err)
{
	for (size_t i = 0; i < mount->n_options; i++) {
		const char *maps = own_maps(mount->options[i]);

		if (maps && parse_maps(maps, container, ret, err) < 0)
			return error_wrap(err, "options[%zu]: %s", i, mount->options[i]);
	}
	return 0;
}

static void add_rows(struct idmap *map, const struct oci_id_mapping *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		idmap_add(map, rows[i].container_id, rows[i].host_id, rows[i].size);
}

int mount_idmap_make(const struct oci_mount *mount, const struct idmap_pair *container,
                     struct idmap_pair *ret, struct error *err)
{
	if (parse_option(mount, container, ret, err) < 0)
		return -1;
	if (ret->uid.n && mount->n_uid_mappings)
		return error_set(err, ERR_INVALID,
		                 "uidMappings: the option idmap= has maps as well");
	add_rows(&ret->uid, mount->uid_mappings, mount->n_uid_mappings);
	add_rows(&ret->gid, mount->gid_mappings, mount->n_gid_mappings);
	if (!ret->uid.n && !ret->gid.n)
		return 0;
	if (!ret->uid.n || !ret->gid.n)
		return error_set(err, ERR_INVALID, "%s: missing: an ID-mapped mount has both",
		                 ret->uid.n ? "gidMappings" : "uidMappings");
	if (idmap_check(&ret->uid, err) < 0)
		return error_wrap(err, "uidMappings");
	if (idmap_check(&ret->gid, err) < 0)
		return error_wrap(err, "gidMappings");
	return 1;
}
