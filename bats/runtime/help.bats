#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# rtl help, and --help of every command.
load ../support

@test "help: the commands and the options before the command are shown" {
	run -0 rtl --help
	[ "${lines[0]}" = "Usage: rtl [OPTION...] COMMAND [ARGUMENT...]" ]
	assert_output_has "  run         create a container, start it and wait for its end"
	assert_output_has "      --log-format FORMAT    text (default) or json"
	assert_output_has "  -v, --version              print the version"
}

@test "help: three ways lead to the help of a command" {
	local asked

	run -0 rtl help run
	[ "${lines[0]}" = "Usage: rtl run [OPTION...] CONTAINER|BUNDLE" ]
	assert_output_has "  -b, --bundle DIR "
	asked=$output
	run -0 rtl run --help
	assert_output "$asked"
	run -0 rtl run -h
	assert_output "$asked"
}

@test "help: every command that is listed has help of its own" {
	local name names

	names=$("$RTL" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	[ "$(wc -w <<<"$names")" -ge 11 ]
	for name in $names; do
		run -0 rtl "$name" --help
		[[ ${lines[0]} == "Usage: rtl $name [OPTION...]"* ]]
		assert_output_has "  -h, --help "
	done
}

@test "help: it wins over what else is wrong with the arguments" {
	run -0 rtl kill --all --help
	run -0 rtl exec --help a b
	run -0 rtl create --help --nope
}

@test "help: behind exec's container --help is the command's" {
	run -1 rtl exec nobody --help
	assert_output_has "rtl: "
	[[ $output != *Usage* ]]
}

@test "help: an unknown command is named" {
	run -1 rtl help nope
	assert_output "rtl: unknown command nope (see rtl --help)"
}

@test "help: a full disk is an error" {
	run -1 bash -c '"$0" --help >/dev/full' "$RTL"
	assert_output "rtl: write standard output: No space left on device"
}
