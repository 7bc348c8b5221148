/* SPDX-License-Identifier: Apache-2.0 */
/* See activation.h. */
#include "runtime/activation.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/str.h"

#define FIRST_FD 3
#define MAX_FDS 1024

void activation_set_env(struct oci_config *config, char *setting)
{
	struct oci_process *process = config->process;
	size_t name_len = strcspn(setting, "=") + 1;
	char **env;

	for (size_t i = 0; i < process->n_env; i++) {
		if (strncmp(process->env[i], setting, name_len) == 0) {
			process->env[i] = setting;
			return;
		}
	}
	env = json_alloc(config, (process->n_env + 2) * sizeof(*env));
	if (process->n_env)
		memcpy(env, process->env, process->n_env * sizeof(*env));
	env[process->n_env++] = setting;
	process->env = env;
}

static bool is_for_us(void)
{
	const char *pid = getenv("LISTEN_PID");
	uint64_t number;

	return !pid || (str_to_uint(pid, INT32_MAX, &number) == 0 && (pid_t)number == getpid());
}

static int count_sockets(struct error *err)
{
	const char *text = getenv("LISTEN_FDS");
	uint64_t n;

	if (!text || !is_for_us())
		return 0;
	if (str_to_uint(text, MAX_FDS, &n) < 0)
		return error_set(err, ERR_INVALID, "LISTEN_FDS=%s: is no number up to %d", text,
		                 MAX_FDS);
	for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			return error_errno(err, "LISTEN_FDS=%s: descriptor %d", text, fd);
	}
	return (int)n;
}

static void set_number(struct oci_config *config, const char *name, int value)
{
	auto_free char *text = mem_printf("%s=%d", name, value);

	activation_set_env(config, json_strdup(config, text));
}

int activation_take(struct oci_config *config, struct init_ctx *ctx, struct error *err)
{
	const char *names = getenv("LISTEN_FDNAMES");
	int n = count_sockets(err);

	if (n <= 0)
		return n;
	set_number(config, "LISTEN_FDS", n);
	if (names) {
		auto_free char *text = mem_printf("LISTEN_FDNAMES=%s", names);

		activation_set_env(config, json_strdup(config, text));
	}
	/* Only the init knows which number it has in its PID namespace. */
	ctx->listen_pid = json_alloc(config, INIT_LISTEN_PID_SIZE);
	snprintf(ctx->listen_pid, INIT_LISTEN_PID_SIZE, "LISTEN_PID=");
	activation_set_env(config, ctx->listen_pid);
	return n;
}
