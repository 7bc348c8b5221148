/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See start.h. Process: runtime parent.
 *
 * Two FIFOs in the container's directory: one byte through the first lets the init go;
 * the second ends when it has executed its program, or brings its error.
 */
#include "runtime/start.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/process.h"
#include "runtime/cgroup_place.h"
#include "runtime/hooks.h"
#include "runtime/notify.h"
#include "runtime/state.h"

/* 0 at the end of the FIFO, -1 with the init's error. */
static int wait_for_exec(int result_fd, struct error *err)
{
	struct pollfd fd = {.fd = result_fd, .events = POLLIN};
	struct error theirs;
	ssize_t n;

	while (poll(&fd, 1, -1) < 0) {
		if (errno != EINTR)
			return error_errno(err, "wait for the program");
	}
	n = read(result_fd, &theirs, sizeof(theirs));
	if (n < 0)
		return error_errno(err, "read the result of the start");
	if (n != sizeof(theirs))
		return 0;
	*err = theirs;
	err->msg[sizeof(err->msg) - 1] = '\0';
	return -1;
}

static int let_go(const struct state *state, struct error *err)
{
	auto_fd int start_fd = -1;
	auto_fd int result_fd = openat(state->dir_fd, STATE_RESULT_FIFO,
	                               O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (result_fd >= 0)
		start_fd = openat(state->dir_fd, STATE_START_FIFO,
		                  O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (start_fd < 0 || write(start_fd, "", 1) != 1)
		return error_errno(err, "wake the init process");
	unlinkat(state->dir_fd, STATE_START_FIFO, 0);
	unlinkat(state->dir_fd, STATE_RESULT_FIFO, 0);
	return wait_for_exec(result_fd, err);
}

static int run_poststart(struct state *state, struct error *err)
{
	auto_free char *text = NULL;
	auto_json struct oci_config *config = NULL;
	struct error ignored;
	ssize_t n = file_read(state->dir_fd, STATE_CONFIG_FILE, OCI_CONFIG_MAX_BYTES, &text, err);

	if (n < 0)
		return -1;
	/* Nearly all configs: not worth parsing them again. */
	if (!strstr(text, "\"poststart\""))
		return 0;
	config = oci_config_read(STATE_CONFIG_FILE, text, (size_t)n, err);
	if (!config)
		return -1;
	if (hooks_run_poststart(config->hooks, state->record, state->record->pid, err) == 0)
		return 0;
	/* runtime-spec, runtime, Lifecycle: the container is stopped, with all that it has begun.
	 */
	process_signal(state->pidfd, state->record->pid, SIGKILL);
	if (state->record->cgroup_path &&
	    cgroup_place_kill(state->record->cgroup_path, SIGKILL, &ignored) < 0)
		log_debug("%s", ignored.msg);
	return -1;
}

int runtime_start(const struct runtime_options *opts, const char *id, struct error *err)
{
	auto_state struct state state = STATE_NONE;
	auto_notify struct notify notify = NOTIFY_NONE;

	if (state_open_locked(opts, id, &state, err) < 0)
		return -1;
	if (state.status != STATE_CREATED)
		return error_set(err, ERR_STATE, "cannot start container %s: it is %s, not created",
		                 id, state_status_name(state.status));
	if (notify_listen(state.dir_fd, &notify, err) < 0 || let_go(&state, err) < 0 ||
	    run_poststart(&state, err) < 0)
		return error_wrap(err, "start container %s", id);
	/* Others may stop it before it is ready. */
	state_unlock(&state);
	notify.main_pid = state.record->pid;
	notify_wait(&notify, -1, state.record->pid, state.pidfd);
	return 0;
}
