# SPDX-License-Identifier: Apache-2.0
# Annotations that change what rtl does: those of crun (rtl.1, ANNOTATIONS).
load inside

setup() {
	test_setup
	make_bundle
}

annotate() {
	update_config '.annotations += {($name): $value}' --arg name "$1" --arg value "$2"
}

is_pure_v2() {
	[ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]
}

# v2_rtl ARG...: rtl where /sys/fs/cgroup is cgroup v2 and nothing else
v2_rtl() {
	local mount=/sys/fs/cgroup

	is_pure_v2 || mount=$(awk '$(NF - 2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
	[ -n "$mount" ] || skip "no cgroup v2"
	V2_MOUNT=$mount unshare -m --propagation private \
		sh -c 'mount --bind "$V2_MOUNT" /sys/fs/cgroup && exec "$@"' sh "$RTL" --root "$STATE_DIR" "$@" 3>&- 4>&-
}

@test "annotations: run.oci.keep_original_groups keeps those of the caller, in exec too" {
	require_root
	require_tool setpriv
	annotate run.oci.keep_original_groups 1
	update_config '.process.user.additionalGids = [7]'
	set_args sh -c 'grep Groups: /proc/self/status; sleep 1000'
	run -0 detached setpriv --groups 5,6 "$RTL" --root "$STATE_DIR" run --detach --bundle "$BUNDLE" c
	run -0 setpriv --groups 5,8 "$RTL" --root "$STATE_DIR" exec c grep Groups: /proc/self/status
	[ "$(status_field Groups)" = "5 8" ]
	wait_for 'grep -q Groups "$TEST_DIR/.detached"'
	run -0 cat "$TEST_DIR/.detached"
	[ "$(status_field Groups)" = "5 6" ]
}

@test "annotations: run.oci.hooks.stdout and .stderr are appended to by every hook" {
	local hook

	annotate run.oci.hooks.stdout "$TEST_DIR/out"
	annotate run.oci.hooks.stderr "$TEST_DIR/err"
	echo before >"$TEST_DIR/out"
	hook='[{path: "/bin/sh", args: ["sh", "-c", "echo \($stage); echo \($stage)-error >&2"]}]'
	for stage in prestart createRuntime createContainer startContainer poststart poststop; do
		# shellcheck disable=SC2016
		update_config ".hooks[\$stage] = $hook" --arg stage "$stage"
	done
	run -0 rtl run --bundle "$BUNDLE" c
	assert_output ""
	[ "$(cat "$TEST_DIR/out")" = "before
prestart
createRuntime
createContainer
startContainer
poststart
poststop" ]
	[ "$(sed -n '1p;6p' "$TEST_DIR/err")" = "prestart-error
poststop-error" ]
	annotate run.oci.hooks.stdout "$TEST_DIR/no/file"
	fails "annotations.run.oci.hooks.stdout: open $TEST_DIR/no/file: No such file or directory"
	annotate run.oci.hooks.stdout relative
	fails "annotations.run.oci.hooks.stdout: relative is not an absolute path"
}

@test "annotations: the hooks' files are not open in the container's program" {
	annotate run.oci.hooks.stdout "$TEST_DIR/out"
	update_config '.hooks.startContainer = [{path: "/bin/true"}]'
	inside ls -l /proc/self/fd
	[[ $output != *"$TEST_DIR/out"* ]]
	[ "$(grep -c -- '->' <<<"$output")" = 3 ]
}

@test "annotations: run.oci.pidfd_receiver gets a pidfd of the init, with the ID" {
	annotate run.oci.pidfd_receiver "$TEST_DIR/s"
	in_background "$RTL_SUPPORT/pidfd_receiver" "$TEST_DIR/s" >"$TEST_DIR/got"
	wait_for '[ -S "$TEST_DIR/s" ]'
	run -0 detached rtl create --bundle "$BUNDLE" c
	wait_for '[ -s "$TEST_DIR/got" ]'
	[ "$(cat "$TEST_DIR/got")" = "c $(container_pid c)" ]
	rtl delete --force c
	annotate run.oci.pidfd_receiver "$TEST_DIR/none"
	fails "connect to annotations.run.oci.pidfd_receiver $TEST_DIR/none: No such file or directory"
}

@test "annotations: run.oci.delegate-cgroup gives the container a cgroup to manage" {
	require_root
	annotate run.oci.delegate-cgroup mine
	update_config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 200000, size: 1000}] |
		.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}] |
		.mounts |= map(if .destination == "/sys" then . + {type: "bind", source: "/sys", options: ["rbind"]} else . end)'
	chown -R 200000:200000 "$BUNDLE/rootfs"/{dev,proc,sys,tmp,etc}
	set_args sh -c 'sleep 1000'
	run -0 detached v2_rtl run --detach --bundle "$BUNDLE" c
	run -0 v2_rtl exec c cat /proc/self/cgroup /proc/1/cgroup
	[ "$(grep -c '^0::/mine$' <<<"$output")" = 2 ]
	# its root may make cgroups there, and not change what is above
	dir=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)/$TEST_MARK-bundle
	[ "$(stat -c %u "$dir/mine" "$dir/mine/cgroup.procs" "$dir/mine/cgroup.subtree_control" "$dir" | xargs)" = \
		"200000 200000 200000 0" ]
	v2_rtl delete --force c
	[ ! -e "$dir" ]
	annotate run.oci.delegate-cgroup ../up
	fails 'annotations.run.oci.delegate-cgroup: "../up" is not the name of a cgroup'
}

@test "annotations: run.oci.delegate-cgroup on a host with cgroup v1 is an error" {
	require_root
	! is_pure_v2 || skip "this host has cgroup v2 alone"
	annotate run.oci.delegate-cgroup mine
	fails "annotations.run.oci.delegate-cgroup: needs a host with cgroup v2 alone"
}

@test "annotations: run.oci.timens_offset takes the place of linux.timeOffsets" {
	[ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
	annotate run.oci.timens_offset "boottime 500000000 0"
	fails "annotations.run.oci.timens_offset: needs a time namespace"
	update_config '.linux.namespaces += [{type: "time"}]'
	inside cat /proc/uptime
	[ "${output%%.*}" -ge 500000000 ]
	annotate run.oci.timens_offset "nonsense"
	fails "annotations.run.oci.timens_offset"
}

@test "annotations: run.oci.seccomp_bpf_data is the filter, in place of linux.seccomp" {
	[ "$(uname -m)" = x86_64 ] || skip "the filter of this test is for x86_64"
	# ld nr; jeq mkdir,+0,+1; ret ERRNO|95; ret ALLOW
	annotate run.oci.seccomp_bpf_data "$(printf '\40\0\0\0\0\0\0\0\25\0\0\1\123\0\0\0\6\0\0\0\137\0\5\0\6\0\0\0\0\0\377\177' | base64 -w0)"
	update_config '.root.readonly = false | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["chmod", "fchmodat"], action: "SCMP_ACT_ERRNO", errnoRet: 1}]}'
	inside_sh 'grep Seccomp: /proc/self/status; mkdir /tmp/a 2>&1; : >/tmp/b; chmod 700 /tmp/b && echo changed'
	[ "$(status_field Seccomp)" = 2 ]
	assert_output_has "not supported"
	assert_output_has changed
	annotate run.oci.seccomp_bpf_data "BgAAAAAA"
	fails "annotations.run.oci.seccomp_bpf_data: 6 bytes are no filter of 1 to 4096 instructions of 8 bytes"
	annotate run.oci.seccomp_bpf_data "no base64!"
	fails "annotations.run.oci.seccomp_bpf_data: is not base64"
}

@test "annotations: a handler, and plugins, are refused" {
	annotate run.oci.handler krun
	fails "annotations.run.oci.handler: unknown handler krun"
	annotate run.oci.handler ""
	inside true
	annotate run.oci.seccomp.plugins libfoo.so
	fails "annotations.run.oci.seccomp.plugins: rtl loads no plugins"
}

@test "annotations: run.oci.mount_context_type takes SELinux's options only" {
	annotate run.oci.mount_context_type fscontext
	inside true
	annotate run.oci.mount_context_type seclabel
	fails "annotations.run.oci.mount_context_type: expected context, fscontext, defcontext or rootcontext, got seclabel"
}

@test "annotations: others are kept and change nothing" {
	annotate module.wasm.image/variant compat
	annotate krun.cpus 4
	annotate run.oci.systemd.subgroup x
	annotate org.example.mine yes
	set_args sh -c 'sleep 1000'
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	[ "$(rtl state c | jq -r '.annotations["krun.cpus"], .annotations["org.example.mine"]' | xargs)" = "4 yes" ]
}

@test "annotations: features says which may be unsafe to take from others" {
	[ "$(rtl features | jq -c .potentiallyUnsafeConfigAnnotations)" = '["run.oci."]' ]
}
