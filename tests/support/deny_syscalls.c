/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command on a kernel that seems to lack some system calls: a seccomp filter answers each
 * of the named ones with ENOSYS (an older kernel) or EPERM (an older container engine's filter),
 * and lets all others pass. Children inherit it, nothing can take it off again.
 *
 *   deny_syscalls ENOSYS|EPERM NAME[,NAME...] [--] COMMAND [ARGUMENT...]
 *
 * As root the filter is loaded by CAP_SYS_ADMIN and without no_new_privs, so that setuid programs
 * (newuidmap) still work beneath; for tests as an ordinary user, root starts this and drops to
 * the user in COMMAND: deny_syscalls ... -- setpriv --reuid USER ... rtl run. Started by an
 * ordinary user it sets no_new_privs, and setuid programs lose their power.
 *
 * Only the native architecture is filtered. Exits 125 with a message if the filter cannot be
 * made, else as shells do: 127 and 126 if COMMAND is missing or cannot be executed.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define EXIT_SELF 125
#define X32_BIT 0x40000000U

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "add the audit name of this architecture"
#endif

/* What a runtime may want newer than Linux 4.18, and a few old ones to test this program by. */
static const struct {
	const char *name;
	uint32_t nr;
} calls[] = {
	{"clone3", 435},
	{"openat2", 437},
	{"fsopen", 430},
	{"fsconfig", 431},
	{"fsmount", 432},
	{"fspick", 433},
	{"open_tree", 428},
	{"open_tree_attr", 467},
	{"move_mount", 429},
	{"mount_setattr", 442},
	{"pidfd_open", 434},
	{"pidfd_getfd", 438},
	{"pidfd_send_signal", 424},
	{"close_range", 436},
	{"faccessat2", 439},
	{"epoll_pwait2", 441},
	{"fchmodat2", 452},
	{"statmount", 457},
	{"listmount", 458},
	{"landlock_create_ruleset", 444},
	{"io_uring_setup", 425},
	{"memfd_create", SYS_memfd_create},
	{"execveat", SYS_execveat},
	{"statx", SYS_statx},
	{"copy_file_range", SYS_copy_file_range},
	{"keyctl", SYS_keyctl},
	{"bpf", SYS_bpf},
	{"seccomp", SYS_seccomp},
	{"setns", SYS_setns},
	{"unshare", SYS_unshare},
	{"mkdirat", SYS_mkdirat},
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "deny_syscalls: %s: %s\n", what, why);
	exit(EXIT_SELF);
}

/* Returns a name's number: this file's table, or a number as it stands. */
static uint32_t call_number(const char *name)
{
	char *end;
	unsigned long nr = strtoul(name, &end, 10);

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].nr;
	}
	if (end == name || *end != '\0' || nr >= X32_BIT)
		die(name, "unknown system call (its number will do)");
	return nr;
}

static uint32_t answer(const char *name)
{
	if (strcmp(name, "ENOSYS") == 0)
		return SECCOMP_RET_ERRNO | ENOSYS;
	if (strcmp(name, "EPERM") == 0)
		return SECCOMP_RET_ERRNO | EPERM;
	die(name, "expected ENOSYS or EPERM");
	return 0;
}

/* Makes one comparison and one return for each name in the list, which is cut up. */
static unsigned short build(struct sock_filter *code, uint32_t denial, char *names)
{
	unsigned short n = 0;
	char *name;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                                         offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                                         offsetof(struct seccomp_data, nr));
	while ((name = strsep(&names, ",")) != NULL) {
		if (n + 3 > BPF_MAXINSNS)
			die("names", "too many");
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		                                         call_number(name), 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, denial);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n;
}

/* Without CAP_SYS_ADMIN the kernel wants no_new_privs first. */
static bool load(struct sock_fprog *program)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) == 0)
		return true;
	return errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) == 0;
}

int main(int argc, char **argv)
{
	static struct sock_filter code[BPF_MAXINSNS];
	struct sock_fprog program = {.filter = code};
	char **command = argv + (argc > 3 && strcmp(argv[3], "--") == 0 ? 4 : 3);
	int errnum;

	if (argc < 4 || !*command)
		die("usage",
		    "deny_syscalls ENOSYS|EPERM NAME[,NAME...] [--] COMMAND [ARGUMENT...]");
	program.len = build(code, answer(argv[1]), argv[2]);
	if (!load(&program))
		die("load filter", strerror(errno));
	execvp(command[0], command);
	errnum = errno;
	fprintf(stderr, "deny_syscalls: %s: %s\n", command[0], strerror(errnum));
	return errnum == ENOENT ? 127 : 126;
}
