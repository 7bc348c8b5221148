/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See caller.h. Names come from /etc/passwd by fgetpwent(3): NSS would load libraries
 * into every verb.
 */
#include "runtime/caller.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "kernel/caps.h"
#include "kernel/ns.h"

#define CAN_MAP ((UINT64_C(1) << CAP_SETUID) | (UINT64_C(1) << CAP_SETGID))

const struct caller *caller_get(void)
{
	static struct caller caller = {.proc_fd = -1};

	if (caller.proc_fd >= 0)
		return &caller;
	caller.proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	caller.permitted = caps_permitted();
	caller.is_in_user_ns = !ns_is_initial_user(caller.proc_fd);
	caller.is_root = geteuid() == 0;
	caller.is_real_root = caller.is_root && !caller.is_in_user_ns;
	caller.can_map_ids = (caller.permitted & CAN_MAP) == CAN_MAP;
	return &caller;
}

static char *find_user_name(uint32_t uid)
{
	auto_stream FILE *passwd = fopen("/etc/passwd", "re");
	const struct passwd *entry;

	while (passwd && (entry = fgetpwent(passwd))) {
		if (entry->pw_uid == uid)
			return mem_strdup(entry->pw_name);
	}
	return mem_printf("%u", uid);
}

/* The last one is remembered: a thousand containers have one owner. */
char *caller_user_name(uint32_t uid)
{
	static char *name;
	static uint32_t last;

	if (!name || uid != last) {
		free(name);
		name = find_user_name(uid);
		last = uid;
	}
	return mem_strdup(name);
}
