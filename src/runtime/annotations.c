/* SPDX-License-Identifier: Apache-2.0 */
/* See annotations.h. Process: runtime parent. */
#include "runtime/annotations.h"

#include <string.h>

#include "common/log.h"
#include "common/str.h"

typedef int (*annotation_check)(const struct oci_config *config, const char *name,
                                const char *value, struct error *err);

const char *annotations_find(const struct oci_config *config, const char *name)
{
	return json_map_find(&config->annotations, name);
}

static int check_nothing(const struct oci_config *config, const char *name, const char *value,
                         struct error *err)
{
	(void)config;
	(void)name;
	(void)value;
	(void)err;
	return 0;
}

static int ignore(const struct oci_config *config, const char *name, const char *value,
                  struct error *err)
{
	(void)config;
	(void)value;
	(void)err;
	log_debug("annotations.%s: ignored", name);
	return 0;
}

static int refuse_handler(const struct oci_config *config, const char *name, const char *value,
                          struct error *err)
{
	(void)config;
	if (str_is_empty(value))
		return 0;
	return error_set(err, ERR_UNSUPPORTED, "annotations.%s: unknown handler %s", name, value);
}

static int refuse_plugins(const struct oci_config *config, const char *name, const char *value,
                          struct error *err)
{
	(void)config;
	(void)value;
	return error_set(err, ERR_UNSUPPORTED,
	                 "annotations.%s: rtl loads no plugins; use linux.seccomp.listenerPath",
	                 name);
}

static int check_absolute(const struct oci_config *config, const char *name, const char *value,
                          struct error *err)
{
	(void)config;
	if (value[0] == '/')
		return 0;
	return error_set(err, ERR_INVALID, "annotations.%s: %s is not an absolute path", name,
	                 value);
}

static int check_cgroup_name(const struct oci_config *config, const char *name, const char *value,
                             struct error *err)
{
	(void)config;
	if (value[0] && value[0] != '.' && !strchr(value, '/'))
		return 0;
	return error_set(err, ERR_INVALID, "annotations.%s: \"%s\" is not the name of a cgroup",
	                 name, value);
}

static int check_time(const struct oci_config *config, const char *name, const char *value,
                      struct error *err)
{
	(void)value;
	for (size_t i = 0; i < config->linux->n_namespaces; i++) {
		if (config->linux->namespaces[i].type == OCI_NAMESPACE_TIME)
			return 0;
	}
	return error_set(err, ERR_INVALID, "annotations.%s: needs a time namespace", name);
}

static int check_context(const struct oci_config *config, const char *name, const char *value,
                         struct error *err)
{
	static const char *const words[] = {"context", "fscontext", "defcontext", "rootcontext"};

	(void)config;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], value) == 0)
			return 0;
	}
	return error_set(err, ERR_INVALID,
	                 "annotations.%s: expected context, fscontext, defcontext or rootcontext, "
	                 "got %s",
	                 name, value);
}

/* A name that ends in "." stands for all that begin with it; the first row that fits counts. */
static const struct {
	const char *name;
	annotation_check check;
} annotations[] = {
	{ANNOTATION_KEEP_GROUPS, check_nothing},
	{ANNOTATION_HOOKS_STDOUT, check_absolute},
	{ANNOTATION_HOOKS_STDERR, check_absolute},
	{ANNOTATION_PIDFD_RECEIVER, check_absolute},
	{ANNOTATION_DELEGATE_CGROUP, check_cgroup_name},
	{ANNOTATION_TIMENS_OFFSET, check_time},
	{ANNOTATION_MOUNT_CONTEXT, check_context},
	{ANNOTATION_FAIL_UNKNOWN, check_nothing},
	{ANNOTATION_BPF_DATA, check_nothing},
	{ANNOTATION_SECCOMP_RECEIVER, check_nothing},
	{"run.oci.seccomp.plugins", refuse_plugins},
	{"run.oci.handler", refuse_handler},
	{"run.oci.", ignore},
	{"krun.", ignore},
	{"module.wasm.", ignore},
};

static bool is_named(const char *row, const char *name)
{
	return row[strlen(row) - 1] == '.' ? str_has_prefix(name, row) : strcmp(row, name) == 0;
}

int annotations_check(const struct oci_config *config, struct error *err)
{
	for (size_t i = 0; i < config->annotations.n; i++) {
		const char *name = config->annotations.keys[i];
		size_t row = 0;

		while (row < sizeof(annotations) / sizeof(annotations[0]) &&
		       !is_named(annotations[row].name, name))
			row++;
		if (row < sizeof(annotations) / sizeof(annotations[0]) &&
		    annotations[row].check(config, name, config->annotations.values[i], err) < 0)
			return -1;
	}
	return 0;
}
