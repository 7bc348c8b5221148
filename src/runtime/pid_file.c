/* SPDX-License-Identifier: Apache-2.0 */
/* See pid_file.h. */
#include "runtime/pid_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/path.h"

int pid_file_write(const char *path, pid_t pid, struct error *err)
{
	auto_free char *absolute = path ? path_absolute(path, err) : NULL;
	char *slash = absolute ? strrchr(absolute, '/') : NULL;
	auto_fd int dirfd = -1;
	char text[16];

	if (!path)
		return 0;
	if (!slash)
		return -1;
	*slash = '\0';
	dirfd = open(slash == absolute ? "/" : absolute, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return error_errno(err, "--pid-file %s: open its directory", path);
	snprintf(text, sizeof(text), "%d", pid);
	if (file_replace(dirfd, slash + 1, text, strlen(text), 0644, err) < 0)
		return error_wrap(err, "--pid-file %s", path);
	return 0;
}
