/* SPDX-License-Identifier: Apache-2.0 */
/* rtl checkpoint. */
#include "cli/command.h"
#include "cli/criu_settings.h"
#include "runtime/checkpoint.h"

struct checkpoint_options {
	struct criu_settings_options shared;
	struct runtime_checkpoint_options checkpoint;
};

#define CHECKPOINT(member) offsetof(struct checkpoint_options, checkpoint.member)
static const struct option checkpoint_options[] = {
	CRIU_SETTINGS,
	{"leave-running", 0, OPTION_FLAG, NULL, CHECKPOINT(leave_running),
         "let the container go on instead of removing it", NULL},
	{"pre-dump", 0, OPTION_FLAG, NULL, CHECKPOINT(pre_dump),
         "write memory only, and let the container go on", NULL},
	{"parent-path", 0, OPTION_STRING, "DIR", CHECKPOINT(parent_path),
         "images of the last --pre-dump, relative to those of this one", NULL},
	{"tcp-skip-in-flight", 0, OPTION_FLAG, NULL, CHECKPOINT(tcp_skip_in_flight),
         "leave out TCP connections that are being made", NULL},
	{"link-remap", 0, OPTION_FLAG, NULL, CHECKPOINT(link_remap),
         "link files that were unlinked again for the dump", NULL},
	{"page-server", 0, OPTION_STRING, "ADDRESS:PORT", CHECKPOINT(page_server),
         "send memory to this page server", NULL},
	{"status-fd", 0, OPTION_STRING, "FD", CHECKPOINT(status_fd),
         "write a NUL byte to FD once lazy pages can be fetched", NULL},
	{0},
};

static int checkpoint_run(const struct args *args, struct error *err)
{
	struct checkpoint_options *options = args->options;

	criu_settings_finish(&options->shared);
	options->checkpoint.criu = options->shared.criu;
	return runtime_checkpoint(args->runtime, args->v[0], &options->checkpoint, err);
}

const struct command cmd_checkpoint = {
	.name = "checkpoint",
	.synopsis = "CONTAINER",
	.summary = "write a running container to files, to be restored",
	.description = "By criu(8), which must be installed. Unless it is left running, the\n"
		       "container is removed afterwards.\n",
	.options = checkpoint_options,
	.options_size = sizeof(struct checkpoint_options),
	.min_args = 1,
	.max_args = 1,
	.takes_id = true,
	.run = checkpoint_run,
};
