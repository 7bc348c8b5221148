/* SPDX-License-Identifier: Apache-2.0 */
/* See completion.h. The scripts themselves are in completion_sh.c and completion_fish.c. */
#include "cli/completion.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const completion_shells[] = {"bash", "zsh", "fish", NULL};

/* How records call values and arguments, and what that is. */
static const struct {
	const char *name;
	enum completion_kind kind;
} kinds[] = {
	{"FILE", COMPLETION_FILE},
	{"SOCKET", COMPLETION_FILE},
	{"DIR", COMPLETION_DIR},
	{"CONTAINER", COMPLETION_ID},
	{"CONTAINER|BUNDLE", COMPLETION_BUNDLE},
	{"COMMAND", COMPLETION_COMMAND},
	{"SHELL", COMPLETION_WORDS},
};

/* By the first word of @text, without brackets. */
static enum completion_kind kind_of(const char *text)
{
	size_t len;

	text += strspn(text, "[");
	len = strcspn(text, " ]");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strncmp(kinds[i].name, text, len) == 0 && kinds[i].name[len] == '\0')
			return kinds[i].kind;
	}
	return COMPLETION_NONE;
}

enum completion_kind completion_option_kind(const struct option *option)
{
	return option->words ? COMPLETION_WORDS : kind_of(option->argument);
}

enum completion_kind completion_argument_kind(const struct command *command)
{
	return kind_of(command->synopsis);
}

void completion_append_words(const char *const *words, struct str *out)
{
	const char *space = "";

	for (size_t i = 0; words && words[i]; i++, space = " ")
		str_appendf(out, "%s%s", space, words[i]);
	for (size_t i = 0; !words && command_table[i]; i++, space = " ")
		str_appendf(out, "%s%s", space, command_table[i]->name);
}

int completion_format(const char *shell, struct str *out, struct error *err)
{
	static void (*const scripts[])(struct str * out) = {completion_bash, completion_zsh,
	                                                    completion_fish};

	for (size_t i = 0; completion_shells[i]; i++) {
		if (strcmp(completion_shells[i], shell) == 0) {
			scripts[i](out);
			return 0;
		}
	}
	return error_set(err, ERR_INVALID, "%s: expected bash, zsh or fish", shell);
}
