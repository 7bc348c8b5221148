/* SPDX-License-Identifier: Apache-2.0 */
/* rtl spec. */
#include "cli/command.h"
#include "runtime/spec.h"

struct spec_options {
	const char *bundle;
	const char *file;
	bool is_rootless;
};

static const struct option spec_options[] = {
	{"bundle", 'b', OPTION_STRING, "DIR", offsetof(struct spec_options, bundle),
         "where to write config.json (default: the working directory)", NULL},
	{"file", 'f', OPTION_STRING, "FILE", offsetof(struct spec_options, file),
         "write FILE of the bundle instead of config.json", NULL},
	{"rootless", 0, OPTION_FLAG, NULL, offsetof(struct spec_options, is_rootless),
         "for an ordinary user: with a user namespace, mapping the caller to root", NULL},
	{0},
};

static int spec_run(const struct args *args, struct error *err)
{
	const struct spec_options *options = args->options;

	return spec_write(options->bundle, options->file, options->is_rootless, err);
}

const struct command cmd_spec = {
	.name = "spec",
	.synopsis = "",
	.summary = "write a config.json to begin with",
	.description = "It runs sh on a terminal in the root file system \"rootfs\" below the\n"
		       "bundle. A file that exists is not overwritten.\n",
	.options = spec_options,
	.options_size = sizeof(struct spec_options),
	.run = spec_run,
};
