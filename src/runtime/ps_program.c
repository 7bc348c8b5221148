/* SPDX-License-Identifier: Apache-2.0 */
/* See ps_program.h. */
#include "runtime/ps_program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define OUTPUT_MAX_BYTES (256u << 20)
#define BLANKS " \t"
#define COLUMN_LAST ((size_t)-1)

/* Path of ps, or NULL; caller frees. A directory that is not absolute is passed over. */
static char *find_program(void)
{
	const char *path = getenv("PATH");

	for (const char *dir = path ? path : DEFAULT_PATH; dir; dir = strchr(dir, ':')) {
		auto_free char *candidate = NULL;

		dir += *dir == ':';
		candidate = mem_printf("%.*s/ps", (int)strcspn(dir, ":"), dir);
		if (*dir == '/' && access(candidate, X_OK) == 0)
			return ptr_take(candidate);
	}
	return NULL;
}

/* Behind the failure what ps itself said last. */
static int append_last_line(char *said, struct error *err)
{
	size_t n = strlen(said);
	const char *line;

	while (n && said[n - 1] == '\n')
		said[--n] = '\0';
	line = strrchr(said, '\n');
	line = line ? line + 1 : said;
	return *line ? error_append(err, ": %s", line) : -1;
}

int ps_program_run(char *const *args, char **ret, struct error *err)
{
	auto_free char *path = find_program(), *text = NULL;
	struct process_command cmd = {.path = path, .stdin_fd = -1};
	auto_free char **argv = NULL;
	struct process_running running;
	struct error failure = {0};
	size_t n = 0;
	int status;

	if (!path)
		return error_set(err, ERR_UNSUPPORTED, "there is no ps in PATH");
	while (args[n])
		n++;
	argv = mem_calloc(n + 3, sizeof(*argv));
	argv[0] = path;
	argv[1] = n ? NULL : (char *)"-ef";
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = args[i];
	cmd.argv = argv;
	if (process_spawn(&cmd, &running, err) < 0)
		return -1;
	status = (int)file_read_fd(running.output_fd, path, OUTPUT_MAX_BYTES, &text, &failure);
	if (process_finish(&cmd, &running, err) < 0)
		return text ? append_last_line(text, err) : -1;
	if (status < 0) {
		*err = failure;
		return -1;
	}
	*ret = ptr_take(text);
	return 0;
}

/* Word @n of the line, counted from 0, and its length; 0 if the line has fewer. */
static size_t find_word(const char *line, size_t n, const char **ret)
{
	size_t len = 0;

	for (*ret = line + strspn(line, BLANKS);; *ret += strspn(*ret, BLANKS)) {
		len = strcspn(*ret, BLANKS "\n");
		if (n-- == 0 || len == 0)
			return len;
		*ret += len;
	}
}

/* COLUMN_LAST: whatever stands before it may have blanks in it. */
static int find_column(const char *heading, size_t *ret, struct error *err)
{
	const char *word, *next;
	size_t len;

	for (*ret = 0; (len = find_word(heading, *ret, &word)); ++*ret) {
		if (len != 3 || memcmp(word, "PID", 3) != 0)
			continue;
		if (*ret && find_word(heading, *ret + 1, &next) == 0)
			*ret = COLUMN_LAST;
		return 0;
	}
	return error_set(err, ERR_INVALID, "what ps prints with these options has no column PID");
}

/* What stands in @column of the line up to @end; caller frees. */
static char *cell(const char *line, const char *end, size_t column)
{
	const char *word = end;
	size_t len;

	if (column != COLUMN_LAST) {
		len = find_word(line, column, &word);
		return mem_strndup(word, len);
	}
	while (end > line && strchr(BLANKS, end[-1]))
		end--;
	for (word = end; word > line && !strchr(BLANKS, word[-1]);)
		word--;
	return mem_strndup(word, (size_t)(end - word));
}

static int compare_pids(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

static bool has_pid(const pid_t *pids, size_t n, pid_t pid)
{
	return n && bsearch(&pid, pids, n, sizeof(pid), compare_pids);
}

int ps_program_filter(const char *text, const pid_t *pids, size_t n_pids, struct str *out,
                      struct error *err)
{
	const char *line = strchrnul(text, '\n'), *end;
	size_t column;

	if (find_column(text, &column, err) < 0)
		return -1;
	str_append_n(out, text, (size_t)(line - text));
	str_append_char(out, '\n');
	for (line += *line == '\n'; *line; line = end + (*end == '\n')) {
		auto_free char *number = NULL;
		uint64_t pid;

		end = strchrnul(line, '\n');
		number = cell(line, end, column);
		if (end == line)
			continue;
		if (str_to_uint(number, INT32_MAX, &pid) < 0)
			return error_set(err, ERR_INVALID,
			                 "ps printed a line with \"%s\" in place of a PID", number);
		if (has_pid(pids, n_pids, (pid_t)pid)) {
			str_append_n(out, line, (size_t)(end - line));
			str_append_char(out, '\n');
		}
	}
	return 0;
}
