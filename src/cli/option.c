/* SPDX-License-Identifier: Apache-2.0 */
/* See option.h. */
#include "cli/option.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/str.h"

const struct option option_help = {.name = "help", .letter = 'h', .help = "show this help"};

/* The arguments not yet looked at. */
struct cursor {
	char **argv;
	int argc;
	int next;
};

static const char *const true_words[] = {"true", "1", "t", "T", "TRUE", "True", NULL};
static const char *const false_words[] = {"false", "0", "f", "F", "FALSE", "False", NULL};

static int word_index(const char *const *words, const char *value)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], value) == 0)
			return i;
	}
	return -1;
}

/* The row whose name is the first @len bytes of @name. */
static const struct option *find_long(const struct option *table, const char *name, size_t len)
{
	for (; table && table->name; table++) {
		if (strncmp(table->name, name, len) == 0 && table->name[len] == '\0')
			return table;
	}
	if (len == strlen(option_help.name) && strncmp(option_help.name, name, len) == 0)
		return &option_help;
	return NULL;
}

static const struct option *find_letter(const struct option *table, char letter)
{
	for (; table && table->name; table++) {
		if (table->letter == letter)
			return table;
	}
	return letter == option_help.letter ? &option_help : NULL;
}

const struct option *option_find(const struct option *table, const char *name)
{
	return find_long(table, name, strlen(name));
}

static int set_flag(const struct option *option, const char *value, bool *ret, struct error *err)
{
	bool is_true = !value || word_index(true_words, value) >= 0;

	if (!is_true && word_index(false_words, value) < 0)
		return error_set(err, ERR_INVALID, "--%s: expected true or false, got %s",
		                 option->name, value);
	*ret = is_true;
	return 0;
}

static int set_uint(const struct option *option, const char *value, unsigned *ret,
                    struct error *err)
{
	uint64_t number;

	if (str_to_uint(value, OPTION_UINT_MAX, &number) < 0)
		return error_set(err, ERR_INVALID, "--%s: expected a number, got %s", option->name,
		                 value);
	*ret = (unsigned)number;
	return 0;
}

static int set_word(const struct option *option, const char *value, int *ret, struct error *err)
{
	int index = word_index(option->words, value);

	if (index < 0) {
		error_set(err, ERR_INVALID, "--%s: expected", option->name);
		for (const char *const *word = option->words; *word; word++)
			error_append(err, "%s %s",
			             word == option->words ? ""
			             : word[1]             ? ","
			                                   : " or",
			             *word);
		return error_append(err, ", got %s", value);
	}
	*ret = index;
	return 0;
}

/* Store @value; only a flag is without one. */
static int set_value(const struct option *option, const char *value, void *options,
                     struct error *err)
{
	void *p = (char *)options + option->offset;
	struct option_list *list = p;

	switch (option->kind) {
	case OPTION_FLAG:
		return set_flag(option, value, p, err);
	case OPTION_UINT:
		return set_uint(option, value, p, err);
	case OPTION_WORD:
		return set_word(option, value, p, err);
	case OPTION_LIST:
		mem_array_grow(list->v, list->n);
		list->v[list->n++] = value;
		return 0;
	case OPTION_STRING:
		*(const char **)p = value;
		return 0;
	}
	return 0;
}

/* The argument behind the option at the cursor. */
static int next_value(struct cursor *cursor, const struct option *option, const char **ret,
                      struct error *err)
{
	if (cursor->next >= cursor->argc)
		return error_set(err, ERR_INVALID, "option --%s needs a value (%s)", option->name,
		                 option->argument);
	*ret = cursor->argv[cursor->next++];
	return 0;
}

/* --name, --name=VALUE or --name VALUE; @text is behind the dashes. */
static int parse_long(const struct option *table, const char *text, struct cursor *cursor,
                      void *options, bool *ret_help, struct error *err)
{
	size_t len = strcspn(text, "=");
	const char *value = text[len] ? text + len + 1 : NULL;
	const struct option *option = find_long(table, text, len);

	if (!option)
		return error_set(err, ERR_INVALID, "unknown option --%.*s", (int)len, text);
	if (option == &option_help) {
		*ret_help = true;
		return 0;
	}
	if (option->kind != OPTION_FLAG && !value && next_value(cursor, option, &value, err) < 0)
		return -1;
	return set_value(option, value, options, err);
}

/* -n, -nVALUE, -n=VALUE, -n VALUE, or several flags; @text is behind the dash. */
static int parse_short(const struct option *table, const char *text, struct cursor *cursor,
                       void *options, bool *ret_help, struct error *err)
{
	for (; *text; text++) {
		const struct option *option = find_letter(table, *text);
		const char *value = text[1] == '=' ? text + 2 : text + 1;

		if (!option)
			return error_set(err, ERR_INVALID, "unknown option -%c", *text);
		if (option == &option_help) {
			*ret_help = true;
			return 0;
		}
		if (option->kind != OPTION_FLAG) {
			if (!text[1] && next_value(cursor, option, &value, err) < 0)
				return -1;
			return set_value(option, value, options, err);
		}
		if (text[1] == '=')
			return set_value(option, value, options, err);
		if (set_value(option, NULL, options, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_one(const struct option *table, const char *arg, struct cursor *cursor,
                     void *options, bool *ret_help, struct error *err)
{
	size_t len = strcspn(arg + 1, "=");

	if (arg[1] == '-')
		return parse_long(table, arg + 2, cursor, options, ret_help, err);
	/* Go's flag package takes -name for --name, and containerd's shim says -no-subreaper */
	if (len > 1 && find_long(table, arg + 1, len))
		return parse_long(table, arg + 1, cursor, options, ret_help, err);
	return parse_short(table, arg + 1, cursor, options, ret_help, err);
}

int option_parse(const struct option *table, bool is_ordered, int argc, char **argv, void *options,
                 bool *ret_help, struct error *err)
{
	struct cursor cursor = {.argv = argv, .argc = argc};
	int n = 0;

	*ret_help = false;
	while (cursor.next < argc && !*ret_help) {
		char *arg = argv[cursor.next++];

		if (strcmp(arg, "--") == 0)
			break;
		if (arg[0] != '-' || !arg[1]) {
			argv[n++] = arg;
			if (is_ordered)
				break;
		} else if (parse_one(table, arg, &cursor, options, ret_help, err) < 0) {
			return -1;
		}
	}
	while (cursor.next < argc)
		argv[n++] = argv[cursor.next++];
	if (argc > 0)
		argv[n] = NULL;
	return n;
}

void option_clear(const struct option *table, void *options)
{
	for (; table && table->name; table++) {
		struct option_list *list = (void *)((char *)options + table->offset);

		if (table->kind != OPTION_LIST)
			continue;
		free(list->v);
		*list = (struct option_list){0};
	}
}
