/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See events.h. Process: runtime parent. One poll loop over the init's pidfd, the OOM watch and
 * the time of the next stats event. No lock is held: others may act on the container.
 */
#include "runtime/events.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "common/process.h"
#include "common/str.h"
#include "runtime/caller.h"
#include "runtime/oom.h"
#include "runtime/state.h"
#include "runtime/stats.h"

#define NS_PER_S INT64_C(1000000000)

/* Where the kernel has no pidfds the end is looked for this often. */
#define LOOK_INTERVAL_NS (NS_PER_S / 10)

/* An event under way. */
struct telling {
	const struct events_request *request;
	struct state state;
	struct oom oom;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* @data is an object, or NULL. */
static int tell(const struct telling *telling, const char *type, const char *data,
                struct error *err)
{
	auto_str struct str line = {0};

	str_append(&line, "{\"type\":");
	json_append_string(&line, type);
	str_append(&line, ",\"id\":");
	json_append_string(&line, telling->state.id);
	if (data)
		str_appendf(&line, ",\"data\":%s", data);
	str_append(&line, "}\n");
	return telling->request->on_event(telling->request->data, line.s, err);
}

static int tell_stats(const struct telling *telling, struct error *err)
{
	auto_stats struct stats stats = {0};
	auto_str struct str data = {0};

	if (stats_collect(&telling->state, &stats, err) < 0)
		return -1;
	stats_json(&stats, &data);
	return tell(telling, "stats", data.s, err);
}

static bool has_ended(const struct telling *telling)
{
	const struct state *state = &telling->state;
	uint64_t start_time;

	if (state->pidfd >= 0)
		return poll(&(struct pollfd){.fd = state->pidfd, .events = POLLIN}, 1, 0) > 0;
	return process_start_time(caller_get()->proc_fd, state->record->pid, &start_time) < 0 ||
	       start_time != state->record->start_time;
}

static int wait_until(const struct telling *telling, int64_t end_ns, struct error *err)
{
	struct pollfd fds[2] = {
		{.fd = telling->state.pidfd, .events = POLLIN},
		{.fd = telling->oom.fd, .events = telling->oom.events},
	};
	int64_t left = end_ns - now_ns();
	struct timespec timeout;

	if (telling->state.pidfd < 0 && left > LOOK_INTERVAL_NS)
		left = LOOK_INTERVAL_NS;
	left = left < 0 ? 0 : left;
	timeout = (struct timespec){left / NS_PER_S, left % NS_PER_S};
	if (ppoll(fds, 2, &timeout, NULL) < 0 && errno != EINTR)
		return error_errno(err, "wait for events");
	return 0;
}

static int tell_until_end(struct telling *telling, struct error *err)
{
	int64_t interval_ns = telling->request->interval_ns;
	int64_t next_ns = now_ns() + interval_ns;

	for (;;) {
		bool is_over;

		if (wait_until(telling, next_ns, err) < 0)
			return -1;
		/* asked first: what killed the container is still told */
		is_over = has_ended(telling);
		if (telling->oom.fd >= 0 && oom_happened(&telling->oom) &&
		    tell(telling, "oom", NULL, err) < 0)
			return -1;
		if (is_over)
			return 0;
		if (now_ns() < next_ns)
			continue;
		if (tell_stats(telling, err) < 0)
			return has_ended(telling) ? 0 : -1;
		next_ns += interval_ns;
		/* a reader that was slow is not flooded afterwards */
		if (next_ns < now_ns())
			next_ns = now_ns() + interval_ns;
	}
}

static void telling_clear(struct telling *telling)
{
	oom_close(&telling->oom);
	state_close(&telling->state);
}

int runtime_events(const struct runtime_options *opts, const char *id,
                   const struct events_request *request, struct error *err)
{
	auto_call(telling_clear) struct telling telling = {
		.request = request, .state = STATE_NONE, .oom = OOM_NONE};

	if (state_open(opts, id, &telling.state, err) < 0)
		return -1;
	if (telling.state.status == STATE_STOPPED || telling.state.status == STATE_CREATING)
		return error_set(err, ERR_STATE, "events of container %s: container not running",
		                 id);
	if (request->is_once)
		return tell_stats(&telling, err);
	oom_open(telling.state.record->cgroup_path, &telling.oom);
	return tell_until_end(&telling, err);
}
