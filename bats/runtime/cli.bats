#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What all commands share: finding the command, its options, the log, the exit status.
load ../support

@test "cli: the version is printed as Docker and containerd read it" {
	run -0 rtl --version
	[[ ${lines[0]} =~ ^rtl\ version\ [0-9]+\.[0-9]+\.[0-9]+ ]]
	[ "${lines[1]}" = "spec: 1.3.0" ]
	[[ ${lines[2]} == +*SECCOMP* ]]
	# Docker takes the last line with this word
	[ "$(grep -c version <<<"$output")" = 1 ]
	run -0 rtl -v
	[[ ${lines[0]} == "rtl version "* ]]
}

@test "cli: no command is an error that names the help" {
	run -1 rtl
	assert_output "rtl: no command given (see rtl --help)"
}

@test "cli: an unknown command is named" {
	run -1 rtl nope x
	assert_output "rtl: unknown command nope (see rtl --help)"
}

@test "cli: an unknown option is named, before and behind the command" {
	run -1 rtl --nope run
	assert_output "rtl: unknown option --nope (see rtl --help)"
	run -1 rtl run --nope
	assert_output "rtl: run: unknown option --nope (see rtl run --help)"
	run -1 rtl delete -x web
	assert_output "rtl: delete: unknown option -x (see rtl delete --help)"
}

@test "cli: a global option behind the command is explained" {
	run -1 rtl list --log x
	assert_output "rtl: list: unknown option --log, which stands before the command (see rtl list --help)"
}

@test "cli: a value that is missing or malformed is named" {
	run -1 rtl create --bundle
	assert_output "rtl: create: option --bundle needs a value (DIR) (see rtl create --help)"
	run -1 rtl create --preserve-fds many web
	assert_output "rtl: create: --preserve-fds: expected a number, got many (see rtl create --help)"
}

@test "cli: too few and too many arguments are told with what is expected" {
	run -1 rtl start
	assert_output "rtl: start: too few arguments, expected CONTAINER (see rtl start --help)"
	run -1 rtl start a b
	assert_output "rtl: start: unexpected argument b, expected only CONTAINER (see rtl start --help)"
	run -1 rtl features x
	assert_output "rtl: features: unexpected argument x (see rtl features --help)"
}

@test "cli: options may stand behind run's argument, as Slurm has them" {
	make_bundle
	set_args sh -c 'exit 3'
	run -3 rtl run web --bundle "$BUNDLE"
	run -3 rtl run web -b "$BUNDLE" --keep
	assert_status web stopped
	run -1 rtl run web --nosuch
	assert_output "rtl: run: unknown option --nosuch (see rtl run --help)"
}

@test "cli: --criu is accepted and changes nothing" {
	run -0 rtl --criu /nowhere list -q
	assert_output ""
}

@test "cli: malformed IDs are refused by every command, with the rule" {
	local command id

	for command in run create start state kill delete; do
		for id in .hidden -x "a b" ""; do
			run -1 rtl "$command" -- "$id"
			assert_output "rtl: malformed container ID \"$id\": it may hold letters, digits and _.+- and begins with a letter or digit"
		done
	done
	run -1 rtl exec -- ../x true
	assert_output_has "malformed container ID"
	run -1 rtl state "$(printf 'a%.0s' {1..256})"
	assert_output "rtl: container ID of 256 bytes is too long, at most 255 are allowed"
	[ ! -e "$STATE_DIR" ]
}

@test "cli: --rootless takes what runc takes and no more" {
	local value

	for value in true false auto 1 0 t f TRUE False; do
		run -0 rtl --rootless="$value" list -q
		run -0 rtl --rootless "$value" list -q
	done
	run -1 rtl --rootless maybe list
	assert_output "rtl: --rootless: expected true, false or auto, got maybe"
}

@test "cli: words outside a vocabulary are refused with the vocabulary" {
	run -1 rtl --log-format xml list
	assert_output "rtl: --log-format: expected text or json, got xml (see rtl --help)"
	run -1 rtl --cgroup-manager me list
	assert_output "rtl: --cgroup-manager: expected auto, cgroupfs, systemd or disabled, got me (see rtl --help)"
	run -1 rtl --log-level loud list
	assert_output "rtl: --log-level: unknown level loud"
	run -1 rtl list --format xml
	assert_output "rtl: list: --format: expected table or json, got xml (see rtl list --help)"
}

@test "cli: an error goes to the log as a JSON line and to stderr, as containerd needs it" {
	local log=$TEST_DIR/log.json

	run -1 --separate-stderr rtl --log "$log" --log-format json state nobody
	[ -z "$output" ]
	[ "$(wc -l <"$log")" = 1 ]
	[ "$(jq -r .level "$log")" = error ]
	# shellcheck disable=SC2154 # set by run
	[ "rtl: $(jq -r .msg "$log")" = "$stderr" ]
	[[ $stderr == *nobody* ]]
	jq -e '.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-])")' "$log"
}

@test "cli: an unknown command and a malformed option line reach the log too" {
	local log=$TEST_DIR/log.json

	run -1 rtl --log "$log" --log-format json nope
	run -1 rtl --log "$log" --log-format json state --nope
	[ "$(jq -r .msg "$log" | sed -n 1p)" = "unknown command nope (see rtl --help)" ]
	[ "$(jq -r .msg "$log" | sed -n 2p)" = "state: unknown option --nope (see rtl state --help)" ]
}

@test "cli: a text log gets time, level and message, and is appended to" {
	local log=$TEST_DIR/log

	echo "older line" >"$log"
	run -1 rtl --log "$log" state nobody
	[ "$(sed -n 1p "$log")" = "older line" ]
	[[ $(sed -n 2p "$log") =~ ^[0-9-]+T[0-9:.]+Z\ error\ .*nobody ]]
}

@test "cli: with --log-format json and no log stderr is JSON" {
	run -1 rtl --log-format json state nobody
	[ "$(jq -r .level <<<"$output")" = error ]
}

@test "cli: --log /dev/stderr does not say it twice" {
	run -1 rtl --log /dev/stderr state nobody
	[ "${#lines[@]}" = 1 ]
}

@test "cli: a log that cannot be opened is an error" {
	run -1 rtl --log "$TEST_DIR/no/such" list
	assert_output "rtl: open log file $TEST_DIR/no/such: No such file or directory"
}

@test "cli: a closed standard output does not make the log take its place" {
	local log=$TEST_DIR/log

	rtl --log "$log" features >&-
	[ -f "$log" ]
	[ ! -s "$log" ]
}

@test "cli: flags take a value as in Go, and short options cluster" {
	run -1 rtl --debug=maybe list
	assert_output "rtl: --debug: expected true or false, got maybe (see rtl --help)"
	run -0 rtl --debug=false --systemd-cgroup=false list -qf json
	[ -z "$output" ]
}

@test "cli: an unknown signal is refused before the container is looked for" {
	run -1 rtl kill nobody SIGNOPE
	assert_output "rtl: unknown signal SIGNOPE"
}

@test "cli: create wants the bundle as an option, run takes either" {
	run -1 rtl create ./bundle
	assert_output "rtl: create needs an ID; give the bundle as --bundle ./bundle"
	run -1 rtl run --bundle a b/
	assert_output "rtl: two bundles given: b/ and --bundle a"
}

@test "cli: exec wants a command or a process file, not both" {
	run -1 rtl exec web
	assert_output "rtl: no command given (see rtl exec --help)"
	run -1 rtl exec --process f web ls
	assert_output "rtl: both --process and a command given (see rtl exec --help)"
	run -1 rtl exec --env NAME web ls
	assert_output "rtl: --env: expected NAME=VALUE, got NAME"
}

@test "run: a directory given without a slash is an ID, and the error says how to name the bundle" {
	make_bundle mine
	cd "$TEST_DIR"
	run -1 rtl run mine
	assert_output_has "write: rtl run mine/"
}

# logged_at SOCKET LOG: what `rtl --log LOG state nobody` sends there, in a mount namespace of its own
logged_at() {
	unshare -m --propagation private sh -c '
		mount -t tmpfs none "/$(echo "$1" | cut -d/ -f2)" && mkdir -p "$(dirname "$1")" || exit 1
		[ -e /dev/null ] || mknod -m 666 /dev/null c 1 3
		"$2" "$1" >"$3" &
		receiver=$!
		i=0
		until [ -S "$1" ] || [ $i -gt 500 ]; do sleep 0.01; i=$((i + 1)); done
		"$4" --root "$5" --log "$6" state nobody
		wait $receiver' sh "$1" "$RTL_SUPPORT/datagram_receiver" "$TEST_DIR/got" "$RTL" "$STATE_DIR" "$2"
}

@test "cli: --log file:FILE is a file" {
	run -1 rtl --log "file:$TEST_DIR/log" state nobody
	grep -q ' error container does not exist: nobody$' "$TEST_DIR/log"
}

@test "cli: --log journald:NAME and syslog:NAME send to the sockets of these, as crun does" {
	require_root
	logged_at /run/systemd/journal/socket journald:me
	[ "$(cat "$TEST_DIR/got")" = "PRIORITY=3
SYSLOG_IDENTIFIER=me
MESSAGE=container does not exist: nobody" ]
	logged_at /dev/log syslog:me
	[ "$(sed 's/\[[0-9]*\]/[PID]/' "$TEST_DIR/got")" = "<11>me[PID]: container does not exist: nobody" ]
}

@test "cli: --log journald:NAME without a journal is an error" {
	[ ! -e /run/systemd/journal/socket ] || skip "this host has a journal"
	run -1 rtl --log journald:me list
	assert_output "rtl: open log file /run/systemd/journal/socket: No such file or directory"
}
