#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Unpacks packages of another Debian suite into a directory of its own, from this machine's own
# mirror, for tests with newer callers. Nothing is installed: apt keeps its lists and files in DIR.
#
#   fetch-debian.sh DIR SUITE PACKAGE...
#
# The result is DIR/SUITE/PACKAGE/ with what the package ships (its dependencies are not fetched),
# and DIR is a cache: nothing is done when all are there. Prints DIR/SUITE.
set -euo pipefail

fail() {
	echo "fetch-debian.sh: $1" >&2
	exit 1
}

[ $# -ge 3 ] || fail "usage: fetch-debian.sh DIR SUITE PACKAGE..."
dir=$1/$2
suite=$2
shift 2
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "no apt-get here"
mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial" 2>/dev/null || fail "cannot write $dir"
exec 9>"$dir/lock"
flock 9

# The mirror that the machine's own suite comes from, as apt has it configured.
# shellcheck disable=SC2016 # apt fills these in
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
	awk -v suite="$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")" '$2 == suite { print $1; exit }')
[ -n "$mirror" ] || fail "apt has no mirror of this suite (apt-get update helps)"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$dir/apt/sources.list"
: >"$dir/apt/status"
apt=(apt-get -q -o "Dir::State=$dir/apt/state" -o "Dir::State::status=$dir/apt/status"
	-o "Dir::Cache=$dir/apt/cache" -o "Dir::Etc::sourcelist=$dir/apt/sources.list"
	-o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none -o APT::Sandbox::User=root)

updated=
for package in "$@"; do
	[ ! -e "$dir/$package/.complete" ] || continue
	[ -n "$updated" ] || "${apt[@]}" update >&2 || fail "no list of suite $suite"
	updated=1
	rm -rf "${dir:?}/$package" "$dir/apt/download"
	mkdir -p "$dir/$package" "$dir/apt/download"
	(cd "$dir/apt/download" && "${apt[@]}" download "$package" >&2) || fail "no package $package in $suite"
	dpkg-deb -x "$dir"/apt/download/*.deb "$dir/$package"
	rm -rf "$dir/apt/download"
	touch "$dir/$package/.complete"
done
echo "$dir"
