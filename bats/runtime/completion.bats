# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016
# rtl completion: real shells read the scripts and say what they would offer.
load inside

# bash_offers WORD...: what bash offers for the last word, a line each, sorted. The first is rtl; the
# line is split as bash does it, "=" a word of its own.
bash_offers() {
	"$RTL" completion bash >"$TEST_DIR/rtl.bash"
	bash --norc --noprofile -c '
		source "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		eval "_run=$(complete -p rtl | sed "s/.*-F \([^ ]*\).*/\1/")"
		$_run
		printf "%s\n" "${COMPREPLY[@]}"' bash "$TEST_DIR/rtl.bash" "$RTL" "${@:2}" | sort
}

# zsh_offers WORD...: the same for zsh. What hands candidates to its line editor prints them here, but
# only those that begin as the word does, as the editor would.
zsh_offers() {
	"$RTL" completion zsh >"$TEST_DIR/_rtl"
	zsh -f -c '
		PREFIX=
		compadd() { while [[ $1 = -* && $1 != -- ]]; do shift; done; shift; print -l -- "$@"; }
		_describe() {
			local -a found
			[[ $1 != -o ]] || shift
			found=(${(P)2})
			print -l -- ${found%%:*}
		}
		compset() { words[CURRENT]=${words[CURRENT]#*=}; }
		compdef() { [ "$*" = "_rtl rtl" ]; }
		_files() {
			if [[ $1 = -/ ]]; then print -l -- ${words[CURRENT]}*(N/); else print -l -- ${words[CURRENT]}*(N); fi
		}
		source "$1"
		shift
		words=("$@")
		CURRENT=$#
		_rtl | while read -r line; do [[ $line != ${words[CURRENT]##*=}* ]] || print -r -- "$line"; done
		' zsh "$TEST_DIR/_rtl" "$RTL" "${@:2}" | sort
}

# fish_offers WORD...: the same for fish, which is asked itself
fish_offers() {
	local line

	"$RTL" completion fish >"$TEST_DIR/rtl.fish"
	mkdir -p "$TEST_DIR/path"
	ln -sf "$RTL" "$TEST_DIR/path/rtl"
	line="rtl ${*:2}"
	HOME=$TEST_DIR XDG_CONFIG_HOME=$TEST_DIR XDG_DATA_HOME=$TEST_DIR PATH=$TEST_DIR/path:$PATH \
		fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$TEST_DIR/rtl.fish" "$line" |
		cut -f1 | sort
}

# offers SHELL EXPECTED WORD...
offers() {
	local got

	got=$("$1_offers" "${@:3}")
	[ "$got" = "$2" ] || fail "$1 offers for: ${*:3}" "$got" "expected:" "$2"
}

# The same questions to each shell.
ask() {
	local shell=$1

	require_tool "$shell"
	cd "$TEST_DIR" || return 1
	mkdir -p files/dir
	: >files/plain
	start_container web1
	start_container web2
	# commands
	offers "$shell" $'pause\nps' rtl p
	# options: before the command, and of a command
	offers "$shell" $'--log\n--log-format\n--log-level' rtl --lo
	offers "$shell" $'--no-new-keyring\n--no-pivot\n--no-subreaper' rtl create --no
	offers "$shell" "--regex" rtl --root /x kill --re
	# values: words, directories, files
	offers "$shell" "json" rtl --log-format j
	offers "$shell" "table" rtl list --format t
	offers "$shell" "json" rtl list -f j
	# containers, with the --root of the line
	offers "$shell" $'web1\nweb2' rtl --root "$STATE_DIR" kill we
	offers "$shell" "web2" rtl --root "$STATE_DIR" --debug exec --cwd /tmp web2
	offers "$shell" "" rtl --root "$STATE_DIR" state web1 w
	offers "$shell" "" rtl --root "$STATE_DIR" exec web1 --e
	offers "$shell" "" rtl --root "$TEST_DIR/none" kill we
	# other vocabularies
	offers "$shell" "fish" rtl completion f
	offers "$shell" $'spec\nstart\nstate' rtl help s
}

@test "completion: bash offers commands, options, words, containers and paths" {
	ask bash
	offers bash files/dir rtl run --bundle files/
	offers bash $'files/dir\nfiles/plain' rtl create --pid-file files/
	offers bash files/dir rtl run files/d
	# --name=VALUE
	offers bash json rtl --log-format = j
	offers bash $'json\ntable' rtl list --format =
	offers bash "web1" rtl --root = "$STATE_DIR" delete web1
}

@test "completion: zsh offers commands, options, words, containers and paths" {
	ask zsh
	offers zsh files/dir rtl run --bundle files/
	offers zsh $'files/dir\nfiles/plain' rtl create --pid-file files/
	offers zsh json rtl --log-format=j
	offers zsh "web1" rtl "--root=$STATE_DIR" delete web1
}

@test "completion: fish offers commands, options, words, containers and paths" {
	[ "${RTL_TEST_DENY-}" != EPERM ] || skip "fish makes no thread where clone3 answers EPERM"
	ask fish
	offers fish files/dir/ rtl run --bundle files/
	offers fish $'files/dir/\nfiles/plain' rtl create --pid-file files/
	offers fish "web1" rtl "--root=$STATE_DIR" delete web1
}

@test "completion: every command and option that the help shows is in the scripts" {
	local shell command option

	for shell in bash zsh fish; do
		"$RTL" completion $shell >"$TEST_DIR/$shell"
		for command in $(rtl help | awk '/^Commands:/ { on = 1; next } on && NF == 0 { exit } on { print $1 }'); do
			grep -qw -- "$command" "$TEST_DIR/$shell"
			for option in $(rtl help "$command" | grep -oE -- '--[a-z-]+  ?' ); do
				grep -qE -- "(--|-l )${option#--}( |:|'|\$)" "$TEST_DIR/$shell" || fail "$shell: $command $option"
			done
		done
	done
}

@test "completion: another shell is refused" {
	run -1 rtl completion csh
	assert_output "rtl: csh: expected bash, zsh or fish"
	run -1 rtl completion
	assert_output_has "too few arguments, expected SHELL"
}
