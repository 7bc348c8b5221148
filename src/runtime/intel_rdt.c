/* SPDX-License-Identifier: Apache-2.0 */
/* See intel_rdt.h. runtime-spec, config-linux, IntelRdt. */
#include "runtime/intel_rdt.h"

#include <string.h>

#include "common/mem.h"
#include "common/str.h"
#include "kernel/resctrl.h"

#define ROOT_CLOS "/"

/* Directories of the root that are no groups. */
static const char *const reserved[] = {".", "..", "info", "mon_groups", "mon_data"};

static int check_clos_id(const char *clos_id, struct error *err)
{
	bool is_bad = strchr(clos_id, '/') || strchr(clos_id, '\n');

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		is_bad |= strcmp(clos_id, reserved[i]) == 0;
	if (!is_bad)
		return 0;
	return error_set(err, ERR_INVALID, "linux.intelRdt.closID: %s is no name of a group",
	                 clos_id);
}

static int check_line(const char *member, const char *line, struct error *err)
{
	if (!line || !strchr(line, '\n'))
		return 0;
	return error_set(err, ERR_INVALID, "linux.intelRdt.%s: is more than one line", member);
}

static bool has_schema(const struct oci_intel_rdt *conf)
{
	return !str_is_empty(conf->l3_cache_schema) || !str_is_empty(conf->mem_bw_schema) ||
	       conf->n_schemata;
}

int intel_rdt_plan(const struct oci_intel_rdt *conf, const char *id, struct intel_rdt *ret,
                   struct error *err)
{
	bool is_own = str_is_empty(conf->clos_id);
	bool is_root = !is_own && strcmp(conf->clos_id, ROOT_CLOS) == 0;

	if (!is_own && !is_root && check_clos_id(conf->clos_id, err) < 0)
		return -1;
	if (check_line("l3CacheSchema", conf->l3_cache_schema, err) < 0)
		return -1;
	for (size_t i = 0; i < conf->n_schemata; i++) {
		if (check_line("schemata", conf->schemata[i], err) < 0)
			return -1;
	}
	*ret = (struct intel_rdt){
		.group = mem_strdup(is_own    ? id
	                            : is_root ? "."
	                                      : conf->clos_id),
		.is_to_be_removed = is_own,
	};
	if (conf->enable_monitoring)
		ret->monitor = mem_printf("%s/mon_groups/%s", ret->group, id);
	return 0;
}

static int compare(const struct intel_rdt *rdt, int root_fd, const char *member, const char *line,
                   struct error *err)
{
	int ret = str_is_empty(line) ? 1 : resctrl_has_schema(root_fd, rdt->group, line, err);

	if (ret == 0)
		return error_set(
			err, ERR_INVALID,
			"linux.intelRdt.%s: group %s is there already with other values than %s",
			member, rdt->group, line);
	return ret < 0 ? -1 : 0;
}

int intel_rdt_make(const struct oci_intel_rdt *conf, const struct intel_rdt *rdt, int root_fd,
                   bool *ret_is_new, struct error *err)
{
	*ret_is_new = false;
	if (!rdt->is_to_be_removed && !has_schema(conf)) {
		if (resctrl_has_group(root_fd, rdt->group))
			return 0;
		return error_set(err, ERR_NOT_FOUND,
		                 "linux.intelRdt.closID: there is no group %s, and no schema to "
		                 "make one",
		                 rdt->group);
	}
	if (strcmp(rdt->group, ".") != 0 &&
	    resctrl_make_group(root_fd, rdt->group, ret_is_new, err) < 0)
		return error_wrap(err, "linux.intelRdt");
	if (*ret_is_new)
		return 0;
	if (compare(rdt, root_fd, "l3CacheSchema", conf->l3_cache_schema, err) < 0)
		return -1;
	return compare(rdt, root_fd, "memBwSchema", conf->mem_bw_schema, err);
}

static void append_line(struct str *lines, const char *line)
{
	if (!str_is_empty(line))
		str_appendf(lines, "%s\n", line);
}

static int write_lines(const struct intel_rdt *rdt, int root_fd, const struct str *lines,
                       struct error *err)
{
	if (!lines->len)
		return 0;
	return resctrl_write_schemata(root_fd, rdt->group, lines->s, err);
}

/* Twice, since the kernel takes a resource only once a time, and the second is to prevail. */
static int write_schemata(const struct oci_intel_rdt *conf, const struct intel_rdt *rdt,
                          int root_fd, bool is_new, struct error *err)
{
	auto_str struct str old_style = {0};
	auto_str struct str lines = {0};

	append_line(&old_style, conf->l3_cache_schema);
	append_line(&old_style, conf->mem_bw_schema);
	for (size_t i = 0; i < conf->n_schemata; i++)
		append_line(&lines, conf->schemata[i]);
	if (is_new && write_lines(rdt, root_fd, &old_style, err) < 0)
		return -1;
	return write_lines(rdt, root_fd, &lines, err);
}

int intel_rdt_configure(const struct oci_intel_rdt *conf, const struct intel_rdt *rdt, int root_fd,
                        bool is_new, struct error *err)
{
	bool is_new_monitor;

	if (write_schemata(conf, rdt, root_fd, is_new, err) < 0)
		return error_wrap(err, "linux.intelRdt");
	if (rdt->monitor && resctrl_make_group(root_fd, rdt->monitor, &is_new_monitor, err) < 0)
		return error_wrap(err, "linux.intelRdt.enableMonitoring");
	return 0;
}

void intel_rdt_record(const struct intel_rdt *rdt, int root_fd, struct state_record *record)
{
	record->rdt_group = json_strdup(record, rdt->group);
	record->rdt_monitor = json_strdup(record, rdt->monitor);
	record->is_rdt_own = rdt->is_to_be_removed && !resctrl_has_group(root_fd, rdt->group);
}

int intel_rdt_add(int root_fd, const struct state_record *record, pid_t pid, struct error *err)
{
	/* A group of monitoring takes only tasks of the group that it is in. */
	if (resctrl_add_task(root_fd, record->rdt_group, pid, err) < 0 ||
	    (record->rdt_monitor && resctrl_add_task(root_fd, record->rdt_monitor, pid, err) < 0))
		return error_wrap(err, "linux.intelRdt");
	return 0;
}

int intel_rdt_remove(int root_fd, const struct state_record *record, struct error *err)
{
	if (record->rdt_monitor && resctrl_remove_group(root_fd, record->rdt_monitor, err) < 0)
		return -1;
	return record->is_rdt_own ? resctrl_remove_group(root_fd, record->rdt_group, err) : 0;
}

void intel_rdt_clear(struct intel_rdt *rdt)
{
	cleanup_free(&rdt->group);
	cleanup_free(&rdt->monitor);
	*rdt = (struct intel_rdt){0};
}
