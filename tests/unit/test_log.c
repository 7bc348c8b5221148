/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines. Each test has a process of its own, since a process has one log. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/json.h"
#include "common/log.h"
#include "common/mem.h"
#include "test.h"

/* clang-format off */
#define LINE(F, T)                                     \
	F(T, STRING, REQUIRED, level, "level")         \
	F(T, STRING, REQUIRED, msg, "msg")             \
	F(T, STRING, REQUIRED, time, "time")
/* clang-format on */
JSON_STRUCT(line, LINE)
JSON_STRICT_TYPE(line, LINE)

/* "2006-01-02T15:04:05.000000000Z" */
static bool is_time(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";

	for (size_t i = 0; i < sizeof(shape); i++) {
		if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
			return false;
	}
	return true;
}

static void start(enum log_format format, enum log_level level, struct error *err)
{
	auto_free char *path = mem_printf("%s/log", test_dir());

	REQUIRE_OK(log_open(path, format, level, err));
}

static char *logged(struct error *err)
{
	auto_free char *path = mem_printf("%s/log", test_dir());
	char *text = NULL;

	REQUIRE_OK(file_read(AT_FDCWD, path, 1 << 16, &text, err));
	return text;
}

/* The JSON line @text, which ends in the one newline it holds. */
static struct line *parse(const char *text, struct error *err)
{
	size_t len = strlen(text);

	REQUIRE(len && strchr(text, '\n') == text + len - 1);
	return json_read(&line_type, "line", text, len - 1, 0, err);
}

static void check_json(struct error *err)
{
	auto_free char *text = NULL;
	auto_json struct line *line = NULL;

	start(LOG_JSON, LOG_WARN, err);
	log_warn("%s and %d", "text", 7);
	text = logged(err);
	EXPECT(strncmp(text, "{\"level\":\"warning\",\"msg\":\"text and 7\",\"time\":\"", 46) == 0);
	line = parse(text, err);
	REQUIRE_OK(line);
	EXPECT_STR(line->level, "warning");
	EXPECT_STR(line->msg, "text and 7");
	EXPECT(is_time(line->time));
}

TEST(a_json_line_has_level_message_and_time)
{
	test_child(check_json);
}

static void check_json_control(struct error *err)
{
	static const char message[] = "a\"b\\c\nd\re\tf\x01g\x1b[31m\x7f \xc3\xa4";
	auto_free char *text = NULL;
	auto_json struct line *line = NULL;

	start(LOG_JSON, LOG_WARN, err);
	log_print(LOG_ERROR, "%s", message);
	text = logged(err);
	line = parse(text, err);
	REQUIRE_OK(line);
	EXPECT_STR(line->msg, message);
	EXPECT_STR(line->level, "error");
}

TEST(control_characters_in_a_json_line_are_escaped)
{
	test_child(check_json_control);
}

static void check_json_bytes(struct error *err)
{
	auto_free char *text = NULL;
	auto_json struct line *line = NULL;

	start(LOG_JSON, LOG_WARN, err);
	log_warn("a\xff\xc3(");
	text = logged(err);
	line = parse(text, err);
	REQUIRE_OK(line);
	EXPECT_STR(line->msg, "a\xef\xbf\xbd\xef\xbf\xbd(");
}

TEST(bytes_that_are_no_text_do_not_spoil_a_json_line)
{
	test_child(check_json_bytes);
}

static void check_text(struct error *err)
{
	auto_free char *text = NULL;

	start(LOG_TEXT, LOG_INFO, err);
	log_info("hello");
	text = logged(err);
	text[30] = '\0';
	EXPECT(is_time(text));
	EXPECT_STR(text + 31, "info hello\n");
}

TEST(a_text_line_in_a_file_has_time_and_level)
{
	test_child(check_text);
}

static void check_text_control(struct error *err)
{
	auto_free char *text = NULL;

	start(LOG_TEXT, LOG_INFO, err);
	log_warn("a\nb\r\t\x1b[2J\x7f \xc3\xa4");
	text = logged(err);
	EXPECT_CONTAINS(text, " warning a?b???[2J? \xc3\xa4\n");
	EXPECT(strchr(text, '\n') == text + strlen(text) - 1);
}

TEST(control_characters_in_a_text_line_are_replaced)
{
	test_child(check_text_control);
}

static void check_levels(enum log_level level, const char *expected, struct error *err)
{
	auto_free char *text = NULL;
	char levels[8] = "";
	size_t n = 0;

	start(LOG_TEXT, level, err);
	log_print(LOG_ERROR, "=e");
	log_warn("=w");
	log_info("=i");
	log_debug("=d");
	text = logged(err);
	for (const char *p = text; (p = strchr(p, '=')) && n < 7; p++)
		levels[n++] = p[1];
	levels[n] = '\0';
	EXPECT_STR(levels, expected);
}

static void check_level_error(struct error *err)
{
	check_levels(LOG_ERROR, "e", err);
}

static void check_level_warn(struct error *err)
{
	check_levels(LOG_WARN, "eew", err);
}

static void check_level_debug(struct error *err)
{
	check_levels(LOG_DEBUG, "eewewid", err);
}

/* One file throughout: lines are appended. */
TEST(lines_below_the_level_are_dropped_and_the_file_is_appended_to)
{
	test_child(check_level_error);
	test_child(check_level_warn);
	test_child(check_level_debug);
}

static void say(enum log_format format, enum log_level level, struct error *err)
{
	auto_free char *path = mem_printf("%s/log", test_dir());
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	dup2(fd, STDERR_FILENO);
	REQUIRE_OK(log_open(NULL, format, level, err));
	EXPECT(!log_to_file());
	EXPECT_INT(log_fd(), -1);
}

static void check_stderr(struct error *err)
{
	auto_free char *text = NULL;

	say(LOG_TEXT, LOG_WARN, err);
	log_print(LOG_ERROR, "wrong");
	log_warn("odd");
	log_info("dropped");
	text = logged(err);
	EXPECT_STR(text, "rtl: wrong\nrtl: warning: odd\n");
}

TEST(lines_on_stderr_begin_with_the_name_and_what_is_not_an_error_with_its_level)
{
	test_child(check_stderr);
}

static void check_stderr_json(struct error *err)
{
	auto_free char *text = NULL;
	auto_json struct line *line = NULL;

	say(LOG_JSON, LOG_WARN, err);
	log_print(LOG_ERROR, "wrong");
	text = logged(err);
	line = parse(text, err);
	REQUIRE_OK(line);
	EXPECT_STR(line->msg, "wrong");
}

TEST(json_lines_go_to_stderr_too)
{
	test_child(check_stderr_json);
}

static void check_descriptor(struct error *err)
{
	start(LOG_JSON, LOG_WARN, err);
	EXPECT(log_to_file());
	EXPECT_INT(fcntl(log_fd(), F_GETFD), FD_CLOEXEC);
	EXPECT(fcntl(log_fd(), F_GETFL) & O_APPEND);
}

TEST(the_log_file_is_appended_to_and_closes_on_exec)
{
	test_child(check_descriptor);
}

TEST(a_log_file_that_cannot_be_opened_is_named)
{
	EXPECT_ERROR(log_open("/nowhere/log", LOG_TEXT, LOG_WARN, err), ERR_NOT_FOUND,
	             "open log file /nowhere/log: No such file or directory");
	EXPECT(!log_to_file());
}

TEST(levels_have_names)
{
	EXPECT_INT(log_level_parse("error"), LOG_ERROR);
	EXPECT_INT(log_level_parse("warn"), LOG_WARN);
	EXPECT_INT(log_level_parse("warning"), LOG_WARN);
	EXPECT_INT(log_level_parse("info"), LOG_INFO);
	EXPECT_INT(log_level_parse("debug"), LOG_DEBUG);
	EXPECT_INT(log_level_parse("trace"), -1);
	EXPECT_INT(log_level_parse("ERROR"), -1);
	EXPECT_INT(log_level_parse(""), -1);
}
