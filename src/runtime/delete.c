/* SPDX-License-Identifier: Apache-2.0 */
/* See delete.h. Process: runtime parent. */
#include "runtime/delete.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/process.h"
#include "kernel/resctrl.h"
#include "runtime/caller.h"
#include "runtime/cgroup_place.h"
#include "runtime/freezer.h"
#include "runtime/hooks.h"
#include "runtime/intel_rdt.h"

#define KILL_WAIT_MS 10000

/* Where resctrl is gone meanwhile, its groups are as well. */
static int remove_rdt(const struct state_record *record, struct error *err)
{
	auto_fd int root_fd = resctrl_open(err);

	return root_fd < 0 ? 0 : intel_rdt_remove(root_fd, record, err);
}

int delete_stopped(const struct state *state, const struct state_record *record,
                   const struct oci_hooks *hooks, struct error *err)
{
	if (record && cgroup_place_remove(record->cgroup_path, err) < 0)
		return error_wrap(err, "delete container %s", state->id);
	if (record && record->rdt_group && remove_rdt(record, err) < 0)
		return error_wrap(err, "delete container %s", state->id);
	if (record && record->is_set_up)
		hooks_run_poststop(hooks, record);
	return state_remove(state, err);
}

/* Without pidfds the process is asked after by its start time. */
static bool is_gone_by(const struct state_record *record, int64_t polls)
{
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	uint64_t start_time;

	while (process_start_time(caller_get()->proc_fd, record->pid, &start_time) == 0 &&
	       start_time == record->start_time) {
		if (polls-- <= 0)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool wait_for_end(const struct state *state)
{
	struct pollfd fd = {.fd = state->pidfd, .events = POLLIN};

	if (state->pidfd < 0)
		return is_gone_by(state->record, KILL_WAIT_MS / 10);
	return poll(&fd, 1, KILL_WAIT_MS) > 0;
}

/* The init, and where it shares the host's PID namespace whatever else is in the cgroup. */
static int kill_container(struct state *state, struct error *err)
{
	if (process_signal(state->pidfd, state->record->pid, SIGKILL) < 0 && errno != ESRCH)
		return error_errno(err, "kill container %s", state->id);
	if (state->status == STATE_PAUSED)
		freezer_thaw_killed(state->record->cgroup_path);
	if (!wait_for_end(state))
		return error_set(err, ERR_STATE, "container %s did not end within %d s of SIGKILL",
		                 state->id, KILL_WAIT_MS / 1000);
	return 0;
}

int delete_with_hooks(struct state *state, struct error *err)
{
	auto_free char *text = NULL;
	auto_json struct oci_config *config = NULL;
	struct error ignored;
	ssize_t n =
		file_read(state->dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text, &ignored);

	if (n >= 0)
		config = oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, &ignored);
	/*
	 * A half-made container has no process: its init went with its parent. A killed delete
	 * may have removed the cgroup already.
	 */
	if (state->record && state->record->is_set_up && state->record->cgroup_path &&
	    cgroup_place_kill(state->record->cgroup_path, SIGKILL, err) < 0 &&
	    err->kind != ERR_NOT_FOUND)
		return error_wrap(err, "delete container %s", state->id);
	return delete_stopped(state, state->record, config ? config->hooks : NULL, err);
}

/* What --force does where no record can be read. */
static int delete_unreadable(const struct runtime_options *opts, const char *id, struct error *err)
{
	if (err->kind == ERR_NOT_FOUND)
		return 0;
	if (err->kind != ERR_INVALID && err->kind != ERR_LIMIT)
		return -1;
	log_warn("%s: its processes and cgroup, if there are any, are not known", err->msg);
	return state_remove_damaged(opts, id, err);
}

int runtime_delete(const struct runtime_options *opts, const char *id, bool is_forced,
                   struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (state_open_locked(opts, id, &state, err) < 0)
		return is_forced ? delete_unreadable(opts, id, err) : -1;
	if (!is_forced && state.status != STATE_STOPPED && state.status != STATE_CREATED)
		return error_set(err, ERR_STATE,
		                 "container %s is %s: stop it first, or rtl delete --force %s", id,
		                 state_status_name(state.status), id);
	if (state.status != STATE_STOPPED && kill_container(&state, err) < 0)
		return -1;
	return delete_with_hooks(&state, err);
}
