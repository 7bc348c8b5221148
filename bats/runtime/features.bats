#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# rtl features.
load ../support

features() {
	rtl features | jq "$@"
}

@test "features: versions, hooks and namespaces are those of runtime-spec 1.3" {
	[ "$(features -r .ociVersionMin)" = 1.0.0 ]
	[ "$(features -r .ociVersionMax)" = 1.3.0 ]
	[ "$(features -c '.hooks | sort')" = '["createContainer","createRuntime","poststart","poststop","prestart","startContainer"]' ]
	[ "$(features -c '.linux.namespaces | sort')" = '["cgroup","ipc","mount","network","pid","time","user","uts"]' ]
}

@test "features: ID-mapped mounts and checkpoints are there, systemd's cgroups are not promised" {
	[ "$(features -c .linux.cgroup)" = '{"v1":true,"v2":true,"systemd":false,"systemdUser":false,"rdma":true}' ]
	[ "$(features -c .linux.mountExtensions)" = '{"idmap":{"enabled":true}}' ]
	[ "$(features -r '.annotations["org.opencontainers.runc.checkpoint.enabled"]')" = true ]
}

@test "features: network devices, resource control and memory policies are taken" {
	[ "$(features -r .linux.netDevices.enabled)" = true ]
	[ "$(features -c .linux.intelRdt)" = '{"enabled":true,"schemata":true,"monitoring":true}' ]
	features -e '.linux.memoryPolicy.modes | index("MPOL_BIND") and index("MPOL_WEIGHTED_INTERLEAVE") and length == 7'
	features -e '.linux.memoryPolicy.flags | index("MPOL_F_STATIC_NODES") and length == 3'
}

@test "features: seccomp, capabilities and mount options are listed by their names in config.json" {
	features -e '.linux.seccomp.enabled'
	features -e '.linux.seccomp.actions | index("SCMP_ACT_ERRNO") and index("SCMP_ACT_NOTIFY")'
	features -e '.linux.seccomp.operators | length == 7'
	features -e '.linux.seccomp.archs | index("SCMP_ARCH_X86_64") and index("SCMP_ARCH_AARCH64")'
	features -e '.linux.seccomp | .supportedFlags - .knownFlags == []'
	features -e '.linux.capabilities | index("CAP_SYS_ADMIN") and index("CAP_CHOWN")'
	features -e '.mountOptions | index("rbind") and index("nosuid") and index("rro")'
	features -e '.mountOptions == (.mountOptions | unique)'
}

@test "features: the version is that of --version" {
	[ "rtl version $(features -r '.annotations["rtl.version"]')" = "$(rtl --version | sed -n 1p)" ]
}

@test "features: security modules, and which libseccomp makes the filters" {
	features -e '.linux.apparmor.enabled and .linux.selinux.enabled'
	[[ $(features -r '.annotations["io.github.seccomp.libseccomp.version"]') =~ ^2\.[0-9]\.[0-9]+$ ]]
	features -e '.linux.seccomp.supportedFlags | index("SECCOMP_FILTER_FLAG_LOG")'
}
