/* SPDX-License-Identifier: Apache-2.0 */
/* See idmap.h. */
#include "kernel/idmap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"

/* UID_GID_MAP_MAX_EXTENTS */
#define MAX_ROWS 340

/* How the map of users and the one of groups differ. */
struct side {
	const char *file;
	const char *program;
	const char *usermod;
	const struct idmap *map;
	uint32_t own_id;
};

void idmap_clear(struct idmap_pair *pair)
{
	cleanup_free(&pair->uid.entries);
	cleanup_free(&pair->gid.entries);
	*pair = (struct idmap_pair){0};
}

void idmap_add(struct idmap *map, uint32_t inside, uint32_t outside, uint32_t count)
{
	mem_array_grow(map->entries, map->n);
	map->entries[map->n++] = (struct idmap_entry){inside, outside, count};
}

bool idmap_has(const struct idmap *map, uint32_t inside)
{
	for (size_t i = 0; i < map->n; i++) {
		if (inside >= map->entries[i].inside &&
		    inside - map->entries[i].inside < map->entries[i].count)
			return true;
	}
	return false;
}

bool idmap_has_outside(const struct idmap *map, uint32_t outside)
{
	for (size_t i = 0; i < map->n; i++) {
		if (outside >= map->entries[i].outside &&
		    outside - map->entries[i].outside < map->entries[i].count)
			return true;
	}
	return false;
}

static bool is_overlap(uint32_t a, uint32_t n_a, uint32_t b, uint32_t n_b)
{
	return a < (uint64_t)b + n_b && b < (uint64_t)a + n_a;
}

int idmap_check(const struct idmap *map, struct error *err)
{
	if (map->n > MAX_ROWS)
		return error_set(err, ERR_LIMIT, "%zu rows, the kernel takes %d", map->n, MAX_ROWS);
	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_entry *a = &map->entries[i];

		if (!a->count || a->count > UINT32_MAX - a->inside ||
		    a->count > UINT32_MAX - a->outside)
			return error_set(err, ERR_INVALID, "%u %u %u: is no range of IDs",
			                 a->inside, a->outside, a->count);
		for (size_t k = 0; k < i; k++) {
			const struct idmap_entry *b = &map->entries[k];

			if (is_overlap(a->inside, a->count, b->inside, b->count) ||
			    is_overlap(a->outside, a->count, b->outside, b->count))
				return error_set(err, ERR_INVALID, "%u %u %u overlaps %u %u %u",
				                 a->inside, a->outside, a->count, b->inside,
				                 b->outside, b->count);
		}
	}
	return 0;
}

uint32_t idmap_root(const struct idmap *map)
{
	return !map->n || idmap_has(map, 0) ? 0 : map->entries[0].inside;
}

static int read_map(int procfd, pid_t pid, const char *file, struct idmap *ret, struct error *err)
{
	auto_free char *text = NULL;
	char path[32];
	char *save = NULL;

	snprintf(path, sizeof(path), "%d/%s", pid, file);
	if (file_read(procfd, path, 1 << 16, &text, err) < 0)
		return -1;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned inside;
		unsigned outside;
		unsigned count;

		if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3)
			idmap_add(ret, inside, outside, count);
	}
	return 0;
}

int idmap_read(int procfd, pid_t pid, struct idmap_pair *ret, struct error *err)
{
	auto_idmap struct idmap_pair pair = {0};

	if (read_map(procfd, pid, "uid_map", &pair.uid, err) < 0 ||
	    read_map(procfd, pid, "gid_map", &pair.gid, err) < 0)
		return -1;
	*ret = pair;
	pair = (struct idmap_pair){0};
	return 0;
}

static bool is_direct(const struct idmap *map, uint32_t own_id, bool is_privileged)
{
	return is_privileged ||
	       (map->n == 1 && map->entries[0].count == 1 && map->entries[0].outside == own_id);
}

bool idmap_denies_setgroups(const struct idmap_pair *pair, bool is_privileged)
{
	return !is_privileged && is_direct(&pair->gid, getegid(), false);
}

static int write_direct(int procfd, pid_t pid, const struct side *side, struct error *err)
{
	auto_str struct str text = {0};
	char path[64];

	for (size_t i = 0; i < side->map->n; i++) {
		const struct idmap_entry *entry = &side->map->entries[i];

		str_appendf(&text, "%u %u %u\n", entry->inside, entry->outside, entry->count);
	}
	snprintf(path, sizeof(path), "%d/%s", pid, side->file);
	return file_write(procfd, path, text.s ? text.s : "", err);
}

/* PROGRAM PID INSIDE OUTSIDE COUNT … NULL */
static char **helper_args(pid_t pid, const struct side *side)
{
	char **args = mem_calloc(side->map->n * 3 + 3, sizeof(*args));
	size_t n = 0;

	args[n++] = mem_strdup(side->program);
	args[n++] = mem_printf("%d", pid);
	for (size_t i = 0; i < side->map->n; i++) {
		const struct idmap_entry *entry = &side->map->entries[i];

		args[n++] = mem_printf("%u", entry->inside);
		args[n++] = mem_printf("%u", entry->outside);
		args[n++] = mem_printf("%u", entry->count);
	}
	return args;
}

/* The helper as PATH has it, else in /usr/bin; caller frees. */
static char *find_program(const char *name)
{
	const char *path = getenv("PATH");

	for (const char *p = path; p && *p;) {
		size_t len = strcspn(p, ":");
		auto_free char *candidate = mem_printf("%.*s/%s", (int)len, p, name);

		if (candidate[0] == '/' && access(candidate, X_OK) == 0)
			return ptr_take(candidate);
		p += len + (p[len] == ':');
	}
	return mem_printf("/usr/bin/%s", name);
}

bool idmap_has_helpers(void)
{
	auto_free char *uid = find_program("newuidmap");
	auto_free char *gid = find_program("newgidmap");

	return access(uid, X_OK) == 0 && access(gid, X_OK) == 0;
}

/* One helper under way. */
struct helper {
	char **args;
	char *path;
	struct process_command cmd;
	struct process_running running;
};

static void helper_clear(struct helper *helper)
{
	mem_strv_free(helper->args);
	cleanup_free(&helper->path);
}

static int helper_start(struct helper *helper, pid_t pid, const struct side *side,
                        struct error *err)
{
	helper->args = helper_args(pid, side);
	helper->path = find_program(side->program);
	if (access(helper->path, X_OK) < 0)
		return error_set(err, ERR_UNSUPPORTED,
		                 "%s is not installed: mapping more than one ID needs it "
		                 "(package uidmap or shadow-utils)",
		                 side->program);
	helper->cmd = (struct process_command){
		.path = helper->path,
		.argv = helper->args,
		.stdin_fd = -1,
	};
	return process_spawn(&helper->cmd, &helper->running, err);
}

static int helper_finish(struct helper *helper, const struct side *side, struct error *err)
{
	if (process_finish(&helper->cmd, &helper->running, err) == 0)
		return 0;
	return error_append(
		err, " (are these IDs granted in /etc/sub%cid? usermod %s 100000-165535 USER)",
		side->file[0], side->usermod);
}

/* Both helpers run at once where both are needed. */
int idmap_write(int procfd, pid_t pid, const struct idmap_pair *pair, bool is_privileged,
                struct error *err)
{
	const struct side sides[2] = {
		{"uid_map", "newuidmap", "--add-subuids", &pair->uid, geteuid()},
		{"gid_map", "newgidmap", "--add-subgids", &pair->gid, getegid()},
	};
	auto_call(helper_clear) struct helper first = {0};
	auto_call(helper_clear) struct helper second = {0};
	struct helper *helpers[2] = {&first, &second};
	bool started[2] = {false, false};
	struct error ignored;
	int ret = 0;

	for (int i = 0; i < 2 && ret == 0; i++) {
		if (is_direct(sides[i].map, sides[i].own_id, is_privileged))
			continue;
		ret = helper_start(helpers[i], pid, &sides[i], err);
		started[i] = ret == 0;
	}
	if (ret == 0 && idmap_denies_setgroups(pair, is_privileged)) {
		char path[32];

		snprintf(path, sizeof(path), "%d/setgroups", pid);
		ret = file_write(procfd, path, "deny", err);
	}
	for (int i = 0; i < 2; i++) {
		if (started[i] &&
		    helper_finish(helpers[i], &sides[i], ret == 0 ? err : &ignored) < 0)
			ret = -1;
		else if (!started[i] && ret == 0)
			ret = write_direct(procfd, pid, &sides[i], err);
	}
	return ret < 0 ? error_wrap(err, "write ID maps") : 0;
}
