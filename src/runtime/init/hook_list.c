/* SPDX-License-Identifier: Apache-2.0 */
/* See hook_list.h. */
#include "runtime/init/hook_list.h"

#include <limits.h>
#include <unistd.h>

#include "common/process.h"

static int timeout_ms(const struct oci_hook *hook)
{
	if (!hook->has_timeout_s)
		return 0;
	return hook->timeout_s > INT_MAX / 1000 ? INT_MAX : (int)hook->timeout_s * 1000;
}

static int run_hook(const struct oci_hook *hook, int state_fd, const int *output_fds,
                    struct error *err)
{
	char *default_args[] = {(char *)hook->path, NULL};
	char *no_env[] = {NULL};
	struct process_command cmd = {
		.path = hook->path,
		.argv = hook->args ? hook->args : default_args,
		.envp = hook->env ? hook->env : no_env,
		.stdin_fd = state_fd,
		.output_fds = output_fds,
		.timeout_ms = timeout_ms(hook),
	};

	if (state_fd >= 0)
		lseek(state_fd, 0, SEEK_SET);
	return process_run(&cmd, err);
}

int hook_list_run(const char *stage, const struct oci_hook *list, size_t n, int state_fd,
                  struct error *err)
{
	const int kept[2] = {-1, -1};

	return hook_list_run_to(stage, list, n, state_fd, kept, err);
}

int hook_list_run_to(const char *stage, const struct oci_hook *list, size_t n, int state_fd,
                     const int output_fds[2], struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (run_hook(&list[i], state_fd, output_fds, err) < 0)
			return error_wrap(err, "hooks.%s[%zu]", stage, i);
	}
	return 0;
}
