/* SPDX-License-Identifier: Apache-2.0 */
/* See update.h. Process: runtime parent, which holds the container's lock. */
#include "runtime/update.h"

#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/json_merge.h"
#include "common/log.h"
#include "common/mem.h"
#include "libocispec/oci_config.h"
#include "libocispec/oci_resources.h"
#include "runtime/caller.h"
#include "runtime/cgroup_update.h"
#include "runtime/resources.h"
#include "runtime/state.h"

#define RESCTRL "/sys/fs/resctrl"
#ifndef RDTGROUP_SUPER_MAGIC
#define RDTGROUP_SUPER_MAGIC 0x7655821
#endif

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

struct oci_resources *update_read(const char *path, struct error *err)
{
	const char *name = is_stdin(path) ? "standard input" : path;
	auto_free char *text = NULL;
	struct oci_resources *changes;
	ssize_t n = is_stdin(path)
	                    ? file_read_fd(STDIN_FILENO, name, OCI_CONFIG_MAX_BYTES, &text, err)
	                    : file_read(AT_FDCWD, path, OCI_CONFIG_MAX_BYTES, &text, err);

	changes = n < 0 ? NULL : oci_resources_read(name, text, (size_t)n, err);
	if (!changes)
		error_wrap(err, "--resources");
	return changes;
}

#define DROP_0(object, member)                                                                     \
	if ((object) && !(object)->member)                                                         \
	(object)->has_##member = false

/* runc's callers write all members, 0 in those that are to stay. */
static void drop_what_is_0(struct oci_resources *changes)
{
	struct oci_memory *memory = changes->memory;
	struct oci_cpu *cpu = changes->cpu;

	DROP_0(memory, limit);
	DROP_0(memory, reservation);
	DROP_0(memory, swap);
	DROP_0(memory, kernel);
	DROP_0(memory, kernel_tcp);
	DROP_0(cpu, shares);
	DROP_0(cpu, quota_us);
	DROP_0(cpu, period_us);
	DROP_0(cpu, realtime_period_us);
	DROP_0(cpu, realtime_runtime_us);
	DROP_0(changes->pids, limit);
	DROP_0(changes->block_io, weight);
	DROP_0(changes->block_io, leaf_weight);
	/* a limit of memory and swap cannot stay where memory has none */
	if (memory && memory->has_limit && memory->limit < 0 && !memory->has_swap) {
		memory->has_swap = true;
		memory->swap = -1;
	}
}

static struct oci_config *read_config(const struct state *state, struct error *err)
{
	auto_free char *text = NULL;
	struct oci_config *config;
	ssize_t n = file_read(state->dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text, err);

	config = n < 0 ? NULL : oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, err);
	if (!config)
		return NULL;
	if (!config->linux)
		config->linux = json_alloc(config, sizeof(*config->linux));
	if (!config->linux->resources)
		config->linux->resources = json_alloc(config, sizeof(*config->linux->resources));
	return config;
}

static int save_config(const struct state *state, const struct oci_config *config,
                       struct error *err)
{
	auto_str struct str text = {0};

	oci_config_write(config, NULL, &text);
	return file_replace(state->dir_fd, STATE_CONFIG_FILE, text.s, text.len, 0600, err);
}

static int update_cgroup(const struct state *state, const struct oci_resources *changes,
                         const struct oci_resources *merged, const struct oci_resources *before,
                         struct error *err)
{
	struct cgroup_update update = {
		.path = state->record->cgroup_path,
		.changes = changes,
		.merged = merged,
		.before = before,
		.is_real_root = caller_get()->is_real_root,
	};
	auto_free char *first = resources_first_change(changes, NULL);

	if (!first && changes->n_devices)
		first = mem_strdup("linux.resources.devices");
	if (!first)
		return 0;
	if (!update.path)
		return error_set(err, ERR_UNSUPPORTED,
		                 "%s: cannot be applied: the container has no cgroup", first);
	return cgroup_update(&update, err);
}

static bool has_resctrl(void)
{
	struct statfs fs;

	return statfs(RESCTRL, &fs) == 0 && fs.f_type == RDTGROUP_SUPER_MAGIC;
}

static int write_schema(const char *group, const char *schema, const char *what, struct error *err)
{
	auto_free char *path = mem_printf(RESCTRL "/%s/schemata", group);
	auto_free char *line = schema ? mem_printf("%s\n", schema) : NULL;

	if (!schema)
		return 0;
	if (!has_resctrl())
		return error_set(err, ERR_UNSUPPORTED,
		                 "Intel RDT: %s is not enabled: no resctrl "
		                 "file system at " RESCTRL,
		                 what);
	return file_write(AT_FDCWD, path, line, err);
}

static int update(struct state *state, const struct update_request *request, struct error *err)
{
	auto_json struct oci_config *before = read_config(state, err);
	auto_json struct oci_config *config = before ? read_config(state, err) : NULL;
	struct oci_resources *changes = request->changes;

	if (!config)
		return -1;
	drop_what_is_0(changes);
	json_merge(&oci_resources_type, config, config->linux->resources, changes);
	if (write_schema(state->id, request->l3_cache_schema, "L3 cache allocation", err) < 0 ||
	    write_schema(state->id, request->mem_bw_schema, "memory bandwidth allocation", err) < 0)
		return -1;
	if (update_cgroup(state, changes, config->linux->resources, before->linux->resources, err) <
	    0)
		return -1;
	return save_config(state, config, err);
}

int runtime_update(const struct runtime_options *opts, const char *id,
                   const struct update_request *request, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (state_open_locked(opts, id, &state, err) < 0)
		return -1;
	if (state.status == STATE_STOPPED || state.status == STATE_CREATING)
		return error_set(err, ERR_STATE, "update container %s: container not running", id);
	if (update(&state, request, err) == 0)
		return 0;
	return error_wrap(err, "update container %s", id);
}
