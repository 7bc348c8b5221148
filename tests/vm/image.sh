#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the image of a virtual machine: a Debian suite with systemd, its cloud kernel, what the
# tests need, and a service that runs them.
#
#	image.sh SUITE CACHE
#
# The result is a directory below CACHE, whose name is printed: root.img.zst (ext4), vmlinux, packages.
# It is named after the suite and a hash of all that makes it, so that a changed list builds
# a new one; older ones of the suite are removed. Nothing is built when it is there. Needs root,
# so that owners and setuid bits are real. The archive's address is the one this machine's apt has.
set -euo pipefail

[ $# -eq 2 ] || {
	echo "usage: image.sh SUITE CACHE" >&2
	exit 2
}
suite=$1
cache=$2
source=$(cd "$(dirname "$0")" && pwd)

# systemd and a session of an ordinary user; what bats and the tests call; the libraries of an rtl that is not
# static; real callers; what loads profiles of AppArmor.
packages=(
	systemd systemd-sysv dbus dbus-user-session libpam-systemd udev kmod uidmap
	bats jq busybox-static procps iproute2 strace
	libcap2 libyajl2 libseccomp2 libbpf1 libselinux1
	criu iptables containerd
	apparmor
)
size=3G # of the file system; the file is sparse

fail() {
	echo "image.sh: $1" >&2
	exit 1
}

cleanup() {
	[ -z "${work-}" ] || rm -rf --one-file-system "$work"
}

# The kernel without its compression: qemu starts it at its PVH entry, and nothing is unpacked by
# emulated instructions. Linux, Documentation/arch/x86/boot.rst: setup_sects, payload_offset,
# payload_length.
extract_kernel() {
	local file=$1 setup offset length

	setup=$(od -An -tu1 -j $((0x1f1)) -N1 "$file")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$file")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$file")
	# behind the payload stands its unpacked size, in four bytes
	dd if="$file" of="$work/payload" status=none iflag=skip_bytes,count_bytes \
		skip=$(((setup + 1) * 512 + offset)) count=$((length - 4))
	case $(od -An -tx1 -N4 "$work/payload" | tr -d ' ') in
	28b52ffd) zstd -qdc "$work/payload" ;;
	fd377a58) xz -dc "$work/payload" ;;
	*) fail "$file: unknown compression" ;;
	esac
}

# The kernel's package brings what makes an initramfs, which is not needed: the disk's driver is
# built in. So it is only unpacked.
install_kernel() {
	local deb version

	deb=$(echo "$work"/kernel/*.deb)
	dpkg-deb -x "$deb" "$work/kernel"
	version=$(basename "$work"/kernel/boot/vmlinuz-*)
	version=${version#vmlinuz-}
	extract_kernel "$work/kernel/boot/vmlinuz-$version" >"$work/out/vmlinux"
	mkdir -p "$work/root/usr/lib/modules"
	cp -a "$work/kernel"/{usr/,}lib/modules/"$version" "$work/root/usr/lib/modules/" 2>/dev/null ||
		[ -d "$work/root/usr/lib/modules/$version" ]
	chroot "$work/root" depmod "$version"
}

# Services that a machine for tests does not need and would wait for.
masked_units=(
	getty.target serial-getty@ttyS0.service console-getty.service
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
	e2scrub_reap.service systemd-timesyncd.service systemd-pstore.service systemd-update-utmp.service
	systemd-random-seed.service systemd-journal-flush.service systemd-hwdb-update.service
	systemd-networkd.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
	sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount
	systemd-remount-fs.service containerd.service apparmor.service
)

configure() {
	local root=$work/root unit

	chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash rtl-test
	echo rtl-test:100000:65536 | tee "$root/etc/subuid" >"$root/etc/subgid"
	echo rtl-vm >"$root/etc/hostname"
	echo "127.0.0.1 localhost rtl-vm" >"$root/etc/hosts"
	# a machine ID, or systemd takes this for its first boot
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	# the user's manager is there without a login
	mkdir -p "$root/var/lib/systemd/linger"
	touch "$root/var/lib/systemd/linger/rtl-test"
	for unit in "${masked_units[@]}"; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
	cp -R "$source/root/." "$root/"
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	ln -s ../rtl-tests.service "$root/etc/systemd/system/multi-user.target.wants/"
	ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
}

make_image() {
	mkdir -p "$work/kernel" "$work/out"
	# shellcheck disable=SC2016 # $1 and the variable are mmdebstrap's
	local download='cd "$2" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" && export APT_CONFIG &&
		apt-get -qq download "$(apt-cache depends linux-image-cloud-amd64 |
			sed -n "s/.*Depends: \(linux-image-[0-9].*\)/\1/p" | head -n 1)"'
	mmdebstrap --quiet --variant=minbase --mode=root --format=directory \
		--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
		--aptopt='APT::Sandbox::User "root"' --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook="sh -c '$download' sh \"\$1\" '$work/kernel'" \
		--include="$(IFS=, && echo "${packages[*]}")" "$suite" "$work/root" "$mirror"
	install_kernel
	configure
	chroot "$work/root" dpkg-query -W >"$work/out/packages"
	truncate -s $size "$work/root.img"
	mke2fs -q -t ext4 -m 0 -O ^orphan_file -E lazy_itable_init=1,lazy_journal_init=1,nodiscard \
		-d "$work/root" "$work/root.img"
	zstd -q -T0 "$work/root.img" -o "$work/out/root.img.zst"
}

[ "$(id -u)" -eq 0 ] || fail "root is needed"
# shellcheck disable=SC2016 # apt fills it in
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
	head -n 1)
[ -n "$mirror" ] || fail "apt has no archive of Debian's (apt-get update helps)"
hash=$(find "$source/root" "$source/image.sh" -type f -exec sha256sum {} + | sed "s|$source||" | sort |
	sha256sum | cut -c 1-12)
dir=$cache/vm-$suite-$hash

mkdir -p "$cache"
exec 9>"$cache/vm-$suite.lock"
flock 9
if [ ! -e "$dir" ]; then
	work=$(mktemp -d "$cache/.vm.XXXXXX")
	trap cleanup EXIT
	chmod 755 "$work"
	make_image >&2
	rm -rf "$cache/vm-$suite-"*
	chmod -R a+rX "$work/out"
	mv "$work/out" "$dir"
fi
echo "$dir"
