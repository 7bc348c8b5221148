/* SPDX-License-Identifier: Apache-2.0 */
/* rtl exec. */
#include <string.h>

#include "cli/command.h"
#include "runtime/exec.h"

/* The lists are copied into exec when all is parsed. */
struct exec_options {
	struct runtime_exec_options exec;
	struct option_list env;
	struct option_list caps;
	struct option_list additional_gids;
	struct option_list cgroups;
};

#define EXEC(member) offsetof(struct exec_options, member)
static const struct option exec_options[] = {
	{"cwd", 0, OPTION_STRING, "DIR", EXEC(exec.cwd), "working directory", NULL},
	{"env", 'e', OPTION_LIST, "NAME=VALUE", EXEC(env), "add to the environment", NULL},
	{"tty", 't', OPTION_FLAG, NULL, EXEC(exec.has_tty), "give it a terminal", NULL},
	{"user", 'u', OPTION_STRING, "USER[:GROUP]", EXEC(exec.user),
         "user and group inside, as numbers or names", NULL},
	{"additional-gids", 'g', OPTION_LIST, "GID", EXEC(additional_gids),
         "add a supplementary group", NULL},
	{"cap", 'c', OPTION_LIST, "CAPABILITY", EXEC(caps), "add a capability", NULL},
	{"no-new-privs", 0, OPTION_FLAG, NULL, EXEC(exec.has_no_new_privs), "set no_new_privs",
         NULL},
	{"process", 'p', OPTION_STRING, "FILE", EXEC(exec.process_file),
         "read the process object from FILE", NULL},
	{"apparmor", 0, OPTION_STRING, "PROFILE", EXEC(exec.apparmor),
         "AppArmor profile in place of the container's", NULL},
	{"process-label", 0, OPTION_STRING, "LABEL", EXEC(exec.process_label),
         "SELinux label in place of the container's", NULL},
	{"cgroup", 0, OPTION_LIST, "[CONTROLLER:]PATH", EXEC(cgroups),
         "enter this cgroup below the container's", NULL},
	{"ignore-paused", 0, OPTION_FLAG, NULL, EXEC(exec.ignores_paused),
         "do not refuse a paused container", NULL},
	{"detach", 'd', OPTION_FLAG, NULL, EXEC(exec.is_detached),
         "return when the program runs, not when it ends", NULL},
	{"console-socket", 0, OPTION_STRING, "SOCKET", EXEC(exec.console_socket),
         "unix socket that receives the terminal's master end", NULL},
	{"pid-file", 0, OPTION_STRING, "FILE", EXEC(exec.pid_file),
         "write the PID of the process to FILE", NULL},
	{"pidfd-socket", 0, OPTION_STRING, "SOCKET", EXEC(exec.pidfd_socket),
         "unix socket that receives a pidfd of the process", NULL},
	{"preserve-fds", 0, OPTION_UINT, "N", EXEC(exec.preserve_fds),
         "pass descriptors 3 to 2+N to the process", NULL},
	{0},
};

static int check_env(const struct option_list *env, struct error *err)
{
	for (size_t i = 0; i < env->n; i++) {
		if (env->v[i][0] == '=' || !strchr(env->v[i], '='))
			return error_set(err, ERR_INVALID, "--env: expected NAME=VALUE, got %s",
			                 env->v[i]);
	}
	return 0;
}

static int exec_run(const struct args *args, struct error *err)
{
	struct exec_options *options = args->options;
	struct runtime_exec_options *exec = &options->exec;
	int status = 0;

	if (args->n < 2 && !exec->process_file)
		return error_set(err, ERR_INVALID, "no command given (see rtl exec --help)");
	if (args->n > 1 && exec->process_file)
		return error_set(err, ERR_INVALID,
		                 "both --process and a command given (see rtl exec --help)");
	if (check_env(&options->env, err) < 0)
		return -1;
	exec->args = args->v + 1;
	exec->env = options->env.v;
	exec->n_env = options->env.n;
	exec->caps = options->caps.v;
	exec->n_caps = options->caps.n;
	exec->additional_gids = options->additional_gids.v;
	exec->n_additional_gids = options->additional_gids.n;
	exec->cgroups = options->cgroups.v;
	exec->n_cgroups = options->cgroups.n;
	if (runtime_exec(args->runtime, args->v[0], exec, &status, err) < 0)
		return -1;
	return status;
}

const struct command cmd_exec = {
	.name = "exec",
	.synopsis = "CONTAINER [COMMAND [ARGUMENT...]]",
	.summary = "run one more process in a running container",
	.description = "What is not given is taken from the container's own process. Behind\n"
		       "CONTAINER nothing is an option of rtl. The exit status is the\n"
		       "command's, or 128 and the signal that killed it.\n",
	.options = exec_options,
	.options_size = sizeof(struct exec_options),
	.min_args = 1,
	.max_args = COMMAND_ANY,
	.is_ordered = true,
	.takes_id = true,
	.run = exec_run,
};
