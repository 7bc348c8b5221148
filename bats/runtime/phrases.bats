# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016
#
# What containerd, Docker and Podman look for in a runtime's words: docs/integrations.md, "Phrases
# that callers match", has a line for each. They read standard error, or the last error of the JSON
# log, as here both; a letter's case counts where the caller's does.
load inside

# said TEXT COMMAND...: rtl COMMAND fails; TEXT is in what it says on stderr and in its JSON log.
# Leaves the exit status in $status and the logged message in $logged.
said() {
	local text=$1

	shift
	rm -f "$TEST_DIR/log.json"
	run detached "$RTL" --root "$STATE_DIR" --log "$TEST_DIR/log.json" --log-format json "$@"
	[ "$status" != 0 ] || fail "succeeded: rtl $*"
	logged=$(jq -rs 'map(select(.level == "error")) | last | .msg' "$TEST_DIR/log.json")
	[[ $output = *"$text"* ]] || fail "stderr: $output" "expected: $text"
	[[ $logged = *"$text"* ]] || fail "log: $logged" "expected: $text"
	# decoded by containerd into level, msg and time
	jq -es 'map(.time | sub("\\.[0-9]+"; "") | fromdateiso8601) | length > 0' "$TEST_DIR/log.json" >/dev/null
}

# said_too TEXT: the log says that as well
said_too() {
	[[ $logged = *"$1"* ]] || fail "log: $logged" "expected: $1"
}

# not_said TEXT: in no letter case; a caller would take the error for another one
not_said() {
	local text=$1

	[[ ${logged,,} != *"${text,,}"* ]] || fail "log: $logged" "not expected: $text"
}

# program ARG...: the bundle's, which cannot be run
program() {
	[ -n "$BUNDLE" ] || make_bundle
	set_args "$@"
}

# create_says STATUS TEXT: so says create, and so says run; nothing is left
create_says() {
	said "$2" create --bundle "$BUNDLE" c
	[ "$status" = "$1" ] || fail "exit status $status, expected $1"
	assert_status c absent
	said "$2" run --bundle "$BUNDLE" c
	[ "$status" = "$1" ] || fail "exit status $status, expected $1"
	assert_status c absent
}

@test "phrases: a stopped container is 'container not running' to kill and exec (containerd)" {
	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	said "container not running" kill c KILL
	[ "$status" = 1 ]
	said "container not running" exec c true
	[ "$status" = 1 ]
}

@test "phrases: what is not there 'does not exist' (containerd, Podman), 'container does not exist' (Docker)" {
	local verb

	for verb in state start delete kill; do
		said "container does not exist" $verb nobody
		[ "$status" = 1 ]
		said_too "does not exist"
	done
	said "container does not exist" exec nobody true
	[ "$status" = 1 ]
}

@test "phrases: a program that is nowhere in PATH fails in create: 'executable file not found in \$PATH' and its name (Docker, Podman)" {
	program no-such-program
	create_says 127 'exec: "no-such-program": executable file not found in $PATH'
	not_said "permission denied"
	not_said "operation not permitted"
	not_said "not a directory"
}

@test "phrases: a path that is not there fails in create: 'no such file or directory' and the path (Docker, Podman)" {
	program /no/such/program
	create_says 127 "exec: /no/such/program: no such file or directory"
	not_said "permission denied"
	# a file in the place of a directory of the path is no mount of the wrong kind
	program /etc/passwd/program
	create_says 127 "exec: /etc/passwd/program: no such file or directory"
	not_said "not a directory"
}

@test "phrases: a file that may not be executed is 'permission denied' (Docker, Podman: 126)" {
	make_bundle
	echo 'echo hello' >"$BUNDLE/rootfs/plain"
	chmod 644 "$BUNDLE/rootfs/plain"
	program /plain
	create_says 126 "exec: /plain: permission denied"
	not_said "no such file"
}

@test "phrases: a directory is 'is a directory' (Docker) and 'permission denied' (Podman): 126 to both" {
	program /etc
	create_says 126 "exec: /etc: is a directory"
	said_too "permission denied"
	not_said "no such file"
	not_said "not a directory"
}

@test "phrases: a file that is no program is 'exec format error', when the container starts" {
	make_bundle
	echo garbage >"$BUNDLE/rootfs/garbage"
	chmod 755 "$BUNDLE/rootfs/garbage"
	program /garbage
	run -0 detached rtl create --bundle "$BUNDLE" c
	said "exec: /garbage: exec format error" start c
	[ "$status" = 126 ]
}

@test "phrases: exec says the same of its program as create" {
	start_container web
	echo 'echo hello' >"$BUNDLE/rootfs/plain"
	said 'exec: "no-such-program": executable file not found in $PATH' exec web no-such-program
	[ "$status" = 127 ]
	said "exec: /no/such/program: no such file or directory" exec web /no/such/program
	[ "$status" = 127 ]
	said "exec: /plain: permission denied" exec web /plain
	[ "$status" = 126 ]
	said "exec: /etc: is a directory" exec web /etc
	said_too "permission denied"
	[ "$status" = 126 ]
	# as containerd and CRI-O ask
	jq '.process | .args = ["no-such-program"]' "$BUNDLE/config.json" >"$TEST_DIR/process.json"
	said 'exec: "no-such-program": executable file not found in $PATH' exec --process "$TEST_DIR/process.json" \
		--detach --pid-file "$TEST_DIR/pid" web
	[ "$status" = 127 ]
	[ ! -e "$TEST_DIR/pid" ]
}

@test "phrases: a directory bound on a file, or a file on a directory, is 'not a directory' in Docker's eyes" {
	make_bundle
	mkdir "$TEST_DIR/dir"
	: >"$BUNDLE/rootfs/file"
	: >"$TEST_DIR/file"
	share "$TEST_DIR/dir" /file
	said ": Not a directory" create --bundle "$BUNDLE" c
	make_spec
	share "$TEST_DIR/file" /tmp
	said ": Not a directory" create --bundle "$BUNDLE" c
}

@test "phrases: a mount source that is not there is 'no such file or directory', without the program's name" {
	make_bundle
	share "$TEST_DIR/nowhere" /tmp
	set_args some-program
	said ": No such file or directory" create --bundle "$BUNDLE" c
	# else Docker would say that the program is missing
	not_said some-program
}

@test "phrases: what the kernel refuses is 'operation not permitted' (Podman: 126)" {
	make_bundle
	# above /proc/sys/fs/nr_open nobody may go
	update_config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 4000000000, hard: 4000000000}]'
	said ": Operation not permitted" create --bundle "$BUNDLE" c
	[ "$status" = 1 ]
}

@test "phrases: an ID that is taken 'already exists'" {
	start_container web
	said "container web already exists" create --bundle "$BUNDLE" web
	[ "$status" = 1 ]
}
