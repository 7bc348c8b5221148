/* SPDX-License-Identifier: Apache-2.0 */
/* rtl restore. */
#include "cli/command.h"
#include "cli/criu_settings.h"
#include "runtime/restore.h"

/* The last two are said for runc's callers. */
struct restore_options {
	struct criu_settings_options shared;
	struct runtime_restore_options restore;
	bool no_subreaper;
	bool no_pivot;
};

#define RESTORE(member) offsetof(struct restore_options, member)
static const struct option restore_options[] = {
	{"bundle", 'b', OPTION_STRING, "DIR", RESTORE(restore.create.bundle),
         "directory of config.json (default: the working directory)", NULL},
	{"console-socket", 0, OPTION_STRING, "SOCKET", RESTORE(restore.create.console_socket),
         "unix socket that receives the terminal's master end", NULL},
	{"detach", 'd', OPTION_FLAG, NULL, RESTORE(restore.create.is_detached),
         "return when the container runs, not when it ends", NULL},
	{"pid-file", 0, OPTION_STRING, "FILE", RESTORE(restore.create.pid_file),
         "write the PID of the init process to FILE", NULL},
	CRIU_SETTINGS,
	{"tcp-close", 0, OPTION_FLAG, NULL, RESTORE(shared.criu.tcp_close),
         "restore open TCP connections closed", NULL},
	{"lsm-profile", 0, OPTION_STRING, "TYPE:NAME", RESTORE(restore.lsm_profile),
         "another profile, as apparmor:NAME or selinux:LABEL", NULL},
	{"lsm-mount-context", 0, OPTION_STRING, "CONTEXT", RESTORE(restore.lsm_mount_context),
         "another SELinux context of mounts", NULL},
	{"no-subreaper", 0, OPTION_FLAG, NULL, RESTORE(no_subreaper),
         "accepted for runc's callers, changes nothing", NULL},
	{"no-pivot", 0, OPTION_FLAG, NULL, RESTORE(no_pivot),
         "accepted for runc's callers, changes nothing", NULL},
	{0},
};

static int restore_run(const struct args *args, struct error *err)
{
	struct restore_options *options = args->options;
	int status = 0;

	criu_settings_finish(&options->shared);
	options->restore.criu = options->shared.criu;
	if (runtime_restore(args->runtime, args->v[0], &options->restore, &status, err) < 0)
		return -1;
	return status;
}

const struct command cmd_restore = {
	.name = "restore",
	.synopsis = "CONTAINER",
	.summary = "make a container from a bundle and a checkpoint",
	.description = "By criu(8), which must be installed. The bundle is that of the\n"
		       "container which was checkpointed, or one like it.\n",
	.options = restore_options,
	.options_size = sizeof(struct restore_options),
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = restore_run,
};
