/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are mount options, one a line. A flag is never both set and cleared, there is one mode
 * of atime at most, and what is no option changes nothing.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "kernel/mount_option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

static bool has_one_atime(unsigned long flags)
{
	unsigned long mode = flags & (MS_NOATIME | MS_RELATIME | MS_STRICTATIME);

	return (mode & (mode - 1)) == 0;
}

static bool is_known(const char *name)
{
	size_t n;
	const char *const *names = mount_option_names(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	struct mount_flags flags = {0};
	char *rest = text;

	for (char *name = strsep(&rest, "\n"); name; name = strsep(&rest, "\n")) {
		struct mount_flags before = flags;
		bool is_flag = mount_option_apply(name, &flags);

		expect(is_flag == is_known(name));
		expect(is_flag || memcmp(&before, &flags, sizeof(flags)) == 0);
		expect(!(flags.set & flags.clear) && !(flags.rec_set & flags.rec_clear));
		expect(has_one_atime(flags.set) && has_one_atime(flags.rec_set));
		expect(!(flags.propagation & ~(unsigned long)(MS_REC | MS_SHARED | MS_SLAVE |
		                                              MS_PRIVATE | MS_UNBINDABLE)));
	}
	return 0;
}
