/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs pause and resume. A container with a cgroup is frozen there (freezer.h). One
 * without is stopped process by process (processes.h), which its processes can see and an
 * outsider's SIGCONT undoes; the state says "pausedBy": "signals" then.
 *
 * Whether a container is paused is asked with state_open(): its status is STATE_PAUSED.
 */
#ifndef RTL_RUNTIME_PAUSE_H
#define RTL_RUNTIME_PAUSE_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * runtime_pause() - stop all processes of container @id, running or created
 *
 * Returns when all stand still; what cannot be stopped in time goes on, and is ERR_LIMIT.
 * Return: 0, or -1; ERR_STATE ("container not running") if it is stopped or paused already.
 */
int runtime_pause(const struct runtime_options *opts, const char *id, struct error *err);

/* runtime_resume() - let them go on; ERR_STATE ("container not paused") if it is not paused. */
int runtime_resume(const struct runtime_options *opts, const char *id, struct error *err);

#endif
