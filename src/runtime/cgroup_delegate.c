/* SPDX-License-Identifier: Apache-2.0 */
/* See cgroup_delegate.h. Process: runtime parent. cgroup-v2, Model of Delegation. */
#include "runtime/cgroup_delegate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "kernel/cgroup_tree.h"

/* What the new owner may write, and nothing of the limits. */
static const char *const files[] = {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control"};

/* The host's ID of the container's root. */
static uint32_t owner_of(const struct idmap *map)
{
	uint32_t inside = idmap_root(map);

	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_entry *entry = &map->entries[i];

		if (inside >= entry->inside && inside - entry->inside < entry->count)
			return entry->outside + (inside - entry->inside);
	}
	return 0;
}

static int give(int dir_fd, const char *name, const struct idmap_pair *maps, struct error *err)
{
	uid_t uid = owner_of(&maps->uid);
	gid_t gid = owner_of(&maps->gid);

	if (uid == geteuid() && gid == getegid())
		return 0;
	if (fchownat(dir_fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		return error_errno(err, "give cgroup %s to user %u", name, uid);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (fchownat(dir_fd, files[i], uid, gid, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			return error_errno(err, "give %s of cgroup %s to user %u", files[i], name,
			                   uid);
	}
	return 0;
}

int cgroup_delegate(const struct cgroup_delegate_request *request, struct error *err)
{
	const struct cgroup_place *place = request->place;
	auto_fd int fd = -1;

	if (place->v2_fd < 0)
		return error_set(err, ERR_UNSUPPORTED, "the container has no cgroup");
	if (mkdirat(place->v2_fd, request->name, 0755) < 0)
		return error_errno(err, "make cgroup %s/%s", place->path, request->name);
	fd = cgroup_tree_open(place->v2_fd, request->name);
	if (fd < 0)
		return error_errno(err, "open cgroup %s/%s", place->path, request->name);
	if (request->maps && give(fd, request->name, request->maps, err) < 0)
		return -1;
	if (cgroup_tree_attach(fd, request->pid) < 0)
		return error_errno(err, "move process %d into cgroup %s/%s", request->pid,
		                   place->path, request->name);
	return 0;
}
