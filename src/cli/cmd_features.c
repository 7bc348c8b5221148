/* SPDX-License-Identifier: Apache-2.0 */
/* rtl features. */
#include "cli/command.h"
#include "cli/output.h"
#include "common/str.h"
#include "runtime/features.h"

static int features_run(const struct args *args, struct error *err)
{
	auto_str struct str text = {0};

	(void)args;
	features_format(&text);
	str_append_char(&text, '\n');
	return output_write(text.s, err);
}

const struct command cmd_features = {
	.name = "features",
	.synopsis = "",
	.summary = "print what this runtime supports as JSON",
	.run = features_run,
};
