/* SPDX-License-Identifier: Apache-2.0 */
/* rtl mounts. */
#include <string.h>

#include "cli/command.h"
#include "runtime/id.h"
#include "runtime/mounts.h"

/* What may be done, as the first argument says it. */
static const struct {
	const char *name;
	bool is_removal;
} actions[] = {{"add", false}, {"remove", true}};

static int mounts_run(const struct args *args, struct error *err)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(args->v[0], actions[i].name) != 0)
			continue;
		if (id_check(args->v[1], err) < 0)
			return -1;
		return runtime_mounts(args->runtime, args->v[1], args->v[2], actions[i].is_removal,
		                      err);
	}
	return error_set(err, ERR_INVALID, "mounts %s: is neither add nor remove", args->v[0]);
}

const struct command cmd_mounts = {
	.name = "mounts",
	.synopsis = "add|remove CONTAINER FILE",
	.summary = "add mounts to a running container, or remove them",
	.description = "FILE holds an array of mounts as config.json has them. To remove,\n"
		       "only their destinations are read.\n",
	.min_args = 3,
	.max_args = 3,
	.run = mounts_run,
};
