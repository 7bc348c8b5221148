/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges two names, again and again, as fast as the kernel can: for tests of races in which a
 * directory becomes a symlink between a look at it and its use.
 *
 *   swap A B
 *
 * Ends when it is killed, or when one of the two is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: swap A B\n");
		return 2;
	}
	while (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0)
		;
	if (errno == ENOENT)
		return 0;
	fprintf(stderr, "swap: %s and %s: %s\n", argv[1], argv[2], strerror(errno));
	return 1;
}
