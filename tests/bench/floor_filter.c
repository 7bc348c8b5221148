/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the bench's seccomp profile as a ready BPF program, for floor.c to load: per
 * architecture a balanced tree over ranges of system call numbers with one answer, which is about
 * the least that the kernel can be asked to check and walk. Its own rules stand in make-bundle.sh
 * too.
 *
 *   floor_filter NAMES >FILTER      (NAMES: seccomp-allowed.txt)
 *
 * Names that this machine's libseccomp does not know are denied, and so are the direct socket and
 * IPC calls of 32-bit x86, for which it has no plain number. Neither changes what the filter costs.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_NR 1024
#define X32_BIT 0x40000000U
#define CLONE_NAMESPACES 2114060288U
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))
#define LOW_WORD(i) (offsetof(struct seccomp_data, args) + 8 * (i))

/* Answers beside a plain seccomp return value: rules on the first argument. */
enum { RULE_PERSONALITY = 1, RULE_SOCKET, RULE_CLONE };

struct range {
	uint32_t first; /* system call number; it reaches to the next range's */
	uint32_t answer;
};

static struct sock_filter code[BPF_MAXINSNS];
static size_t n_code;

static void die(const char *what)
{
	fprintf(stderr, "floor_filter: %s\n", what);
	exit(1);
}

static void emit(uint16_t op, uint32_t k, size_t jt, size_t jf)
{
	if (n_code == ARRAY_SIZE(code) || jt > UINT8_MAX || jf > UINT8_MAX)
		die("the filter does not fit");
	code[n_code++] = (struct sock_filter)BPF_JUMP(op, k, jt, jf);
}

static void emit_return(uint32_t value)
{
	emit(BPF_RET | BPF_K, value, 0, 0);
}

static void emit_answer(uint32_t answer)
{
	static const uint32_t personas[] = {0, 8, 131072, 131080};

	if (answer >= RULE_PERSONALITY && answer <= RULE_CLONE)
		emit(BPF_LD | BPF_W | BPF_ABS, LOW_WORD(0), 0, 0);
	switch (answer) {
	case RULE_PERSONALITY:
		for (size_t i = 0; i < ARRAY_SIZE(personas); i++)
			emit(BPF_JMP | BPF_JEQ | BPF_K, personas[i], 5 - i, 0);
		emit(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0);
		emit_return(ERRNO(EPERM));
		emit_return(SECCOMP_RET_ALLOW);
		break;
	case RULE_SOCKET:
		emit(BPF_JMP | BPF_JEQ | BPF_K, 40, 0, 1);
		emit_return(ERRNO(EPERM));
		emit_return(SECCOMP_RET_ALLOW);
		break;
	case RULE_CLONE:
		emit(BPF_JMP | BPF_JSET | BPF_K, CLONE_NAMESPACES, 0, 1);
		emit_return(ERRNO(EPERM));
		emit_return(SECCOMP_RET_ALLOW);
		break;
	default:
		emit_return(answer);
	}
}

/* Emits the tree over ranges[0..n). The accumulator holds the system call's number. */
static void emit_tree(const struct range *ranges, size_t n)
{
	size_t at = n_code, left = n / 2;

	if (n == 1) {
		emit_answer(ranges[0].answer);
		return;
	}
	/* a conditional jump reaches 255 instructions, an unconditional one everywhere */
	emit(BPF_JMP | BPF_JGE | BPF_K, ranges[left].first, 0, 1);
	emit(BPF_JMP | BPF_JA, 0, 0, 0);
	emit_tree(ranges, left);
	code[at + 1].k = n_code - (at + 2);
	emit_tree(ranges + left, n - left);
}

static void set_answer(uint32_t *answers, uint32_t arch, const char *name, uint32_t answer)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	if (nr == __NR_SCMP_ERROR || nr < 0)
		return; /* this architecture has no such call */
	nr &= ~X32_BIT;
	if (nr < MAX_NR)
		answers[nr] = answer;
}

static void read_names(const char *path, uint32_t arch, uint32_t *answers)
{
	FILE *f = fopen(path, "re");
	char line[128];

	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#')
			set_answer(answers, arch, line, SECCOMP_RET_ALLOW);
	}
	fclose(f);
}

static void emit_architecture(const char *path, uint32_t arch, uint32_t base)
{
	static uint32_t answers[MAX_NR];
	static struct range ranges[MAX_NR + 1];
	size_t n = 0;

	for (size_t i = 0; i < MAX_NR; i++)
		answers[i] = ERRNO(EPERM);
	read_names(path, arch, answers);
	set_answer(answers, arch, "personality", RULE_PERSONALITY);
	set_answer(answers, arch, "socket", RULE_SOCKET);
	set_answer(answers, arch, "clone", RULE_CLONE);
	set_answer(answers, arch, "clone3", ERRNO(ENOSYS));
	for (uint32_t nr = 0; nr < MAX_NR; nr++) {
		if (n == 0 || ranges[n - 1].answer != answers[nr])
			ranges[n++] = (struct range){base + nr, answers[nr]};
	}
	emit_tree(ranges, n);
}

/* Emits "if the accumulator is (JEQ) or is at least (JGE) k, this subprogram", and goes on after
 * it. */
static void emit_branch(uint16_t jump, uint32_t k, const char *path, uint32_t arch, uint32_t base)
{
	size_t at = n_code;

	emit(BPF_JMP | jump | BPF_K, k, 1, 0);
	emit(BPF_JMP | BPF_JA, 0, 0, 0);
	if (jump == BPF_JEQ)
		emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	emit_architecture(path, arch, base);
	code[at + 1].k = n_code - (at + 2);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: floor_filter NAMES >FILTER");
	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
#if defined(__x86_64__)
	emit_branch(BPF_JEQ, AUDIT_ARCH_I386, argv[1], SCMP_ARCH_X86, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	emit_return(SECCOMP_RET_KILL_PROCESS);
	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	emit_branch(BPF_JGE, X32_BIT, argv[1], SCMP_ARCH_X32, X32_BIT);
	emit_architecture(argv[1], SCMP_ARCH_X86_64, 0);
#elif defined(__aarch64__)
	emit_branch(BPF_JEQ, AUDIT_ARCH_ARM, argv[1], SCMP_ARCH_ARM, 0);
	emit_branch(BPF_JEQ, AUDIT_ARCH_AARCH64, argv[1], SCMP_ARCH_AARCH64, 0);
	emit_return(SECCOMP_RET_KILL_PROCESS);
#else
#error "no seccomp profile for this architecture"
#endif
	return fwrite(code, sizeof(code[0]), n_code, stdout) == n_code ? 0 : 1;
}
