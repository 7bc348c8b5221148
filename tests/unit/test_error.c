/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: their kinds, texts and exit statuses. */
#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "test.h"

TEST(a_failure_is_one_statement_with_kind_and_text)
{
	EXPECT_ERROR(error_set(err, ERR_LIMIT, "more than %d of %s", 3, "them"), ERR_LIMIT,
	             "more than 3 of them");
}

TEST(setting_an_error_forgets_the_errno_of_an_earlier_one)
{
	errno = EIO;
	error_errno(err, "first");
	EXPECT_INT(err->errnum, EIO);
	error_set(err, ERR_STATE, "second");
	EXPECT_INT(err->errnum, 0);
	EXPECT_STR(err->msg, "second");
}

TEST(errno_chooses_kind_and_end_of_the_text)
{
	static const struct {
		int errnum;
		enum error_kind kind;
		const char *text;
	} cases[] = {
		{ENOENT, ERR_NOT_FOUND, "open x: No such file or directory"},
		{EEXIST, ERR_EXISTS, "open x: File exists"},
		{EACCES, ERR_DENIED, "open x: Permission denied"},
		{EPERM, ERR_DENIED, "open x: Operation not permitted"},
		{ENOSYS, ERR_UNSUPPORTED, "open x: Function not implemented"},
		{EOPNOTSUPP, ERR_UNSUPPORTED, "open x: Operation not supported"},
		{EIO, ERR_SYSTEM, "open x: Input/output error"},
		{EINVAL, ERR_SYSTEM, "open x: Invalid argument"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = cases[i].errnum;
		error_errno(err, "open %s", "x");
		EXPECT_INT(err->errnum, cases[i].errnum);
		EXPECT_ERROR(-1, cases[i].kind, cases[i].text);
	}
}

TEST(context_goes_before_the_text_outermost_first_and_kind_and_errno_stay)
{
	errno = ENOENT;
	error_errno(err, "open %s", "f");
	error_wrap(err, "read %s", "config");
	error_wrap(err, "create container %s", "web");
	EXPECT_INT(err->errnum, ENOENT);
	EXPECT_ERROR(error_append(err, " (try %s)", "this"), ERR_NOT_FOUND,
	             "create container web: read config: open f: No such file or directory "
	             "(try this)");
}

TEST(a_text_that_does_not_fit_is_cut_at_its_end)
{
	char longer[2 * sizeof(err->msg)];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	EXPECT_INT(error_set(err, ERR_INVALID, "%s", longer), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
	EXPECT_INT(error_wrap(err, "outer"), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
	EXPECT(strncmp(err->msg, "outer: xxx", 10) == 0);
	EXPECT_INT(error_wrap(err, "%s", longer), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
	EXPECT_INT(error_append(err, "more"), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
	errno = EIO;
	EXPECT_INT(error_errno(err, "%s", longer), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
}

TEST(only_an_executable_that_is_missing_or_refused_has_an_exit_status_of_its_own)
{
	for (int kind = ERR_NONE; kind <= ERR_SYSTEM; kind++) {
		err->kind = (enum error_kind)kind;
		EXPECT_INT(error_exit_status(err), kind == ERR_EXEC_NOT_FOUND ? 127
		                                   : kind == ERR_EXEC_DENIED  ? 126
		                                                              : 1);
	}
}
