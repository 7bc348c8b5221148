/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes one system call by its number, as a C library does not: for tests of filters.
 *
 *   raw_call [x86:|x32:]NR [ARGUMENT...]
 *
 * Prints what the kernel answered, as a number: -38 is ENOSYS. "x86:" enters the kernel as a
 * 32-bit program does, "x32:" sets the bit of that ABI (x86_64 only; elsewhere it exits 77).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_ARGS 6
#define X32_BIT 0x40000000L
#define EXIT_SKIP 77

static long call_native(long nr, const uint64_t args[])
{
	long ret;

#if defined(__x86_64__)
	register uint64_t a3 __asm__("r10") = args[3];
	register uint64_t a4 __asm__("r8") = args[4];
	register uint64_t a5 __asm__("r9") = args[5];

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(a3), "r"(a4),
	                   "r"(a5)
	                 : "rcx", "r11", "memory");
#else
	ret = syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	if (ret < 0)
		ret = -errno;
#endif
	return ret;
}

#if defined(__x86_64__)
/* int 0x80 is the 32-bit entry also in a 64-bit program. */
static long call_x86(long nr, const uint64_t args[])
{
	int ret;

	__asm__ volatile("int $0x80"
	                 : "=a"(ret)
	                 : "a"((int)nr), "b"((uint32_t)args[0]), "c"((uint32_t)args[1]),
	                   "d"((uint32_t)args[2]), "S"((uint32_t)args[3]), "D"((uint32_t)args[4])
	                 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}
#endif

static long call(const char *what, const uint64_t args[])
{
#if defined(__x86_64__)
	if (strncmp(what, "x86:", 4) == 0)
		return call_x86(strtol(what + 4, NULL, 0), args);
	if (strncmp(what, "x32:", 4) == 0)
		return call_native(strtol(what + 4, NULL, 0) | X32_BIT, args);
#else
	if (strchr(what, ':'))
		exit(EXIT_SKIP);
#endif
	return call_native(strtol(what, NULL, 0), args);
}

int main(int argc, char **argv)
{
	uint64_t args[N_ARGS] = {0};

	if (argc < 2 || argc > 2 + N_ARGS) {
		fprintf(stderr, "usage: raw_call [x86:|x32:]NR [ARGUMENT...]\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		args[i - 2] = strtoull(argv[i], NULL, 0);
	printf("%ld\n", call(argv[1], args));
	return 0;
}
