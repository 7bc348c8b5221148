/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are banned, or that stand in one file only. The build reads this header before every
 * source of src/ and libocispec/ (see src/Makemodule.am), so that a banned call does not compile.
 * The system headers come first: their declarations must not meet the macros. `make lint` looks
 * for the same names in the text (tests/lint/banned.sh).
 */
#ifndef RTL_COMMON_BANNED_H
#define RTL_COMMON_BANNED_H

#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* True while compiling a file whose path ends in PATH. */
#define BANNED_IS_FILE(path)                                                                       \
	(sizeof(__FILE__) >= sizeof(path) &&                                                       \
	 !__builtin_strcmp(                                                                        \
		 &__FILE__[sizeof(__FILE__) >= sizeof(path) ? sizeof(__FILE__) - sizeof(path)      \
	                                                    : 0],                                  \
		 path))

/* CALL, which compiles only where IS_ALLOWED. */
#define BANNED_CALL(is_allowed, text, call)                                                        \
	__extension__({                                                                            \
		_Static_assert(is_allowed, text);                                                  \
		call;                                                                              \
	})

/* The C library may have some as macros. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef gets
#undef atoi
#undef system
#undef popen
#undef getpwnam
#undef getgrnam
#undef fork
#undef vfork
#undef clone
#undef dlopen
#undef setns
#undef exit

/* Banned everywhere. */
#define strcpy(...) BANNED_CALL(0, "strcpy is banned: it knows no size", 0)
#define strcat(...) BANNED_CALL(0, "strcat is banned: it knows no size", 0)
#define sprintf(...) BANNED_CALL(0, "sprintf is banned: use snprintf or mem.c", 0)
#define vsprintf(...) BANNED_CALL(0, "vsprintf is banned: use vsnprintf or mem.c", 0)
#define gets(...) BANNED_CALL(0, "gets is banned: it knows no size", 0)
#define atoi(...) BANNED_CALL(0, "atoi is banned: it reports no error", 0)
#define system(...) BANNED_CALL(0, "system is banned: no shell runs for us", 0)
#define popen(...) BANNED_CALL(0, "popen is banned: no shell runs for us", (FILE *)0)
#define getpwnam(...) BANNED_CALL(0, "getpwnam is banned: NSS loads libraries", (struct passwd *)0)
#define getgrnam(...) BANNED_CALL(0, "getgrnam is banned: NSS loads libraries", (struct group *)0)

/* Each in its one file. */
#define fork()                                                                                     \
	BANNED_CALL(BANNED_IS_FILE("common/process.c"), "fork stands in common/process.c", fork())
#define vfork()                                                                                    \
	BANNED_CALL(BANNED_IS_FILE("common/process.c"), "vfork stands in common/process.c", vfork())
#define clone(...)                                                                                 \
	BANNED_CALL(BANNED_IS_FILE("common/process.c"), "clone stands in common/process.c",        \
	            clone(__VA_ARGS__))
#define dlopen(...)                                                                                \
	BANNED_CALL(BANNED_IS_FILE("dl/dl.c"), "dlopen stands in dl/dl.c", dlopen(__VA_ARGS__))
#define setns(...)                                                                                 \
	BANNED_CALL(BANNED_IS_FILE("kernel/ns.c"), "setns stands in kernel/ns.c",                  \
	            setns(__VA_ARGS__))
#define exit(...)                                                                                  \
	BANNED_CALL(BANNED_IS_FILE("src/main.c") || BANNED_IS_FILE("common/mem.c"),                \
	            "exit stands in main.c and common/mem.c", exit(__VA_ARGS__))

#endif
