#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the bats files as an ordinary user or as root, two files at a time, and prints TAP.
#
#	bats/run.sh [OPTION]... user|root
#	  --rtl FILE        the binary (default: build/rtl)
#	  --support DIR     directory of the test programs (default: tests/support beside the binary)
#	  --user NAME       the ordinary user, when started as root (default: rtl-test)
#	  --deny ERRNO      answer the newer system calls with ERRNO (ENOSYS, EPERM): the filter is
#	                    set before the user is changed, so that setuid programs still work
#	  --jobs N          files at a time (default: 2)
#	  --files PATTERN   only files whose path below bats/ matches (default: runtime/*; callers/* are
#	                    a tier of their own: real engines that run rtl)
#
# When started as root for a user, the files are copied to a temporary directory which that user can
# read, and the environment is clean but for an XDG_RUNTIME_DIR of its own. Also checked, as one
# more test: the host's mounts are the same afterwards.
set -euo pipefail

# Where an old kernel answers ENOSYS, and a sandbox EPERM.
newer_syscalls=clone3,openat2,fsopen,open_tree,move_mount,mount_setattr,pidfd_open,close_range

source=$(cd "$(dirname "$0")" && pwd)
rtl=$source/../build/rtl
support=
user="rtl-test"
deny=
jobs=2
timeout_s=60 # of one test
pattern='runtime/*'

die() {
	echo "bats/run.sh: $*" >&2
	exit 2
}

while [ $# -gt 1 ]; do
	case $1 in
	--rtl) rtl=$2 ;;
	--support) support=$2 ;;
	--user) user=$2 ;;
	--deny) deny=$2 ;;
	--jobs) jobs=$2 ;;
	--files) pattern=$2 ;;
	*) die "unknown option $1" ;;
	esac
	shift 2
done
mode=${1-}
[ -x "$rtl" ] || die "no rtl at $rtl: build it first"
rtl=$(realpath "$rtl")
support=${support:-$(dirname "$rtl")/tests/support}

work=$(mktemp -d "${TMPDIR:-/tmp}/rtl-bats.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 711 "$work"
mkdir -p "$work/bin/tests/support" "$work/tmp" "$work/run" "$work/out" "$work/home"
install -m 755 "$rtl" "$work/bin/rtl"
cp -R "$source" "$work/bats"
chmod -R a+rX "$work/bats"
if [ -d "$support" ]; then
	find "$support" -maxdepth 1 -type f -perm -u+x -exec install -m 755 -t "$work/bin/tests/support" {} +
fi
install -m 755 -t "$work/bin/tests/support" "$source"/../tests/support/{make,fetch}-debian*.sh
chmod 755 "$work/bin/tests" "$work/bin/tests/support"
chmod 700 "$work/run" "$work/tmp"

command=(env -i "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$work/home"
	"TMPDIR=$work/tmp" "RTL=$work/bin/rtl" "RTL_SUPPORT=$work/bin/tests/support" LC_ALL=C.UTF-8
	"RTL_TEST_USER=$user" TERM=dumb "XDG_RUNTIME_DIR=$work/run" "RTL_TEST_DENY=$deny" "ASAN_OPTIONS=${ASAN_OPTIONS-}" "UBSAN_OPTIONS=${UBSAN_OPTIONS-}")
case $mode in
root)
	[ "$(id -u)" = 0 ] || die "the root half needs root; run it with sudo"
	;;
user)
	if [ "$(id -u)" = 0 ]; then
		id "$user" >/dev/null 2>&1 || die "no user $user: contrib/check.sh makes it, or give --user"
		chown -R "$user:" "$work/run" "$work/tmp" "$work/home" "$work/out"
		command=(setpriv "--reuid=$(id -u "$user")" "--regid=$(id -g "$user")" --init-groups
			--inh-caps=-all "${command[@]}")
	fi
	;;
*) die "say user or root" ;;
esac
if [ -n "$deny" ]; then
	[ -x "$work/bin/tests/support/deny_syscalls" ] || die "deny_syscalls is not built in $support"
	command=("$work/bin/tests/support/deny_syscalls" "$deny" "$newer_syscalls" -- "${command[@]}")
fi

mount_points() {
	cut -d' ' -f4,5 /proc/self/mountinfo | grep -vF "$work/" | sort
}

# run_file FILE: TAP of one bats file into out/
run_file() {
	local out

	out=$work/out/$(echo "${1#"$work"/bats/}" | tr / _)
	(cd "$work/home" && timeout --kill-after=5 900 "${command[@]}" "BATS_TEST_TIMEOUT=$timeout_s" bats --tap --print-output-on-failure "$1") </dev/null >"$out" 2>&1 ||
		echo "# exit status $?" >>"$out"
	grep -q '^1\.\.' "$out" || printf '1..1\nnot ok 1 bats did not run it\n' >>"$out"
}

mapfile -t files < <(cd "$work/bats" && find . -name '*.bats' -path "./$pattern" | sort)
before=$(mount_points)
for file in "${files[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n || true
	done
	run_file "$work/bats/${file#./}" &
done
wait

# One TAP stream, numbered anew; each test is named after its file.
total=0
failed=0

# report "ok"|"not ok" TEXT
report() {
	total=$((total + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $total ${2#[0-9]* }"
}

# print_file FILE: what bats said about it; tests that bats planned but never ended are failures
print_file() {
	local name=${1#./} line planned=0 seen=0

	while IFS= read -r line; do
		case $line in
		"ok "*)
			report ok "${line#ok }"
			seen=$((seen + 1))
			;;
		"not ok "*)
			report "not ok" "${line#not ok }"
			seen=$((seen + 1))
			;;
		1..*) planned=${line#1..} ;;
		*) echo "$line" ;;
		esac
	done <"$work/out/$(echo "$name" | tr / _)"
	[ "$planned" = "$seen" ] || report "not ok" "$name: $planned tests planned, $seen ended"
}

for file in "${files[@]}"; do
	echo "# ${file#./}"
	print_file "$file"
done
if after=$(mount_points) && [ "$before" = "$after" ]; then
	report ok "the mounts of the host are the same as before"
else
	report "not ok" "the mounts of the host are the same as before"
	diff <(echo "$before") <(echo "$after") | sed 's/^/# /' || true
fi
echo "1..$total"
exit $failed
