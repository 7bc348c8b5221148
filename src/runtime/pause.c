/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pause.h. Process: runtime parent, which holds the container's lock: what is paused is not
 * started or deleted meanwhile. "container not running" and "container not paused" are runc's
 * words, which its callers look for.
 */
#include "runtime/pause.h"

#include <signal.h>

#include "runtime/freezer.h"
#include "runtime/processes.h"
#include "runtime/state.h"

/* The container ended, or its cgroup was removed, while we were at it. */
static int fail(const struct state *state, const char *verb, struct error *err)
{
	if (err->kind == ERR_NOT_FOUND)
		error_set(err, ERR_STATE, "it ended meanwhile");
	return error_wrap(err, "%s container %s", verb, state->id);
}

/* The record comes first: a kill in the middle leaves a container that resume lets go on. */
static int save_paused_by(struct state *state, const char *paused_by, struct error *err)
{
	state->record->paused_by = json_strdup(state->record, paused_by);
	return state_save(state, state->record, err);
}

static int stop_processes(struct state *state, struct error *err)
{
	struct error ignored;

	if (save_paused_by(state, STATE_PAUSED_BY_SIGNALS, err) < 0)
		return -1;
	if (processes_stop(state, err) == 0)
		return 0;
	save_paused_by(state, NULL, &ignored);
	return -1;
}

static int let_processes_go_on(struct state *state, struct error *err)
{
	if (processes_signal(state, SIGCONT, err) < 0)
		return -1;
	return save_paused_by(state, NULL, err);
}

int runtime_pause(const struct runtime_options *opts, const char *id, struct error *err)
{
	auto_state struct state state = STATE_NONE;
	int status;

	if (state_open_locked(opts, id, &state, err) < 0)
		return -1;
	if (state.status != STATE_RUNNING && state.status != STATE_CREATED)
		return error_set(err, ERR_STATE, "pause container %s: container not running", id);
	status = state.record->cgroup_path ? freezer_set(state.record->cgroup_path, true, err)
	                                   : stop_processes(&state, err);
	return status < 0 ? fail(&state, "pause", err) : 0;
}

int runtime_resume(const struct runtime_options *opts, const char *id, struct error *err)
{
	auto_state struct state state = STATE_NONE;
	int status;

	if (state_open_locked(opts, id, &state, err) < 0)
		return -1;
	if (state.status != STATE_PAUSED)
		return error_set(err, ERR_STATE, "resume container %s: container not paused", id);
	status = state.record->paused_by ? let_processes_go_on(&state, err)
	                                 : freezer_set(state.record->cgroup_path, false, err);
	return status < 0 ? fail(&state, "resume", err) : 0;
}
