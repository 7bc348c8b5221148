/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls rtl: found once per process, asked by many. */
#ifndef RTL_RUNTIME_CALLER_H
#define RTL_RUNTIME_CALLER_H

#include <stdbool.h>
#include <stdint.h>

struct caller {
	int proc_fd;        /* /proc, O_PATH; -1 if there is none */
	uint64_t permitted; /* capabilities */
	bool is_in_user_ns; /* in another user namespace than the initial one */
	bool is_root;       /* effective UID 0, here */
	bool is_real_root;  /* root in the initial user namespace */
	bool can_map_ids;   /* CAP_SETUID and CAP_SETGID: any ID map may be written */
};

/* caller_get() - facts about this process; before any change of them. Never NULL. */
const struct caller *caller_get(void);

/* caller_user_name() - name of user @uid in /etc/passwd, else its number; caller frees. */
char *caller_user_name(uint32_t uid);

#endif
