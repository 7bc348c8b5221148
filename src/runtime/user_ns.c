/* SPDX-License-Identifier: Apache-2.0 */
/* See user_ns.h. */
#include "runtime/user_ns.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/process.h"
#include "common/str.h"
#include "common/subid.h"
#include "runtime/caller.h"

#define SUBID_MAX_BYTES (8 << 20)
#define MAX_RANGES 32 /* the kernel takes 340 rows, people have one */

static void add_mappings(struct idmap *map, const struct oci_id_mapping *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		idmap_add(map, rows[i].container_id, rows[i].host_id, rows[i].size);
}

void user_ns_from_config(const struct oci_linux *conf, struct idmap_pair *ret)
{
	add_mappings(&ret->uid, conf->uid_mappings, conf->n_uid_mappings);
	add_mappings(&ret->gid, conf->gid_mappings, conf->n_gid_mappings);
}

static size_t read_ranges(const char *file, const char *name, uint32_t uid,
                          struct subid_range ranges[MAX_RANGES])
{
	auto_free char *text = NULL;
	struct error ignored;

	if (file_read(AT_FDCWD, file, SUBID_MAX_BYTES, &text, &ignored) < 0)
		return 0;
	return subid_find(text, name, uid, ranges, MAX_RANGES);
}

static void add_default(struct idmap *map, uint32_t own_id, uint32_t wanted,
                        const struct subid_range *ranges, size_t n)
{
	uint32_t next = 1;

	idmap_add(map, n ? 0 : wanted, own_id, 1);
	for (size_t i = 0; i < n; i++) {
		idmap_add(map, next, ranges[i].first, ranges[i].count);
		next += ranges[i].count;
	}
}

void user_ns_default(const struct oci_user *user, struct idmap_pair *ret)
{
	auto_free char *name = caller_user_name(geteuid());
	struct subid_range uids[MAX_RANGES];
	struct subid_range gids[MAX_RANGES];
	size_t n_uids = read_ranges("/etc/subuid", name, geteuid(), uids);
	size_t n_gids = n_uids ? read_ranges("/etc/subgid", name, geteuid(), gids) : 0;

	if (n_gids && !idmap_has_helpers()) {
		log_warn(
			"newuidmap and newgidmap are not installed: only one ID is mapped, not the "
			"sub-IDs of user %s (package uidmap or shadow-utils)",
			name);
		n_gids = 0;
	}
	/* Half a grant is none: the image's owners come in pairs. */
	if (!n_gids)
		n_uids = 0;
	add_default(&ret->uid, geteuid(), user ? user->uid : 0, uids, n_uids);
	add_default(&ret->gid, getegid(), user ? user->gid : 0, gids, n_gids);
}

/* Until the maps are written and the namespace is held by a descriptor. */
__attribute__((noreturn)) static void wait_for_end(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;)
		pause();
}

static int map_and_open(pid_t pid, const struct idmap_pair *maps, struct error *err)
{
	const struct caller *caller = caller_get();
	char path[32];
	int fd;

	if (idmap_write(caller->proc_fd, pid, maps, caller->can_map_ids, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%d/ns/user", pid);
	fd = openat(caller->proc_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_errno(err, "open the user namespace of an ID-mapped mount") : fd;
}

int user_ns_make(const struct idmap_pair *maps, struct error *err)
{
	const struct process_clone how = {.flags = CLONE_NEWUSER, .cgroup_fd = -1};
	auto_fd int pidfd = -1;
	pid_t pid = process_clone(&how, &pidfd, err);
	struct error ignored;
	int fd;

	if (pid < 0)
		return error_wrap(err, "make a user namespace for an ID-mapped mount");
	if (pid == 0)
		wait_for_end();
	fd = map_and_open(pid, maps, err);
	process_signal(pidfd, pid, SIGKILL);
	process_wait(pid, &ignored);
	return fd;
}

static const struct oci_namespace *joined_user_ns(const struct oci_linux *conf)
{
	for (size_t i = 0; i < conf->n_namespaces; i++) {
		const struct oci_namespace *ns = &conf->namespaces[i];

		if (ns->type == OCI_NAMESPACE_USER && !str_is_empty(ns->path))
			return ns;
	}
	return NULL;
}

bool user_ns_is_described(const struct oci_linux *conf)
{
	return (conf->n_uid_mappings || conf->n_gid_mappings) && joined_user_ns(conf);
}

/* The kernel may give the rows back in another order. */
static bool has_rows(const struct idmap *map, const struct oci_id_mapping *rows, size_t n)
{
	if (map->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < n && !(map->entries[k].inside == rows[i].container_id &&
		                  map->entries[k].outside == rows[i].host_id &&
		                  map->entries[k].count == rows[i].size))
			k++;
		if (k == n)
			return false;
	}
	return true;
}

int user_ns_check_joined(const struct oci_linux *conf, pid_t pid, struct error *err)
{
	auto_idmap struct idmap_pair maps = {0};
	const char *member;

	if (idmap_read(caller_get()->proc_fd, pid, &maps, err) < 0)
		return -1;
	if (!has_rows(&maps.uid, conf->uid_mappings, conf->n_uid_mappings))
		member = "uidMappings";
	else if (!has_rows(&maps.gid, conf->gid_mappings, conf->n_gid_mappings))
		member = "gidMappings";
	else
		return 0;
	return error_set(err, ERR_INVALID, "linux.%s: the user namespace %s has other mappings",
	                 member, joined_user_ns(conf)->path);
}
