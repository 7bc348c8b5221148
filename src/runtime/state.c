/* SPDX-License-Identifier: Apache-2.0 */
/* See state.h. */
#include "runtime/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/process.h"
#include "libocispec/oci_config.h"
#include "libocispec/oci_state.h"
#include "runtime/caller.h"
#include "runtime/freezer.h"
#include "runtime/id.h"
#include "runtime/state_dir.h"

#define STATE_FILE "state.json"
/* The annotations of config.json stand in it. */
#define STATE_MAX_BYTES (OCI_CONFIG_MAX_BYTES + (1 << 20))
#define BOOT_ID_BYTES 36

JSON_TYPE(state_record, STATE_RECORD)

static const char *const status_names[] = {
	[STATE_CREATING] = "creating", [STATE_CREATED] = "created", [STATE_RUNNING] = "running",
	[STATE_PAUSED] = "paused",     [STATE_STOPPED] = "stopped",
};

const char *state_status_name(enum state_status status)
{
	return status_names[status];
}

void state_close(struct state *state)
{
	/* A child that has not come to its own program yet may hold a copy of the descriptor. */
	if (state->dir_fd >= 0)
		flock(state->dir_fd, LOCK_UN);
	json_free(state->record);
	cleanup_free(&state->id);
	cleanup_fd(&state->dir_fd);
	cleanup_fd(&state->root_fd);
	cleanup_fd(&state->pidfd);
	*state = (struct state)STATE_NONE;
}

/* Read once: it does not change while we live. */
static const char *boot_id(struct error *err)
{
	static char id[BOOT_ID_BYTES + 1];
	auto_free char *text = NULL;

	if (id[0])
		return id;
	if (file_read(caller_get()->proc_fd, "sys/kernel/random/boot_id", 4096, &text, err) < 0)
		return NULL;
	snprintf(id, sizeof(id), "%s", text);
	return id;
}

int state_boot_id(struct state_record *record, struct error *err)
{
	const char *id = boot_id(err);

	if (!id)
		return -1;
	record->boot_id = json_strdup(record, id);
	return 0;
}

int state_identify(struct state_record *record, pid_t pid, int pidfd, struct error *err)
{
	if (process_start_time(caller_get()->proc_fd, pid, &record->start_time) < 0)
		return error_errno(err, "read the start time of process %d", pid);
	record->pid = pid;
	record->pidfd_inode = process_pidfd_inode(pidfd);
	return 0;
}

/*
 * Does the recorded process live? The pidfd is opened first: from then on the PID cannot be
 * given to another process unnoticed, so the comparison holds for what the pidfd names.
 */
static bool is_alive(struct state *state)
{
	const struct state_record *record = state->record;
	struct error ignored;
	const char *now = record->pid ? boot_id(&ignored) : NULL;
	uint64_t start_time;

	if (!now || strcmp(now, record->boot_id) != 0)
		return false;
	state->pidfd = process_pidfd_open(record->pid);
	/* Whatever else keeps the pidfd from us, no descriptor left for one, does not end a
	 * process. */
	if (state->pidfd < 0 && errno == ESRCH)
		return false;
	if (process_start_time(caller_get()->proc_fd, record->pid, &start_time) == 0 &&
	    start_time == record->start_time &&
	    (!record->pidfd_inode || state->pidfd < 0 ||
	     record->pidfd_inode == process_pidfd_inode(state->pidfd)))
		return true;
	fd_close(&state->pidfd);
	return false;
}

/* An init that waits for its start reads the FIFO; one that does not has been started. */
static bool is_waiting(const struct state *state)
{
	auto_fd int fd = openat(state->dir_fd, STATE_START_FIFO,
	                        O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0;
}

/* Is somebody at work on the container? Never true under state_open_locked(). */
static bool is_locked(const struct state *state)
{
	auto_fd int fd = openat(state->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static enum state_status find_status(struct state *state, bool has_lock)
{
	bool is_set_up = state->record && state->record->is_set_up;

	if (!is_set_up && !has_lock && is_locked(state))
		return STATE_CREATING;
	if (!is_set_up || !is_alive(state))
		return STATE_STOPPED;
	if (state->record->paused_by || freezer_is_frozen(state->record->cgroup_path))
		return STATE_PAUSED;
	return is_waiting(state) ? STATE_CREATED : STATE_RUNNING;
}

static int read_record(struct state *state, struct error *err)
{
	auto_free char *text = NULL;
	ssize_t n = file_read(state->dir_fd, STATE_FILE, STATE_MAX_BYTES, &text, err);

	if (n < 0)
		return err->errnum == ENOENT ? 0 : -1;
	state->record = json_read(&state_record_type, STATE_FILE, text, (size_t)n, 0, err);
	return state->record ? 0 : -1;
}

static int open_dir(const struct runtime_options *opts, const char *id, struct state *state,
                    struct error *err)
{
	if (id_check(id, err) < 0)
		return -1;
	state->id = mem_strdup(id);
	state->root_fd = state_dir_open(opts, err);
	if (state->root_fd < 0)
		return -1;
	state->dir_fd = openat(state->root_fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (state->dir_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return error_set(err, ERR_NOT_FOUND, "container does not exist: %s", id);
	return error_errno(err, "open the state of container %s", id);
}

int state_lock(const struct state *state, struct error *err)
{
	struct stat st;

	while (flock(state->dir_fd, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_errno(err, "lock the state of container %s", state->id);
	}
	/* Whoever had the lock before may have deleted it. */
	if (fstat(state->dir_fd, &st) == 0 && st.st_nlink == 0)
		return error_set(err, ERR_NOT_FOUND, "container does not exist: %s", state->id);
	return 0;
}

void state_unlock(const struct state *state)
{
	flock(state->dir_fd, LOCK_UN);
}

/* The record and the status, from an open directory. */
static int load(struct state *state, bool has_lock, struct error *err)
{
	if (read_record(state, err) < 0) {
		error_wrap(err, "container %s", state->id);
		error_append(err, " (rtl delete --force %s removes it)", state->id);
		return -1;
	}
	state->status = find_status(state, has_lock);
	return 0;
}

static int open_state(const struct runtime_options *opts, const char *id, bool has_lock,
                      struct state *ret, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (open_dir(opts, id, &state, err) < 0 || (has_lock && state_lock(&state, err) < 0) ||
	    load(&state, has_lock, err) < 0)
		return -1;
	*ret = state;
	state = (struct state)STATE_NONE;
	return 0;
}

int state_open(const struct runtime_options *opts, const char *id, struct state *ret,
               struct error *err)
{
	return open_state(opts, id, false, ret, err);
}

int state_open_locked(const struct runtime_options *opts, const char *id, struct state *ret,
                      struct error *err)
{
	return open_state(opts, id, true, ret, err);
}

int state_remove_damaged(const struct runtime_options *opts, const char *id, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (open_dir(opts, id, &state, err) < 0 || state_lock(&state, err) < 0)
		return -1;
	return state_remove(&state, err);
}

/* The ID is free again; a directory in which there is something by now is somebody else's. */
static int leave_empty(const struct state *state)
{
	unlinkat(state->root_fd, state->id, AT_REMOVEDIR);
	return -1;
}

int state_create(const struct runtime_options *opts, const char *id, struct state *ret,
                 struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (id_check(id, err) < 0)
		return -1;
	state.id = mem_strdup(id);
	state.status = STATE_CREATING;
	state.root_fd = state_dir_open(opts, err);
	if (state.root_fd < 0)
		return -1;
	if (mkdirat(state.root_fd, id, 0700) < 0) {
		if (errno == EEXIST)
			return error_set(err, ERR_EXISTS, "container %s already exists", id);
		return error_errno(err, "create the state of container %s", id);
	}
	state.dir_fd = openat(state.root_fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (state.dir_fd < 0) {
		error_errno(err, "open the state of container %s", id);
		return leave_empty(&state);
	}
	if (state_lock(&state, err) < 0)
		return err->kind == ERR_NOT_FOUND ? -1 : leave_empty(&state);
	/* Deleted by force and made again by somebody else before we had the lock: it is theirs. */
	if (faccessat(state.dir_fd, STATE_FILE, F_OK, 0) == 0 ||
	    faccessat(state.dir_fd, STATE_CONFIG_FILE, F_OK, 0) == 0)
		return error_set(err, ERR_EXISTS, "container %s already exists", id);
	*ret = state;
	state = (struct state)STATE_NONE;
	return 0;
}

int state_save(const struct state *state, const struct state_record *record, struct error *err)
{
	auto_str struct str text = {0};

	json_write(&state_record_type, record, NULL, &text);
	return file_replace(state->dir_fd, STATE_FILE, text.s, text.len, 0600, err);
}

int state_remove(const struct state *state, struct error *err)
{
	if (file_remove_tree(state->root_fd, state->id, err) < 0)
		return error_wrap(err, "remove the state of container %s", state->id);
	return 0;
}

char *state_document(const struct state_record *record, enum state_status status, pid_t pid,
                     const char *indent)
{
	auto_str struct str text = {0};
	const struct oci_state document = {
		.oci_version = record->oci_version,
		.id = record->id,
		.status = json_enum_find(&oci_status_names, status_names[status]),
		.pid = pid,
		.bundle = record->bundle,
		.annotations = record->annotations,
	};

	oci_state_write(&document, indent, &text);
	return str_take(&text);
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct state *)a)->id, ((const struct state *)b)->id);
}

/* Of one among thousands: nothing of it stays open. */
static int look_at(int root_fd, const char *id, struct state *ret, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	state.id = mem_strdup(id);
	state.dir_fd = openat(root_fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (state.dir_fd < 0)
		return error_errno(err, "open the state of container %s", id);
	if (load(&state, false, err) < 0)
		return -1;
	fd_close(&state.dir_fd);
	fd_close(&state.pidfd);
	*ret = state;
	state = (struct state)STATE_NONE;
	return 0;
}

int state_list(const struct runtime_options *opts, struct state **ret, size_t *ret_n,
               struct error *err)
{
	struct state *states = NULL;
	size_t n = 0;
	int root_fd = state_dir_open(opts, err);
	auto_dir DIR *dir = root_fd < 0 ? NULL : fdopendir(root_fd);
	struct dirent *entry;

	if (!dir)
		return root_fd < 0 ? -1 : error_errno(err, "read the state directory");
	while ((entry = readdir(dir))) {
		struct error each;
		struct state state;

		if (id_check(entry->d_name, &each) < 0)
			continue;
		if (look_at(root_fd, entry->d_name, &state, &each) == 0) {
			mem_array_grow(states, n);
			states[n++] = state;
		} else if (each.errnum != ENOENT && each.errnum != ENOTDIR) {
			log_warn("%s", each.msg);
		}
	}
	if (n)
		qsort(states, n, sizeof(*states), compare_ids);
	*ret = states;
	*ret_n = n;
	return 0;
}

void state_list_free(struct state *states, size_t n)
{
	for (size_t i = 0; i < n; i++)
		state_close(&states[i]);
	free(states);
}
