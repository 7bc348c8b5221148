/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ID maps of a user namespace: written directly where the caller may (one ID of his
 * own, or with CAP_SETUID), else by newuidmap(1) and newgidmap(1).
 * user_namespaces(7).
 *
 * Process: runtime parent, while the child waits.
 */
#ifndef RTL_KERNEL_IDMAP_H
#define RTL_KERNEL_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"

struct idmap_entry {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

struct idmap {
	struct idmap_entry *entries;
	size_t n;
};

/* What is to be written for one process. */
struct idmap_pair {
	struct idmap uid;
	struct idmap gid;
};

/* idmap_clear() - free the entries of both maps. */
void idmap_clear(struct idmap_pair *pair);

#define auto_idmap auto_call(idmap_clear)

/* idmap_add() - append one row. */
void idmap_add(struct idmap *map, uint32_t inside, uint32_t outside, uint32_t count);

/* idmap_check() - would the kernel take @map? No row is empty, too long, or lies over another. */
int idmap_check(const struct idmap *map, struct error *err);

/* idmap_read() - the maps that process @pid has; 0, or -1. The caller clears @ret. */
int idmap_read(int procfd, pid_t pid, struct idmap_pair *ret, struct error *err);

/* idmap_root() - the ID to set things up with: 0 if it is mapped, else the first that is. */
uint32_t idmap_root(const struct idmap *map);

/* idmap_has() - is ID @inside mapped? */
bool idmap_has(const struct idmap *map, uint32_t inside);

/* idmap_has_outside() - is some ID mapped to @outside? */
bool idmap_has_outside(const struct idmap *map, uint32_t outside);

/*
 * idmap_denies_setgroups() - would writing @pair directly, as this caller, end setgroups(2) in
 * the namespace? So the kernel asks of who maps his own group without CAP_SETGID.
 */
bool idmap_denies_setgroups(const struct idmap_pair *pair, bool is_privileged);

/* idmap_has_helpers() - are newuidmap and newgidmap installed? */
bool idmap_has_helpers(void);

/*
 * idmap_write() - give the user namespace of @pid its maps
 * @procfd:        /proc
 * @is_privileged: the caller holds CAP_SETUID and CAP_SETGID over the namespace's parent
 *
 * Return: 0, or -1. When newuidmap refuses, the message ends in what it said and in the usermod
 *         command that grants sub-IDs.
 */
int idmap_write(int procfd, pid_t pid, const struct idmap_pair *pair, bool is_privileged,
                struct error *err);

#endif
