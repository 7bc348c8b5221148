/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's program for benchmarks, in two names: "true" ends at once, "pause" sleeps
 * until SIGTERM. As init of a PID namespace it needs a handler, or the signal would be lost.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void quit(int sig)
{
	(void)sig;
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc > 0 && strstr(argv[0], "true"))
		return 0;
	signal(SIGTERM, quit);
	for (;;)
		pause();
}
