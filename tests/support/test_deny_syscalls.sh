#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Shows that deny_syscalls denies what it is told to and nothing else. Prints TAP, exits 1 if a
# check failed. As root it also shows that setuid programs keep working beneath.
#
#   test_deny_syscalls.sh [DENY_SYSCALLS]    (default: built here from source)
set -u

here=$(cd "$(dirname "$0")" && pwd)
number=0
failed=0
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

deny=${1:-$place/deny_syscalls}
if [ $# -eq 0 ]; then
	${CC:-cc} -std=gnu17 -Wall -Wextra -D_GNU_SOURCE -o "$deny" "$here/deny_syscalls.c" || exit 1
fi

# $1 what is shown, $2 expected exit status, $3 text the output must hold, then the command
expect()
{
	what=$1 status=$2 text=$3
	shift 3
	output=$(LC_ALL=C "$@" 2>&1)
	got=$?
	number=$((number + 1))
	case $got:$output in
	"$status:"*"$text"*)
		echo "ok $number - $what"
		return
		;;
	esac
	echo "not ok $number - $what"
	echo "# status $got, expected $status; output: $output; expected: $text"
	failed=1
}

# A user namespace is what anyone may make.
expect 'nothing is denied that is not named' 0 '' "$deny" EPERM setns,clone3 -- unshare -U true
expect 'ENOSYS is answered' 1 'Function not implemented' "$deny" ENOSYS unshare -- unshare -U true
expect 'EPERM is answered' 1 'Operation not permitted' "$deny" EPERM unshare -- unshare -U true
expect 'the last of several names is denied' 1 'Function not implemented' \
	"$deny" ENOSYS clone3,openat2,unshare -- unshare -U true
expect 'a grandchild inherits it' 1 'Function not implemented' \
	"$deny" ENOSYS unshare -- sh -c 'sh -c "unshare -U true; exit \$?"; exit $?'
expect 'a number stands for a system call' 1 'Operation not permitted' \
	"$deny" EPERM "$([ "$(uname -m)" = aarch64 ] && echo 97 || echo 272)" -- unshare -U true
expect 'the exit status is passed on' 7 '' "$deny" ENOSYS setns -- sh -c 'exit 7'
expect 'an unknown name is refused' 125 'nosuchcall: unknown system call' \
	"$deny" ENOSYS setns,nosuchcall -- true
expect 'an unknown error is refused' 125 'EIO: expected ENOSYS or EPERM' "$deny" EIO setns -- true
expect 'a missing command ends with 127' 127 'No such file' "$deny" ENOSYS setns -- /nonexistent
expect 'a file that is no program ends with 126' 126 'Permission denied' \
	"$deny" ENOSYS setns -- /dev/null
expect 'a command is needed' 125 usage "$deny" ENOSYS setns --
if [ "$(id -u)" -eq 0 ]; then
	drop='setpriv --reuid 65534 --regid 65534 --clear-groups'
	# shellcheck disable=SC2086 # a command
	{
		expect 'root sets no no_new_privs, so a user beneath has working setuid programs' \
			0 'NoNewPrivs:	0' "$deny" ENOSYS unshare -- $drop cat /proc/self/status
		expect 'an ordinary user beneath is denied too' 1 'Function not implemented' \
			"$deny" ENOSYS unshare -- $drop unshare -U true
		cp "$deny" "$place/copy" && chmod 755 "$place" "$place/copy"
		expect 'an ordinary user gets no_new_privs' 0 'NoNewPrivs:	1' \
			$drop "$place/copy" ENOSYS unshare -- cat /proc/self/status
	}
fi
echo "1..$number"
exit $failed
