/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests: one program per test_<module>.c, linked with test.c (the runner) and librtl.a.
 *
 *	TEST(unknown_mount_option_is_named_in_the_error)
 *	{
 *		EXPECT_ERROR(mount_option_apply("noexce", &flags, err), ERR_INVALID,
 *		             "unknown mount option noexce");
 *	}
 *
 * The name is a sentence. Every test is handed a cleared `err`. An EXPECT that fails is reported
 * and the test goes on; a REQUIRE that fails ends the test. Output is TAP. A program takes names
 * (or parts of names) of the tests to run as arguments; without any it runs all.
 */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(struct error *err);
	struct test *next;
};

/** test_register() - add a test to the program; called by TEST() before main() */
void test_register(struct test *test);

/** test_fail() - count a failure of the running test and print where and what */
void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** test_skip() - end the running test and report it as skipped, with the reason */
_Noreturn void test_skip(const char *reason);

/** test_abort() - end the running test; used by REQUIRE() after test_fail() */
_Noreturn void test_abort(void);

/** test_dir() - an empty directory of the running test, removed after it; borrowed string */
const char *test_dir(void);

/**
 * test_child() - run @body in a child process of its own, for what cannot be undone: its failures,
 * its test_skip() and its crash are the running test's. A child may not call it again.
 */
void test_child(void (*body)(struct error *err));

/** test_data() - path of a file in tests/unit/data/ of the source tree; valid until the next call
 */
const char *test_data(const char *name);

/* What the macros below call. */
bool test_int(const char *file, int line, const char *expr, intmax_t actual, intmax_t expected);
bool test_str(const char *file, int line, const char *expr, const char *actual,
              const char *expected);
bool test_contains(const char *file, int line, const char *expr, const char *actual,
                   const char *part);
bool test_error(const char *file, int line, const char *expr, bool failed, const struct error *err,
                enum error_kind kind, const char *text);
bool test_ok(const char *file, int line, const char *expr, bool failed, const struct error *err);

#define TEST(sentence)                                                                             \
	static void test_##sentence(struct error *err);                                            \
	static struct test entry_##sentence = {#sentence, test_##sentence, 0};                     \
	__attribute__((constructor)) static void register_##sentence(void)                         \
	{                                                                                          \
		test_register(&entry_##sentence);                                                  \
	}                                                                                          \
	static void test_##sentence(__attribute__((unused)) struct error *err)

/* A result means failure when it is a NULL pointer or a negative number. */
#define TEST_FAILED(call)                                                                          \
	__extension__({                                                                            \
		intptr_t test_result = (intptr_t)(call);                                           \
		__builtin_classify_type(call) == __builtin_classify_type((void *)0)                \
			? test_result == 0                                                         \
			: test_result < 0;                                                         \
	})

#define EXPECT(cond) ((cond) ? (void)0 : test_fail(__FILE__, __LINE__, "expected %s", #cond))
#define EXPECT_INT(actual, expected)                                                               \
	((void)test_int(__FILE__, __LINE__, #actual, (intmax_t)(actual), (intmax_t)(expected)))
#define EXPECT_STR(actual, expected)                                                               \
	((void)test_str(__FILE__, __LINE__, #actual, (actual), (expected)))
#define EXPECT_CONTAINS(actual, part)                                                              \
	((void)test_contains(__FILE__, __LINE__, #actual, (actual), (part)))

/* The call must fail with this kind and exactly this text; `err` is cleared afterwards. */
#define EXPECT_ERROR(call, kind, text)                                                             \
	do {                                                                                       \
		(void)test_error(__FILE__, __LINE__, #call, TEST_FAILED(call), err, kind, text);   \
		*err = (struct error){0};                                                          \
	} while (0)

/* The call must succeed; the test prints `err` if it does not. */
#define EXPECT_OK(call) ((void)test_ok(__FILE__, __LINE__, #call, TEST_FAILED(call), err))
#define REQUIRE_OK(call)                                                                           \
	(test_ok(__FILE__, __LINE__, #call, TEST_FAILED(call), err) ? (void)0 : test_abort())
#define REQUIRE(cond)                                                                              \
	((cond) ? (void)0 : (test_fail(__FILE__, __LINE__, "expected %s", #cond), test_abort()))
