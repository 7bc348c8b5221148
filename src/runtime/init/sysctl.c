/* SPDX-License-Identifier: Apache-2.0 */
/* linux.sysctl. Process: container init. The parent has refused what is not namespaced. */
#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/init/init.h"

/* sysctl(8): the first separator says which of "." and "/" separates. */
static char *path_of(const char *name)
{
	char *path = mem_printf("sys/%s", name);
	bool is_dotted = false;

	for (char *p = path + 4; *p && !is_dotted; p++) {
		if (*p == '/')
			return path;
		is_dotted = *p == '.';
	}
	for (char *p = path + 4; *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	return path;
}

/**
 * init_sysctl() - write linux.sysctl
 *
 * Holds: the namespaces the parameters belong to. /proc/sys shows those of the process that
 *        looks, so the host's handle reaches the container's, past any read-only mount.
 */
int init_sysctl(struct init_ctx *ctx, struct error *err)
{
	const struct json_map *sysctl = &ctx->config->linux->sysctl;

	for (size_t i = 0; i < sysctl->n; i++) {
		auto_free char *path = path_of(sysctl->keys[i]);

		if (file_write(ctx->proc_fd, path, sysctl->values[i], err) < 0)
			return error_wrap(err, "linux.sysctl.%s", sysctl->keys[i]);
	}
	return 0;
}
