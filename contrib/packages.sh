#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What building and testing need, by distribution. Sourced by quickstart.sh and check.sh.

package_tool() {
	local tool

	for tool in apt-get dnf apk; do
		command -v $tool >/dev/null && echo $tool && return
	done
	return 1
}

# package_names build|test|callers|vm: packages, in this distribution's names. The callers are what
# rtl is put into by its users, vm is what makes and runs virtual machines; what cannot be installed is
# not tested, and the tests say so.
package_names() {
	case $(package_tool):$1 in
	apt-get:build)
		echo gcc libc6-dev make autoconf automake pkg-config \
			libcap-dev libyajl-dev libseccomp-dev libselinux1-dev libbpf-dev \
			busybox-static uidmap
		;;
	apt-get:test)
		echo clang clang-format clang-tidy libclang-rt-dev cppcheck shellcheck bats jq expect \
			tmux util-linux passwd procps xz-utils strace mmdebstrap zsh fish
		;;
	apt-get:callers)
		echo containerd containernetworking-plugins iproute2 \
			python3-grpcio python3-protobuf protobuf-compiler \
			podman conmon catatonit slirp4netns bsdutils docker.io tini \
			munge slurm-client slurmctld slurmd
		;;
	apt-get:vm)
		echo qemu-system-x86 mmdebstrap e2fsprogs xz-utils zstd
		;;
	dnf:build)
		echo gcc make autoconf automake pkgconf-pkg-config libcap-devel yajl-devel \
			libseccomp-devel libselinux-devel libbpf-devel busybox shadow-utils-subid
		;;
	dnf:test)
		echo clang clang-tools-extra compiler-rt libasan libubsan cppcheck ShellCheck bats jq \
			expect tmux util-linux shadow-utils procps-ng xz diffutils findutils strace \
			zsh fish
		;;
	dnf:vm)
		echo qemu-system-x86-core zstd
		;;
	apk:build)
		echo gcc musl-dev linux-headers make autoconf automake pkgconf libcap-dev yajl-dev \
			libseccomp-dev libselinux-dev libbpf-dev busybox-static shadow-subids
		;;
	apk:test)
		echo bash clang clang-extra-tools compiler-rt cppcheck shellcheck bats jq expect tmux \
			setpriv shadow procps xz coreutils findutils grep diffutils strace zsh fish
		;;
	apk:vm)
		echo qemu-system-x86_64 zstd
		;;
	esac
}

package_is_installed() {
	case $(package_tool) in
	apt-get) dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed ;;
	dnf) rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
	apk) apk info -e "$1" >/dev/null ;;
	esac
}

# package_missing build|test...: names of the packages that are not installed
package_missing() {
	local set name

	for set in "$@"; do
		for name in $(package_names "$set"); do
			package_is_installed "$name" || echo "$name"
		done
	done
}

# package_command NAME...: what installs them
package_command() {
	case $(package_tool) in
	apt-get) echo "apt-get install -y --no-install-recommends $*" ;;
	dnf) echo "dnf install -y --setopt=install_weak_deps=False $*" ;;
	apk) echo "apk add $*" ;;
	esac
}

# package_install NAME...: as root, or through sudo; output goes where the caller sends it
package_install() {
	local -a sudo=() command

	[ "$(id -u)" = 0 ] || sudo=(sudo)
	if [ "$(package_tool)" = apt-get ]; then
		sudo+=(env DEBIAN_FRONTEND=noninteractive)
		"${sudo[@]}" apt-get update -q || return 1
	fi
	read -ra command < <(package_command "$@")
	"${sudo[@]}" "${command[@]}"
}

# ensure_test_user NAME: an ordinary user with 65536 subordinate IDs; needs root
ensure_test_user() {
	local file next

	if ! id "$1" >/dev/null 2>&1; then
		if command -v useradd >/dev/null; then
			useradd --create-home --shell /bin/sh "$1" || return 1
		else
			adduser -D -s /bin/sh "$1" || return 1
		fi
	fi
	for file in /etc/subuid /etc/subgid; do
		grep -qs "^$1:" $file && continue
		# behind all the ranges that are given away
		next=$(awk -F: 'BEGIN { n = 100000 } $2 + $3 > n { n = $2 + $3 } END { printf "%d", n }' \
			$file 2>/dev/null || echo 100000)
		echo "$1:$next:65536" >>$file || return 1
	done
}
