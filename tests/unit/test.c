/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runner of the unit tests: runs what TEST() registered, one after the other in one process,
 * and prints TAP. A crash or a hang ends the program; the plan printed first makes that a failure.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_S 60

static struct test *first;
static struct test **last = &first;

static jmp_buf leave;
static int failures;
static const char *skipped;
static char dir[256];
static char running[512]; /* what on_crash() says */
static size_t running_size;

void test_register(struct test *test)
{
	*last = test;
	last = &test->next;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failures++;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void test_skip(const char *reason)
{
	skipped = reason;
	longjmp(leave, 1);
}

void test_abort(void)
{
	longjmp(leave, 1);
}

const char *test_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (dir[0])
		return dir;
	snprintf(dir, sizeof(dir), "%s/rtl-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		abort();
	}
	return dir;
}

const char *test_data(const char *name)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/unit/data/%s", srcdir ? srcdir : ".", name);
	return path;
}

/* What the child was skipped for comes back through @reason_fd. */
_Noreturn static void run_child(void (*body)(struct error *err), int reason_fd)
{
	struct error err = {0};

	failures = 0;
	skipped = NULL;
	alarm(TIMEOUT_S);
	if (!setjmp(leave))
		body(&err);
	if (skipped)
		(void)!write(reason_fd, skipped, strlen(skipped));
	fflush(stdout);
	_exit(failures ? 1 : 0);
}

void test_child(void (*body)(struct error *err))
{
	static char reason[256];
	int status = -1;
	int fds[2];
	ssize_t n;
	pid_t pid;

	test_dir();
	fflush(stdout);
	if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		perror("test_child");
		abort();
	}
	if (pid == 0)
		run_child(body, fds[1]);
	close(fds[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	n = read(fds[0], reason, sizeof(reason) - 1);
	close(fds[0]);
	if (WIFSIGNALED(status))
		test_fail(__FILE__, __LINE__, "the child was killed by signal %d",
		          WTERMSIG(status));
	else if (WEXITSTATUS(status))
		test_fail(__FILE__, __LINE__, "the child failed");
	if (n <= 0)
		return;
	reason[n] = '\0';
	test_skip(reason);
}

bool test_int(const char *file, int line, const char *expr, intmax_t actual, intmax_t expected)
{
	if (actual == expected)
		return true;
	test_fail(file, line, "%s is %" PRIdMAX ", expected %" PRIdMAX, expr, actual, expected);
	return false;
}

bool test_str(const char *file, int line, const char *expr, const char *actual,
              const char *expected)
{
	if (actual == expected || (actual && expected && !strcmp(actual, expected)))
		return true;
	test_fail(file, line, "%s is \"%s\", expected \"%s\"", expr, actual ? actual : "(null)",
	          expected ? expected : "(null)");
	return false;
}

bool test_contains(const char *file, int line, const char *expr, const char *actual,
                   const char *part)
{
	if (actual && part && strstr(actual, part))
		return true;
	test_fail(file, line, "%s is \"%s\", expected it to contain \"%s\"", expr,
	          actual ? actual : "(null)", part ? part : "(null)");
	return false;
}

bool test_error(const char *file, int line, const char *expr, bool failed, const struct error *err,
                enum error_kind kind, const char *text)
{
	if (!failed) {
		test_fail(file, line, "%s succeeded, expected the error \"%s\"", expr, text);
		return false;
	}
	if (err->kind != kind)
		test_fail(file, line, "%s failed with kind %d (%s), expected kind %d", expr,
		          (int)err->kind, err->msg, (int)kind);
	return test_str(file, line, "the error", err->msg, text) && err->kind == kind;
}

bool test_ok(const char *file, int line, const char *expr, bool failed, const struct error *err)
{
	if (failed)
		test_fail(file, line, "%s failed: %s", expr, err->msg);
	return !failed;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_dir(void)
{
	if (!dir[0])
		return;
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	dir[0] = '\0';
}

static bool is_wanted(const struct test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(test->name, argv[i]))
			return true;
	return argc < 2;
}

/* The plan already makes it a failure; this says which test it was. */
static void on_crash(int sig)
{
	if (write(STDOUT_FILENO, running, running_size) < 0)
		_exit(1);
	signal(sig, SIG_DFL);
	raise(sig);
}

static bool run(const struct test *test, int number)
{
	struct error err = {0};

	snprintf(running, sizeof(running), "# crashed or did not end: %s\n", test->name);
	running_size = strlen(running);

	failures = 0;
	skipped = NULL;
	alarm(TIMEOUT_S);
	if (!setjmp(leave))
		test->run(&err);
	alarm(0);
	remove_dir();
	printf("%s %d - %s%s%s\n", failures ? "not ok" : "ok", number, test->name,
	       skipped ? " # SKIP " : "", skipped ? skipped : "");
	return !failures;
}

int main(int argc, char **argv)
{
	int count = 0;
	int failed = 0;
	int number = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGALRM, on_crash);
	signal(SIGABRT, on_crash);
#ifndef RTL_SANITIZED /* they report a SIGSEGV themselves, and better */
	signal(SIGSEGV, on_crash);
#endif
	for (const struct test *test = first; test; test = test->next)
		count += is_wanted(test, argc, argv);
	printf("1..%d\n", count);
	for (const struct test *test = first; test; test = test->next)
		if (is_wanted(test, argc, argv) && !run(test, ++number))
			failed++;
	return failed ? 1 : 0;
}
