#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes a Debian root file system (mmdebstrap, variant minbase) of this machine's own suite and
# mirror, for tests on real input: its own /dev, /etc, setuid files and symlinks.
#
#   make-debian-rootfs.sh DIR
#
# The result is DIR/rootfs and DIR/rootfs.tar, and DIR is a cache: nothing is done if both are there. Needs
# root, so that owners, devices and setuid bits are real. Tests that write should copy it or mount
# an overlay above. Prints the path of the root file system.
set -eu

[ $# -eq 1 ] || {
	echo "usage: make-debian-rootfs.sh DIR" >&2
	exit 2
}
dir=$1

fail()
{
	echo "make-debian-rootfs.sh: $1" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || fail "root is needed"

# The suite and the mirror that base-files comes from, as apt has them configured.
# shellcheck disable=SC1091 # of the machine
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$suite" ] || suite=sid
# shellcheck disable=SC2016 # apt fills these in
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
	awk -v suite="$suite" '$2 == suite { print $1; exit }')
[ -n "$mirror" ] || fail "apt has no mirror of $suite (apt-get update helps)"

mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9
if [ ! -e "$dir/complete" ] || [ ! -e "$dir/rootfs.tar" ]; then
	command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing"
	rm -rf "$dir/rootfs"
	mmdebstrap --quiet --variant=minbase --mode=root "$suite" "$dir/rootfs" "$mirror" >&2
	# for ordinary users, who unpack it with the owners that their sub-IDs stand for
	tar -C "$dir/rootfs" -cf "$dir/rootfs.tar" .
	chmod 755 "$dir"
	touch "$dir/complete"
fi
echo "$dir/rootfs"
