#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs bats files in a virtual machine with Debian's kernel and systemd, on cgroup v2, and prints TAP.
#
#	tests/vm/run.sh [OPTION]... [FILE.bats]...      (default: all of bats/vm/, and of
#	                        bats/callers/ what the machine outside may not be able to do)
#	  --suite NAME      the Debian suite (default: trixie)
#	  --user NAME       who runs the files: root or rtl-test; may be repeated (default: both)
#	  --rtl FILE        the binary (default: build/rtl)
#	  --support DIR     directory of the test programs (default: tests/support beside the binary)
#	  --cache DIR       where images are kept (default: /var/cache/rtl-tests)
#	  --timeout S       of the whole machine (default: 1200)
#	  --keep DIR        leave the console's text and the raw output in DIR
#
# The machine is emulated (qemu's TCG), so that it needs no rights and no device; it is some
# thirty times slower than this one. It starts once for all files. Only making the image, when the cache has
# none, needs root. Where qemu or the image cannot be had, everything is skipped with the reason.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
suite=trixie
rtl=$source/build/rtl
support=
cache=${RTL_TEST_CACHE:-/var/cache/rtl-tests}
timeout_s=1200
keep=
users=()

die() {
	echo "tests/vm/run.sh: $*" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--suite) suite=${2:?} ;;
	--user) users+=("${2:?}") ;;
	--rtl) rtl=${2:?} ;;
	--support) support=${2:?} ;;
	--cache) cache=${2:?} ;;
	--timeout) timeout_s=${2:?} ;;
	--keep) keep=${2:?} ;;
	-*) die "unknown option $1" ;;
	*) break ;;
	esac
	shift 2
done
files=("$@")
[ ${#files[@]} -gt 0 ] || files=("$source"/bats/{vm/*,callers/containerd-checkpoint}.bats)
[ ${#users[@]} -gt 0 ] || users=(rtl-test root)
[ -x "$rtl" ] || die "no rtl at $rtl: build it first"
support=${support:-$(dirname "$rtl")/tests/support}

skip_all() {
	echo "1..1"
	echo "ok 1 virtual machine, $suite # skip $1"
	exit 0
}

[ "$(uname -m)" = x86_64 ] || skip_all "there is no image for $(uname -m)"
for tool in qemu-system-x86_64 zstd; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/rtl-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT

find_image() {
	if [ "$(id -u)" = 0 ]; then
		command -v mmdebstrap >/dev/null || { echo "mmdebstrap is not installed" && return 1; }
	fi
	"$here/image.sh" "$suite" "$cache" 2>"$work/image.log" || { tail -n 1 "$work/image.log" && return 1; }
}

# What goes in: an archive that is the second disk.
pack() {
	local tree=$work/tree user file

	mkdir -p "$tree/support" "$tree/tests/vm"
	install -m 755 "$rtl" "$tree/rtl"
	find "$support" -maxdepth 1 -type f -perm -u+x -exec install -m 755 -t "$tree/support" {} +
	cp -R "$source/bats" "$tree/bats"
	install -m 755 "$here/inside.sh" "$tree/tests/vm/"
	for user in "${users[@]}"; do
		for file in "${files[@]}"; do
			file=$(realpath "$file")
			[ -f "$file" ] || die "no file $file"
			case $file in
			"$source"/bats/*) echo "$user ${file#"$source"/}" ;;
			*) die "$file is not below bats/" ;;
			esac
		done
	done >"$tree/jobs"
	chmod -R a+rX "$tree"
	tar -C "$tree" -cf "$work/tree.tar" .
	# whole sectors
	truncate -s %1M "$work/tree.tar"
}

# The root is on NVMe, whose driver is built into Debian's cloud kernel: no initramfs is needed. A second
# disk of the kind could get the first's name. Both processors run in one thread: with two, the guest's
# patching of its own code (static keys) meets a processor that executes it, and the kernel panics.
boot() {
	local -a kernel=(root=/dev/nvme0n1 rw rootwait console=ttyS0 quiet loglevel=4 audit=0
		systemd.show_status=false mitigations=off nokaslr no_timer_check tsc=reliable
		random.trust_cpu=on panic=-1 rcupdate.rcu_expedited=1)

	timeout --kill-after=10 "$timeout_s" qemu-system-x86_64 -accel tcg,thread=single,tb-size=512 \
		-M q35 -cpu max,-svm -smp 2 -m 2G -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$image/vmlinux" -append "${kernel[*]}" \
		-drive "file=$work/root.img,if=none,id=root,format=raw,cache=unsafe" \
		-drive "file=$work/tree.tar,if=none,id=tree,format=raw,readonly=on" \
		-device nvme,drive=root,serial=root -device virtio-blk-pci,drive=tree -device virtio-rng-pci -device virtio-serial-pci \
		-chardev "file,id=report,path=$work/report" -device virtserialport,chardev=report,name=rtl \
		-serial "file:$work/console" >"$work/qemu" 2>&1 </dev/null
}

total=0
failed=0

# report "ok"|"not ok" TEXT
report() {
	total=$((total + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $total ${2#[0-9]* }"
}

# One TAP stream of what came out. Tests that bats planned but never ended are failures.
print_report() {
	local line title='' planned=0 seen=0 is_done=

	while IFS= read -r line; do
		line=${line%$'\r'}
		case $line in
		"@begin "*)
			title="${line#@begin }"
			planned=1
			seen=0
			echo "# $suite, $title"
			;;
		"@end "*)
			[ "$planned" = "$seen" ] || report "not ok" "$title: $planned tests planned, $seen ended"
			title=
			;;
		@done) is_done=1 ;;
		"ok "*)
			report ok "${line#ok }"
			seen=$((seen + 1))
			;;
		"not ok "*)
			report "not ok" "${line#not ok }"
			seen=$((seen + 1))
			;;
		1..*) planned=${line#1..} ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$work/report"
	[ -z "$title" ] || report "not ok" "$title: $planned tests planned, $seen ended"
	[ -n "$is_done" ] || report "not ok" "the virtual machine, $suite, ran all files"
}

image=$(find_image) || skip_all "no image: $image"
pack
zstd -qdc --sparse "$image/root.img.zst" -o "$work/root.img"
: >"$work/report"
status=0
start=$SECONDS
boot || status=$?
echo "# $suite: $((SECONDS - start)) s"
print_report
if [ $failed -ne 0 ] || [ $status -ne 0 ]; then
	echo "# qemu's exit status: $status"
	tail -n 30 "$work/qemu" "$work/console" | sed 's/^/# /'
fi
if [ -n "$keep" ]; then
	mkdir -p "$keep"
	cp "$work"/{report,console,qemu} "$keep"
fi
echo "1..$total"
exit $failed
