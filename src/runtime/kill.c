/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See kill.h. Process: runtime parent. "container not running" is what containerd
 * looks for.
 */
#include "runtime/kill.h"

#include <errno.h>
#include <signal.h>

#include "common/process.h"
#include "runtime/cgroup_place.h"
#include "runtime/freezer.h"
#include "runtime/processes.h"
#include "runtime/state.h"

static int not_running(const struct state *state, struct error *err)
{
	return error_set(err, ERR_STATE, "kill container %s: container not running", state->id);
}

/* What the init left behind is in it; where nothing did, it may be gone. */
static int kill_cgroup(const struct state *state, int sig, struct error *err)
{
	if (cgroup_place_kill(state->record->cgroup_path, sig, err) == 0)
		return 0;
	return state->status == STATE_STOPPED && err->kind == ERR_NOT_FOUND ? 0 : -1;
}

int runtime_kill(const struct runtime_options *opts, const char *id, int sig, bool to_all,
                 struct error *err)
{
	auto_state struct state state = STATE_NONE;

	if (state_open(opts, id, &state, err) < 0)
		return -1;
	if (to_all && state.record && state.record->cgroup_path)
		return kill_cgroup(&state, sig, err);
	/* In the making it has no PID that could be trusted, or none at all. */
	if (to_all && state.status == STATE_STOPPED)
		return 0;
	if (!state.record || state.status == STATE_STOPPED || state.status == STATE_CREATING)
		return not_running(&state, err);
	if (to_all)
		return processes_signal(&state, sig, err);
	if (process_signal(state.pidfd, state.record->pid, sig) == 0) {
		if (sig == SIGKILL && state.status == STATE_PAUSED)
			freezer_thaw_killed(state.record->cgroup_path);
		return 0;
	}
	if (errno == ESRCH)
		return not_running(&state, err);
	return error_errno(err, "send signal %d to container %s", sig, id);
}
