/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which a container comes to be. Process: container init.
 *
 * What needs the host's /proc, the caller's rights or a free choice of system calls
 * comes first; the identity of the process is taken on before its working directory
 * and program are looked up, so that both are checked with its own rights; the
 * filter comes last of all, so that it can forbid anything but read, write and execve
 * (docs/adr/0004-filter-after-identity.md).
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/init/channel.h"
#include "runtime/init/init.h"

static const struct init_phase create_phases[] = {
	{"placing", init_placed},    {"namespaces", init_namespaces}, {"mounts", init_mounts},
	{"devices", init_devices},   {"terminal", init_terminal},     {"masks", init_masks},
	{"hooks", init_hooks},       {"rootfs", init_rootfs},         {"sysctl", init_sysctl},
	{"tuning", init_tuning},     {"labels", init_labels},         {"identity", init_identity},
	{"exec", init_executable},   {"seccomp", init_filter},        {"start", init_start},
	{"hooks", init_start_hooks}, {"exec", init_execve},           {NULL, NULL},
};

static const struct init_phase exec_phases[] = {
	{"placing", init_placed},    {"keyring", init_keyring}, {"rootfs", init_exec_root},
	{"terminal", init_terminal}, {"tuning", init_tuning},   {"labels", init_labels},
	{"identity", init_identity}, {"exec", init_executable}, {"seccomp", init_filter},
	{"start", init_start},       {"exec", init_execve},     {NULL, NULL},
};

/* Signals blocked by the parent's event loop, or ignored by whoever started rtl. */
static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * After STEP_START nobody listens on the channel of a created container: `start` waits
 * for the result FIFO instead.
 */
static void report(const struct init_ctx *ctx, const struct error *err)
{
	channel_send_error(ctx->channel_fd, err);
	if (ctx->result_fd >= 0)
		(void)!write(ctx->result_fd, err, sizeof(*err));
}

__attribute__((noreturn)) static void run_phases(const struct init_phase *phases,
                                                 struct init_ctx *ctx)
{
	struct error err = {0};

	reset_signals();
	/* A write to a parent that has gone is an error to stop at, not a reason to be killed. */
	signal(SIGPIPE, SIG_IGN);
	umask(0);
	for (; phases->run; phases++) {
		if (phases->run(ctx, &err) < 0) {
			error_wrap(&err, "%s", phases->name);
			report(ctx, &err);
			_exit(error_exit_status(&err));
		}
	}
	_exit(EXIT_FAILURE);
}

__attribute__((noreturn)) void init_main(struct init_ctx *ctx)
{
	run_phases(create_phases, ctx);
}

__attribute__((noreturn)) void init_exec_main(struct init_ctx *ctx)
{
	run_phases(exec_phases, ctx);
}
