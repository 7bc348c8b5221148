/* SPDX-License-Identifier: Apache-2.0 */
/* See ps.h. Process: runtime parent. */
#include "runtime/ps.h"

#include <stdlib.h>

#include "runtime/cgroup_place.h"
#include "runtime/processes.h"

static int compare_pids(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

static int list_cgroup(const struct state *state, pid_t **ret, size_t *ret_n, struct error *err)
{
	if (cgroup_place_pids(state->record->cgroup_path, ret, ret_n, err) < 0)
		return err->kind == ERR_NOT_FOUND ? 0 : -1;
	if (*ret_n)
		qsort(*ret, *ret_n, sizeof(**ret), compare_pids);
	return 0;
}

int ps_list(const struct state *state, pid_t **ret, size_t *ret_n, struct error *err)
{
	*ret = NULL;
	*ret_n = 0;
	if (!state->record)
		return 0;
	/* of a stopped one there may be processes left in its cgroup */
	if (state->record->cgroup_path)
		return list_cgroup(state, ret, ret_n, err);
	if (state->status == STATE_STOPPED || state->status == STATE_CREATING)
		return 0;
	return processes_list(state, ret, ret_n, err);
}

int runtime_ps(const struct runtime_options *opts, const char *id, pid_t **ret, size_t *ret_n,
               struct error *err)
{
	auto_state struct state state = STATE_NONE;

	return state_open(opts, id, &state, err) < 0 ? -1 : ps_list(&state, ret, ret_n, err);
}
