/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The executable: runs the command line and reports its error. This is the only
 * place that turns an error into words on stderr and an exit status.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "common/error.h"
#include "common/file.h"
#include "common/log.h"
#include "common/str.h"

/* --log /dev/stderr is what some callers give: nothing is then said twice. */
static bool log_is_stderr(void)
{
	struct stat log_stat;
	struct stat err_stat;

	return fstat(log_fd(), &log_stat) == 0 && fstat(STDERR_FILENO, &err_stat) == 0 &&
	       log_stat.st_dev == err_stat.st_dev && log_stat.st_ino == err_stat.st_ino;
}

/* To the log, which containerd's shim reads, and to whoever looks at stderr. */
static void report(const struct error *err)
{
	auto_str struct str line = {0};

	log_print(LOG_ERROR, "%s", err->msg);
	if (!log_to_file() || log_is_stderr())
		return;
	str_appendf(&line, "rtl: %s\n", err->msg);
	(void)!file_write_all(STDERR_FILENO, line.s, line.len);
}

/*
 * A caller may have closed some of 0, 1 and 2. The next file opened would take such a number, be
 * written to as standard output, and be handed to the container.
 */
static void fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* the lowest free number is this one; if it fails, there is nobody to tell */
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", O_RDWR);
	}
}

int main(int argc, char **argv)
{
	struct error err = {0};
	int status;

	fill_standard_streams();
	/* An ignored SIGCHLD is inherited, and the kernel would reap our children itself. */
	signal(SIGCHLD, SIG_DFL);
	status = command_main(argc, argv, &err);
	if (status >= 0)
		return status;
	report(&err);
	return error_exit_status(&err);
}
