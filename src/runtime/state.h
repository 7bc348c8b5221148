/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of containers on disk: one directory per container below the state
 * directory (state_dir.h), holding state.json, a copy of config.json, and while the
 * container is created but not started the two FIFOs of start.c. The directory's own
 * flock is held by whoever makes, starts or deletes the container.
 *
 * No PID is trusted: state.json holds PID, start time, boot ID and the pidfd's inode,
 * and state_open() compares all of them through a pidfd before anything acts on it.
 */
#ifndef RTL_RUNTIME_STATE_H
#define RTL_RUNTIME_STATE_H

#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "common/json.h"
#include "runtime/options.h"

/* Files of a container's directory. */
#define STATE_CONFIG_FILE "config.json"
#define STATE_START_FIFO "start"
#define STATE_RESULT_FIFO "result"

/* paused_by of a container without a cgroup; it is absent where a cgroup is frozen. */
#define STATE_PAUSED_BY_SIGNALS "signals"

enum state_status { STATE_CREATING, STATE_CREATED, STATE_RUNNING, STATE_PAUSED, STATE_STOPPED };

/* What state.json holds. pid is in the PID namespace of who created the container. */
/* clang-format off */
#define STATE_RECORD(F, T)                                             \
	F(T, STRING, REQUIRED, oci_version, "ociVersion")              \
	F(T, STRING, REQUIRED, id, "id")                               \
	F(T, INT32, ALWAYS, pid, "pid", .min = 0, .max = INT32_MAX)    \
	F(T, STRING, REQUIRED, bundle, "bundle")                       \
	F(T, STRING, REQUIRED, rootfs, "rootfs")                       \
	F(T, STRING, REQUIRED, created, "created")                     \
	F(T, UINT32, ALWAYS, uid, "uid")                               \
	F(T, STRING, OPTIONAL, cgroup_path, "cgroupPath")              \
	F(T, STRING, REQUIRED, boot_id, "bootId")                      \
	F(T, UINT64, ALWAYS, start_time, "startTime")                  \
	F(T, UINT64, ALWAYS, pidfd_inode, "pidfdInode")                \
	F(T, BOOL, ALWAYS, is_set_up, "isSetUp")                       \
	F(T, BOOL, ZERO, no_new_keyring, "noNewKeyring")               \
	F(T, STRING, OPTIONAL, paused_by, "pausedBy")                  \
	F(T, STRING, OPTIONAL, rdt_group, "rdtGroup")                  \
	F(T, STRING, OPTIONAL, rdt_monitor, "rdtMonitor")              \
	F(T, BOOL, ZERO, is_rdt_own, "isRdtOwn")                       \
	F(T, ARRAY(STRING), OPTIONAL, streams, "streams")              \
	F(T, MAP(STRING), OPTIONAL, annotations, "annotations")
/* clang-format on */
JSON_STRUCT(state_record, STATE_RECORD)

/* An open container. */
struct state {
	struct state_record *record; /* NULL: a create was killed before it wrote one */
	char *id;
	enum state_status status;
	int root_fd; /* the state directory */
	int dir_fd;  /* the container's directory */
	int pidfd;   /* of the init process while it lives, else -1 (also where there are no pidfds)
	              */
};

/* An open container that is none. */
#define STATE_NONE                                                                                 \
	{                                                                                          \
		.root_fd = -1, .dir_fd = -1, .pidfd = -1                                           \
	}

/* state_open() - read container @id and find its present status; no lock is taken. */
int state_open(const struct runtime_options *opts, const char *id, struct state *ret,
               struct error *err);

/*
 * state_open_locked() - state_open() once nobody else makes, starts or deletes @id
 *
 * Waits for the lock, which is held until state_close().
 */
int state_open_locked(const struct runtime_options *opts, const char *id, struct state *ret,
                      struct error *err);

/*
 * state_create() - take the ID: make its directory, locked
 * Return: 0; ERR_EXISTS if the ID is in use.
 */
int state_create(const struct runtime_options *opts, const char *id, struct state *ret,
                 struct error *err);

/*
 * state_lock() - take the lock again after state_unlock(); waits
 * Return: 0; ERR_NOT_FOUND if the container was deleted meanwhile.
 */
int state_lock(const struct state *state, struct error *err);

/* state_unlock() - let others act on the container. */
void state_unlock(const struct state *state);

/* state_close() - release all of @state; the container is untouched. */
void state_close(struct state *state);

#define auto_state auto_call(state_close)

/* state_save() - write @record to state.json of the container. */
int state_save(const struct state *state, const struct state_record *record, struct error *err);

/* state_identify() - fill PID, start time, boot ID and inode of @record from a living process. */
int state_identify(struct state_record *record, pid_t pid, int pidfd, struct error *err);

/* state_boot_id() - the kernel's ID of this boot, into @record's own memory. */
int state_boot_id(struct state_record *record, struct error *err);

/* state_remove() - remove the container's directory; the ID is free again. */
int state_remove(const struct state *state, struct error *err);

/*
 * state_remove_damaged() - remove what is left of container @id, whose record cannot be read
 *
 * Nothing else of it is known: no process is ended, no cgroup removed.
 */
int state_remove_damaged(const struct runtime_options *opts, const char *id, struct error *err);

/* state_status_name() - "creating", "created", "running", "paused", "stopped". */
const char *state_status_name(enum state_status status);

/*
 * state_list() - all containers of the state directory, sorted by ID
 * @ret: array the caller frees with state_list_free()
 * Containers that vanish meanwhile are left out; a damaged one is named in a warning. Their
 * descriptors are -1: there may be more containers than a process may open files.
 */
int state_list(const struct runtime_options *opts, struct state **ret, size_t *ret_n,
               struct error *err);

/* state_list_free() - close all @n of @states and free the array. */
void state_list_free(struct state *states, size_t n);

/*
 * state_document() - the OCI state object of a container as text
 * @pid:    0 leaves it at 0
 * @status: one of the spec's four; paused is said as such
 * @indent: as json_write()
 *
 * runtime-spec, runtime, State. Caller frees.
 */
char *state_document(const struct state_record *record, enum state_status status, pid_t pid,
                     const char *indent);

#endif
