# SPDX-License-Identifier: Apache-2.0
# What mountinfo says of a mount beyond its own flags: those of the filesystem, and its propagation.
load inside

setup() {
	test_setup
	make_bundle
	update_config '.root.readonly = false'
}

# tmpfs_at AT OPTION...
tmpfs_at() {
	update_config '.mounts += [{destination: $at, type: "tmpfs", source: "tmpfs", options: ($options | split(" "))}]' \
		--arg at "$1" --arg options "${*:2}"
}

# superblock AT: the filesystem's options, of $output = mountinfo
superblock() {
	# shellcheck disable=SC2154 # set by run
	awk -v at="$1" '$5 == at { print "," $NF "," }' <<<"$output"
}

@test "mounts: flags of the filesystem are what the kernel shows" {
	local flag

	for flag in sync dirsync lazytime; do
		tmpfs_at "/flag/$flag" $flag
	done
	tmpfs_at /flag/none sync lazytime async nolazytime
	inside cat /proc/self/mountinfo
	for flag in sync dirsync lazytime; do
		[[ $(superblock "/flag/$flag") = *,$flag,* ]] || fail "$flag: $(superblock "/flag/$flag")"
		[[ $(superblock /flag/none) != *,$flag,* ]] || fail "none: $(superblock /flag/none)"
	done
}

@test "mounts: every propagation is what the kernel shows" {
	local kind

	for kind in shared rshared slave rslave private rprivate unbindable runbindable; do
		tmpfs_at "/kind/$kind" $kind
	done
	inside cat /proc/self/mountinfo
	run -0 awk '$5 ~ "^/kind/" { kind = $7; sub(/:.*/, "", kind); print $5, kind }' <<<"$output"
	assert_output "/kind/shared shared
/kind/rshared shared
/kind/slave -
/kind/rslave -
/kind/private -
/kind/rprivate -
/kind/unbindable unbindable
/kind/runbindable unbindable"
}
