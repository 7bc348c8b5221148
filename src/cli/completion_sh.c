/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bash and zsh, which share three functions of case statements made from the records, in
 * front of a fixed part that reads the line:
 *
 *   _rtl_kind COMMAND OPTION   what the option's value is, a letter and for w the words;
 *                              fails for a flag. COMMAND is empty for the options before it
 *   _rtl_argument COMMAND      the same for its first argument
 *   _rtl_options COMMAND       its options; for zsh a line each, with the help behind a colon
 */
#include "cli/completion.h"

#include <string.h>

/* Letters of the kinds, as the fixed parts read them. */
static const char letters[] = {
	[COMPLETION_NONE] = '-',  [COMPLETION_FILE] = 'f',   [COMPLETION_DIR] = 'd',
	[COMPLETION_ID] = 'c',    [COMPLETION_BUNDLE] = 'b', [COMPLETION_COMMAND] = 'w',
	[COMPLETION_WORDS] = 'w',
};

/* clang-format off */
static const char bash_rest[] =
"_rtl_offer() {\n"
"	local program=$1 kind=${2%% *} words=${2#* }\n"
"	local -a found=()\n"
"	shift 2\n"
"	case $kind in\n"
"	w) mapfile -t found < <(compgen -W \"$words\" -- \"$cur\") ;;\n"
"	c | b) mapfile -t found < <(compgen -W \"$(\"$program\" \"$@\" list -q 2>/dev/null)\" -- \"$cur\") ;;\n"
"	esac\n"
"	COMPREPLY=(\"${found[@]}\")\n"
"	case $kind in\n"
"	f) mapfile -t found < <(compgen -f -- \"$cur\") ;;\n"
"	d | b) mapfile -t found < <(compgen -d -- \"$cur\") ;;\n"
"	*) return ;;\n"
"	esac\n"
"	compopt -o filenames 2>/dev/null\n"
"	COMPREPLY+=(\"${found[@]}\")\n"
"}\n\n"
"_rtl() {\n"
"	local cur=${COMP_WORDS[COMP_CWORD]} command= kind word\n"
"	local -i i n=0\n"
"	local -a root=()\n\n"
"	COMPREPLY=()\n"
"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
"		word=${COMP_WORDS[i]}\n"
"		case $word in\n"
"		-*)\n"
"			kind=$(_rtl_kind \"$command\" \"$word\") || continue\n"
"			i+=1\n"
"			[ \"${COMP_WORDS[i]}\" != = ] || ((i == COMP_CWORD)) || i+=1\n"
"			if ((i >= COMP_CWORD)); then\n"
"				[ \"$cur\" != = ] || cur=\n"
"				_rtl_offer \"${COMP_WORDS[0]}\" \"$kind\" \"${root[@]}\"\n"
"				return\n"
"			fi\n"
"			[ \"$word\" != --root ] || root=(--root \"${COMP_WORDS[i]}\")\n"
"			;;\n"
"		*)\n"
"			if [ -n \"$command\" ]; then n+=1; else command=$word; fi\n"
"			[ \"$command:$n\" != exec:1 ] || return\n"
"			;;\n"
"		esac\n"
"	done\n"
"	if [[ $cur = -* ]]; then\n"
"		kind=\"w $(_rtl_options \"$command\")\"\n"
"	else\n"
"		[ $n = 0 ] || return\n"
"		kind=$(_rtl_argument \"$command\")\n"
"	fi\n"
"	_rtl_offer \"${COMP_WORDS[0]}\" \"$kind\" \"${root[@]}\"\n"
"}\n\n"
"complete -F _rtl rtl\n";

static const char zsh_rest[] =
"_rtl_offer() {\n"
"	local kind=${1%% *} rest=${1#* }\n\n"
"	shift\n"
"	case $kind in\n"
"	w) compadd -- ${=rest} ;;\n"
"	f) _files ;;\n"
"	d) _files -/ ;;\n"
"	c | b)\n"
"		compadd -- ${(f)\"$(\"$words[1]\" \"$@\" list -q 2>/dev/null)\"}\n"
"		[[ $kind != b ]] || _files -/\n"
"		;;\n"
"	esac\n"
"}\n\n"
"_rtl() {\n"
"	local command= kind word\n"
"	local -i i n=0\n"
"	local -a root lines\n\n"
"	for ((i = 2; i < CURRENT; i++)); do\n"
"		word=$words[i]\n"
"		case $word in\n"
"		--root=*) root=(--root \"${word#--root=}\") ;;\n"
"		-*)\n"
"			kind=$(_rtl_kind \"$command\" \"$word\") || continue\n"
"			i+=1\n"
"			if ((i >= CURRENT)); then\n"
"				_rtl_offer \"$kind\" \"$root[@]\"\n"
"				return\n"
"			fi\n"
"			[[ $word != --root ]] || root=(--root \"$words[i]\")\n"
"			;;\n"
"		*)\n"
"			if [[ -n $command ]]; then n+=1; else command=$word; fi\n"
"			[[ $command:$n != exec:1 ]] || return\n"
"			;;\n"
"		esac\n"
"	done\n"
"	word=$words[CURRENT]\n"
"	if [[ $word = --*=* ]]; then\n"
"		kind=$(_rtl_kind \"$command\" \"${word%%=*}\") || return\n"
"		compset -P '*='\n"
"		_rtl_offer \"$kind\" \"$root[@]\"\n"
"	elif [[ $word = -* ]]; then\n"
"		lines=(${(f)\"$(_rtl_options \"$command\")\"})\n"
"		_describe -o option lines\n"
"	elif [[ -z $command ]]; then\n"
"		lines=(${(f)\"$(_rtl_commands)\"})\n"
"		_describe command lines\n"
"	elif ((n == 0)); then\n"
"		_rtl_offer \"$(_rtl_argument \"$command\")\" \"$root[@]\"\n"
"	fi\n"
"}\n\n"
"if [ \"${funcstack[1]}\" = _rtl ]; then\n"
"	_rtl \"$@\"\n"
"else\n"
"	compdef _rtl rtl\n"
"fi\n";
/* clang-format on */

/* In single quotes; a colon is escaped, which ends the name of zsh's _describe. */
static void append_quoted(const char *text, struct str *out)
{
	str_append_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			str_append(out, "'\\'");
		str_append_char(out, *text);
	}
	str_append_char(out, '\'');
}

static void append_kind(enum completion_kind kind, const char *const *words, struct str *out)
{
	str_appendf(out, "echo '%c", letters[kind]);
	if (kind == COMPLETION_WORDS || kind == COMPLETION_COMMAND) {
		str_append_char(out, ' ');
		completion_append_words(words, out);
	}
	str_append(out, "' ;;\n");
}

static void append_value_cases(const char *command, const struct option *table, struct str *out)
{
	for (; table && table->name; table++) {
		if (table->kind == OPTION_FLAG)
			continue;
		str_appendf(out, "\t%s:--%s", command, table->name);
		if (table->letter)
			str_appendf(out, " | %s:-%c", command, table->letter);
		str_append(out, ") ");
		append_kind(completion_option_kind(table), table->words, out);
	}
}

/* Of one option, all its spellings. */
static void append_option(const struct option *option, bool has_help, struct str *out)
{
	auto_str struct str text = {0};

	if (!has_help) {
		if (option->letter)
			str_appendf(out, "-%c ", option->letter);
		str_appendf(out, "--%s ", option->name);
		return;
	}
	str_append_char(out, ' ');
	if (option->letter) {
		str_appendf(&text, "-%c:%s", option->letter, option->help);
		append_quoted(text.s, out);
		str_append_char(out, ' ');
		str_clear(&text);
	}
	str_appendf(&text, "--%s:%s", option->name, option->help);
	append_quoted(text.s, out);
}

static void append_options_case(const char *command, const struct option *table, bool has_help,
                                struct str *out)
{
	str_appendf(out, "\t'%s') %s", command, has_help ? "print -l --" : "echo '");
	for (; table && table->name; table++)
		append_option(table, has_help, out);
	append_option(&option_help, has_help, out);
	str_append(out, has_help ? " ;;\n" : "' ;;\n");
}

static void append_functions(bool has_help, struct str *out)
{
	str_append(out, "_rtl_kind() {\n\tcase $1:$2 in\n");
	append_value_cases("", command_global_options, out);
	for (size_t i = 0; command_table[i]; i++)
		append_value_cases(command_table[i]->name, command_table[i]->options, out);
	str_append(out, "\t*) return 1 ;;\n\tesac\n}\n\n_rtl_argument() {\n\tcase $1 in\n\t'') ");
	append_kind(COMPLETION_COMMAND, NULL, out);
	for (size_t i = 0; command_table[i]; i++) {
		enum completion_kind kind = completion_argument_kind(command_table[i]);

		str_appendf(out, "\t%s) ", command_table[i]->name);
		append_kind(kind, kind == COMPLETION_WORDS ? completion_shells : NULL, out);
	}
	str_append(out, "\tesac\n}\n\n_rtl_options() {\n\tcase $1 in\n");
	append_options_case("", command_global_options, has_help, out);
	for (size_t i = 0; command_table[i]; i++)
		append_options_case(command_table[i]->name, command_table[i]->options, has_help,
		                    out);
	str_append(out, "\tesac\n}\n\n");
}

void completion_bash(struct str *out)
{
	str_append(out, "# bash completion of rtl; made by `rtl completion bash`\n\n");
	append_functions(false, out);
	str_append(out, bash_rest);
}

void completion_zsh(struct str *out)
{
	str_append(out, "#compdef rtl\n# made by `rtl completion zsh`\n\n");
	append_functions(true, out);
	str_append(out, "_rtl_commands() {\n\tprint -l --");
	for (size_t i = 0; command_table[i]; i++) {
		auto_str struct str text = {0};

		str_appendf(&text, "%s:%s", command_table[i]->name, command_table[i]->summary);
		str_append_char(out, ' ');
		append_quoted(text.s, out);
	}
	str_append(out, "\n}\n\n");
	str_append(out, zsh_rest);
}
