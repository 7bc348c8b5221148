# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# containerd's CRI plugin with rtl as its runtime, and a client:  load cri
#
# Functions, beside those of containerd.bash
#   cri_setup_file           starts containerd with the plugin; pods get addresses by CNI where its
#                            plugins are installed
#   cri METHOD [REQUEST [TIMES]]   the answer as JSON, or the service's error and status 1
#   run_pod NAME [FILTER]    makes a pod and sets POD; FILTER edits its config (jq), which stays in
#                            TEST_DIR/NAME.json. Without one: the host's network, a PID namespace
#                            for each container
#   create_in_pod NAME [FILTER]    creates a container of busybox in it and sets CONTAINER; it
#                            waits for ever, unless FILTER says what it does; log: TEST_DIR/NAME.log
#   run_in_pod NAME [FILTER] the same, and starts it
#   exec_sync CMD...         in CONTAINER: sets output (standard output, then error) and status
#   container_state          of CONTAINER: CONTAINER_RUNNING, ...
#   cri_pid                  PID of CONTAINER's init
#   of_container METHOD [FIELDS [TIMES]]   asks about CONTAINER
#   remove_pods              with all their containers

load containerd

cri_setup_file() {
	export CALLER_EMPTY=/var/lib CNI_BIN=/usr/lib/cni CNI_CONF=$CALLER_DIR/cni CRI=$CALLER_DIR/cri.pb
	caller_needs protoc
	/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null ||
		caller_cannot "Python's grpc and protobuf are not installed"
	mkdir -p "$CNI_CONF"
	[ ! -x "$CNI_BIN/bridge" ] || cni_config >"$CNI_CONF/10-bridge.conflist"
	containerd_setup_file
	[ -z "$CALLER_REASON" ] || return 0
	protoc -I "$BATS_TEST_DIRNAME" --descriptor_set_out="$CRI" cri.proto
	make_image pause sleep 1000000
	load_image pause k8s.io
	load_image busybox k8s.io
	retry cri Version >/dev/null
}

cni_config() {
	cat <<-EOF
		{"cniVersion": "0.4.0", "name": "pods", "plugins": [
		  {"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
		   "ipam": {"type": "host-local", "dataDir": "/run/cni-addresses",
		            "ranges": [[{"subnet": "10.199.7.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
	EOF
}

# By version: 1.x has one plugin, 2.x three. The score is not lowered below the daemon's own, for
# which a machine may lack the right.
containerd_config() {
	local version=3 runtime=io.containerd.cri.v1.runtime images sandbox=${IMAGE/busybox/pause}
	local bin="bin_dirs = [\"$CNI_BIN\"]" snapshotter='snapshotter = "native"'

	images="[plugins.\"io.containerd.cri.v1.images\"]
		  $snapshotter
		[plugins.\"io.containerd.cri.v1.images\".pinned_images]
		  sandbox = \"$sandbox\""
	if "$CONTAINERD_BIN/containerd" --version | grep -q ' v\?1[.]'; then
		version=2 runtime=io.containerd.grpc.v1.cri bin="bin_dir = \"$CNI_BIN\"" images=
		sandbox="sandbox_image = \"$sandbox\""
	else
		sandbox='' snapshotter=''
	fi
	cat <<-EOF
		version = $version
		root = "$CALLER_DIR/root"
		state = "/run/containerd"
		[grpc]
		  address = "$CALLER_DIR/containerd.sock"
		[plugins."io.containerd.internal.v1.opt"]
		  path = "$CALLER_DIR/opt"
		[plugins."$runtime"]
		  restrict_oom_score_adj = true
		  $sandbox
		[plugins."$runtime".cni]
		  conf_dir = "$CNI_CONF"
		  $bin
		[plugins."$runtime".containerd]
		  default_runtime_name = "rtl"
		  $snapshotter
		[plugins."$runtime".containerd.runtimes.rtl]
		  runtime_type = "io.containerd.runc.v2"
		[plugins."$runtime".containerd.runtimes.rtl.options]
		  BinaryName = "$RTL"
		$images
	EOF
}

cri() {
	in_daemon /usr/bin/python3 "$BATS_TEST_DIRNAME/cri.py" "$CALLER_DIR/containerd.sock" "$CRI" "$@"
}

# config_of FILE FILTER: edits the JSON on standard input into FILE
config_of() {
	jq "$2" >"$1"
}

run_pod() {
	export TEST_DIR # for filters
	POD_CONFIG=$TEST_DIR/$1.json
	jq -n --arg name "$1" --arg mark "$CALLER_MARK" --arg dir "$TEST_DIR" '{
		metadata: {name: $name, uid: ($mark + "-" + $name), namespace: "rtl", attempt: 0},
		hostname: $name, log_directory: $dir,
		linux: {cgroup_parent: ("/" + $mark), security_context: {
			namespace_options: {network: "NODE", pid: "CONTAINER"}}}}' |
		config_of "$POD_CONFIG" "${2-.}" || return 1
	# with the host's network a pod has the host's name
	[ "$(jq -r .linux.security_context.namespace_options.network "$POD_CONFIG")" != NODE ] ||
		config_of "$POD_CONFIG.new" 'del(.hostname)' <"$POD_CONFIG" && mv "$POD_CONFIG.new" "$POD_CONFIG" 2>/dev/null || true
	POD=$(cri RunPodSandbox "$(jq '{config: .}' "$POD_CONFIG")") || fail "$POD" || return 1
	POD=$(jq -r .pod_sandbox_id <<<"$POD")
}

create_in_pod() {
	local answer

	jq -n --arg name "$1" --arg image "$IMAGE" --slurpfile pod "$POD_CONFIG" '{
		metadata: {name: $name, attempt: 0}, image: {image: $image}, log_path: ($name + ".log"),
		command: ["sh", "-c", "trap \"exit 0\" TERM; sleep 1000 & wait"],
		linux: {security_context: {namespace_options: $pod[0].linux.security_context.namespace_options}}}' |
		config_of "$TEST_DIR/$1.config" "${2-.}" || return 1
	answer=$(cri CreateContainer "$(jq -n --arg pod "$POD" --slurpfile config "$TEST_DIR/$1.config" \
		--slurpfile sandbox "$POD_CONFIG" '{pod_sandbox_id: $pod, config: $config[0], sandbox_config: $sandbox[0]}')") ||
		fail "$answer" || return 1
	CONTAINER=$(jq -r .container_id <<<"$answer")
}

of_container() {
	cri "$1" "$(jq -n --arg id "$CONTAINER" "{container_id: \$id}${2:+ + $2}")" "${@:3}"
}

run_in_pod() {
	create_in_pod "$@" && of_container StartContainer
}

exec_sync() {
	local answer

	answer=$(cri ExecSync "$(jq -n --arg id "$CONTAINER" --args \
		'{container_id: $id, cmd: $ARGS.positional, timeout: 20}' -- "$@")") || {
		status=255 output=$answer
		return 0
	}
	status=$(jq -r '.exit_code // 0' <<<"$answer")
	output=$(jq -rj '(.stdout // ""), (.stderr // "")' <<<"$answer")
}

# assert_exec STATUS CMD...
assert_exec() {
	exec_sync "${@:2}"
	# shellcheck disable=SC2154 # set by exec_sync
	[ "$status" = "$1" ] || fail "exec: status $status, expected $1" "$output"
}

container_state() {
	of_container ContainerStatus | jq -r '.status.state // "CONTAINER_CREATED"'
}

# state_is STATE: for retry
state_is() {
	[ "$(container_state)" = "$1" ]
}

cri_pid() {
	of_container ContainerStatus '{verbose: true}' | jq -r '.info.info | fromjson | .pid'
}

remove_pods() {
	local id

	for id in $(cri ListPodSandbox | jq -r '(.items // [])[].id'); do
		cri StopPodSandbox "{\"pod_sandbox_id\": \"$id\"}" >/dev/null || return 1
		cri RemovePodSandbox "{\"pod_sandbox_id\": \"$id\"}" >/dev/null || return 1
	done
}
