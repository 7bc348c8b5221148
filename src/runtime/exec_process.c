/* SPDX-License-Identifier: Apache-2.0 */
/* See exec_process.h. Process: runtime parent. */
#include "runtime/exec_process.h"

#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/exec_user.h"

static const struct oci_process *read_document(const char *path, struct oci_process **ret,
                                               struct error *err)
{
	auto_free char *text = NULL;
	ssize_t n = file_read(AT_FDCWD, path, OCI_CONFIG_MAX_BYTES, &text, err);

	if (n >= 0)
		*ret = oci_process_read(path, text, (size_t)n, err);
	return *ret;
}

/* Does @entry set the variable that @setting (NAME=VALUE) sets? */
static bool is_same_variable(const char *entry, const char *setting)
{
	size_t len = strcspn(setting, "=");

	return strncmp(entry, setting, len) == 0 && entry[len] == '=';
}

/* A variable that is there already is replaced: programs look at the first. */
static void set_env(struct oci_process *process, char *setting)
{
	for (size_t i = 0; i < process->n_env; i++) {
		if (is_same_variable(process->env[i], setting)) {
			process->env[i] = setting;
			return;
		}
	}
	process->env[process->n_env++] = setting;
}

static int add_env(struct oci_config *config, struct oci_process *process,
                   const struct runtime_exec_options *exec, struct error *err)
{
	char **env = json_alloc(config, (process->n_env + exec->n_env + 1) * sizeof(*env));

	if (process->n_env)
		memcpy(env, process->env, process->n_env * sizeof(*env));
	process->env = env;
	for (size_t i = 0; i < exec->n_env; i++) {
		if (!strchr(exec->env[i], '=') || exec->env[i][0] == '=')
			return error_set(err, ERR_INVALID, "--env %s: is not NAME=VALUE",
			                 exec->env[i]);
		set_env(process, json_strdup(config, exec->env[i]));
	}
	return 0;
}

static int add_gids(struct oci_config *config, struct oci_user *user,
                    const struct runtime_exec_options *exec, struct error *err)
{
	size_t n = user->n_additional_gids;
	uint32_t *gids = json_alloc(config, (n + exec->n_additional_gids) * sizeof(*gids));

	if (n)
		memcpy(gids, user->additional_gids, n * sizeof(*gids));
	for (size_t i = 0; i < exec->n_additional_gids; i++) {
		if (exec_user_id("--additional-gids", exec->additional_gids[i], &gids[n + i], err) <
		    0)
			return -1;
	}
	user->additional_gids = gids;
	user->n_additional_gids = n + exec->n_additional_gids;
	return 0;
}

static int change_user(struct oci_config *config, struct oci_process *process, int root_fd,
                       const struct runtime_exec_options *exec, struct error *err)
{
	struct oci_user *user = json_alloc(config, sizeof(*user));

	if (process->user)
		*user = *process->user;
	process->user = user;
	if (exec->user && exec_user_set(config, root_fd, exec->user, user, err) < 0)
		return -1;
	return exec->n_additional_gids ? add_gids(config, user, exec, err) : 0;
}

static void add_cap(struct oci_config *config, char ***list, size_t *n, const char *cap)
{
	char **longer = json_alloc(config, (*n + 2) * sizeof(*longer));

	if (*n)
		memcpy(longer, *list, *n * sizeof(*longer));
	longer[(*n)++] = json_strdup(config, cap);
	*list = longer;
}

static void add_caps(struct oci_config *config, struct oci_process *process,
                     const struct runtime_exec_options *exec)
{
	struct oci_capabilities *caps = json_alloc(config, sizeof(*caps));

	if (process->capabilities)
		*caps = *process->capabilities;
	process->capabilities = caps;
	for (size_t i = 0; i < exec->n_caps; i++) {
		add_cap(config, &caps->bounding, &caps->n_bounding, exec->caps[i]);
		add_cap(config, &caps->effective, &caps->n_effective, exec->caps[i]);
		add_cap(config, &caps->permitted, &caps->n_permitted, exec->caps[i]);
	}
}

static void set_args(struct oci_config *config, struct oci_process *process,
                     const struct runtime_exec_options *exec)
{
	size_t n = 0;

	while (exec->args[n])
		n++;
	process->args = json_alloc(config, (n + 1) * sizeof(char *));
	process->n_args = n;
	for (size_t i = 0; i < n; i++)
		process->args[i] = json_strdup(config, exec->args[i]);
}

const struct oci_process *exec_process_make(struct oci_config *config, int root_fd,
                                            const struct runtime_exec_options *exec,
                                            struct oci_process **ret_document, struct error *err)
{
	struct oci_process *process;

	if (exec->process_file)
		return read_document(exec->process_file, ret_document, err);
	process = json_alloc(config, sizeof(*process));
	*process = *config->process;
	set_args(config, process, exec);
	process->terminal = exec->has_tty;
	if (!exec->has_tty)
		process->console_size = NULL;
	if (exec->cwd)
		process->cwd = json_strdup(config, exec->cwd);
	process->no_new_privileges |= exec->has_no_new_privs;
	if (exec->apparmor)
		process->apparmor_profile = json_strdup(config, exec->apparmor);
	if (exec->process_label)
		process->selinux_label = json_strdup(config, exec->process_label);
	if (exec->n_caps)
		add_caps(config, process, exec);
	if (add_env(config, process, exec, err) < 0)
		return NULL;
	if ((exec->user || exec->n_additional_gids) &&
	    change_user(config, process, root_fd, exec, err) < 0)
		return NULL;
	return process;
}
