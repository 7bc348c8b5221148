#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A thousand containers at once: what does the next one cost, and what listing them? Starts them
# in ten batches, rtl and crun in turn, and prints medians of each batch in markdown. As root.
#
#   [RTL=PATH] [CRUN=PATH] many.sh [-n CONTAINERS]
#
# Everything is in a private mount namespace, as in run.sh: state on a tmpfs, cgroup v2 alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
n=1000
[ "${1:-}" != --inside ] || { inside=yes && shift; }
while getopts n: opt; do
	case $opt in
	n) n=$OPTARG ;;
	*) sed -n '7s/^# *//p' "$0" >&2 && exit 2 ;;
	esac
done
[ "$(id -u)" -eq 0 ] || { echo "many.sh: needs root" >&2 && exit 1; }
[ -n "${inside:-}" ] || exec unshare -m --propagation private "$0" --inside "$@"

path_of()
{
	case $1 in
	rtl) echo "${RTL:-$(command -v rtl)}" ;;
	crun) echo "${CRUN:-$(command -v crun)}" ;;
	esac
}

finish()
{
	trap - EXIT
	for peer in $peers; do
		for dir in "$work/$peer"/*; do
			[ -d "$dir" ] || continue
			"$(path_of "$peer")" --root "$work/$peer" delete --force "${dir##*/}" || :
		done
	done
	umount -l "$work"
	rmdir "$work"
}

# plan PEER FILE WORD...: one line of a plan that measures the command
plan()
{
	peer=$1 file=$2
	shift 2
	{
		printf 'case\tx\t%s\ntime\t%s' "$peer" "$(path_of "$peer")"
		printf '\t%s' --root "$work/$peer" "$@"
		echo
	} >"$file"
}

# median ROUNDS PLAN: microseconds
median()
{
	"$work/timeit" -n "$1" "$2" | cut -f5
}

peers=
for peer in rtl crun; do
	[ ! -x "$(path_of $peer || :)" ] || peers="$peers $peer"
done
work=$(mktemp -d /tmp/rtl-many.XXXXXX)
mount -t tmpfs -o mode=755 tmpfs "$work"
trap finish EXIT
trap 'exit 1' INT TERM HUP
if [ -e /sys/fs/cgroup/unified/cgroup.procs ]; then
	mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup
fi
${CC:-cc} -std=gnu17 -O2 -D_GNU_SOURCE -static -o "$work/timeit" "$here/timeit.c"
"$here/make-bundle.sh" -a /bin/pause "$work/bundle" root

echo "| containers there | peer | run --detach, median ms | list, median ms |"
echo "|---:|---|---:|---:|"
for batch in 0 1 2 3 4 5 6 7 8 9; do
	for peer in $peers; do
		# timeit warms up with one round, which counts as a container too
		plan "$peer" "$work/plan" run --detach --bundle "$work/bundle" "b$batch-%i"
		run=$(median $((n / 10)) "$work/plan")
		plan "$peer" "$work/plan" list
		list=$(median 20 "$work/plan")
		echo "$batch $n $peer $run $list" |
			awk '{ printf "| %d to %d | %s | %.2f | %.2f |\n", $1 * $2 / 10, ($1 + 1) * $2 / 10, $3, $4 / 1000, $5 / 1000 }'
	done
done
