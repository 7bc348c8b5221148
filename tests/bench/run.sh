#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs rtl, the kernel floor and the peers found on the machine (or named) side by side on the same
# bundles (make-bundle.sh) and prints 10th percentiles, medians and ratios against crun in markdown.
# Every round runs each of them once, so that a noisy moment meets all alike: trust the ratios.
#
#   [RTL=PATH] [CRUN=PATH] [RUNC=PATH] [PARSE=PATH] run.sh [-n ROUNDS] [-u USER] [-o CASES] [-H]
#
#   -n ROUNDS  measured rounds after one to warm up (default 100)
#   -u USER    the ordinary user (default rtl-test; it needs sub-IDs for the range case)
#   -o CASES   only these, separated by commas: version,root,direct,range,verbs,calls
#   -H         leave cgroups as the host has them (crun refuses a hybrid host)
#
# As root, everything happens in a private mount namespace: bundles and state are on a tmpfs of
# its own, equal for all, and on a host with hybrid cgroups the unified hierarchy is bound over
# /sys/fs/cgroup there. The host's mounts stay as they are. An ordinary user gets the cases
# direct, range and verbs.
#
# The peak is the largest resident set of any process of the runtime, see timeit.c. Peers keep
# what they cache between runs (crun: compiled seccomp filters), as they do in real use.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rounds=100
user=rtl-test
only=version,root,direct,range,verbs,calls
host_cgroups=no
inside=no

# The same for root and the user: peers search it for newuidmap.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

usage()
{
	sed -n '8,13s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# --inside is ours: the script calls itself in the private mount namespace.
if [ "${1:-}" = --inside ]; then
	inside=yes
	shift
fi
args="$*"
while getopts n:u:o:H opt; do
	case $opt in
	n) rounds=$OPTARG ;;
	u) user=$OPTARG ;;
	o) only=$OPTARG ;;
	H) host_cgroups=yes ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

if is_root && [ "$inside" = no ]; then
	# shellcheck disable=SC2086 # options hold no blanks
	exec unshare -m --propagation private "$0" --inside $args
fi

# --- the place ---------------------------------------------------------------------------------

finish()
{
	status=$?
	trap - EXIT
	stop_containers
	cd /
	! is_root || umount -l "$work"
	rm -rf "$work"
	exit $status
}

containers= # "PEER STATE" of each that verbs() left running
stop_containers()
{
	echo "$containers" | while read -r peer state; do
		[ -n "$peer" ] || continue
		"$(path_of "$peer")" --root "$state" delete --force "bench-$peer" >/dev/null 2>&1 || :
	done
	containers=
}

make_place()
{
	if is_root; then
		work=$(mktemp -d /tmp/rtl-bench.XXXXXX)
		mount -t tmpfs -o mode=755 tmpfs "$work"
	else
		work=$(mktemp -d "${XDG_RUNTIME_DIR:-/dev/shm}/rtl-bench.XXXXXX")
		user=$(id -un)
	fi
	trap finish EXIT
	trap 'exit 1' INT TERM HUP
	if is_root && [ "$host_cgroups" = no ] && [ -e /sys/fs/cgroup/unified/cgroup.procs ]; then
		mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup
	fi
	mkdir -p "$work/state"
	if id "$user" >/dev/null 2>&1; then
		mkdir -m 700 "$work/user"
		! is_root || chown "$(id -u "$user"):$(id -g "$user")" "$work/user"
	else
		echo "run.sh: no user $user: the cases of an ordinary user are left out" >&2
		user=
	fi
}

build()
{
	cflags='-std=gnu17 -O2 -Wall -Wextra -D_GNU_SOURCE'
	# shellcheck disable=SC2086 # a list of options
	{
		${CC:-cc} $cflags -static -o "$work/timeit" "$here/timeit.c"
		${CC:-cc} $cflags -static -o "$work/floor" "$here/floor.c"
		${CC:-cc} $cflags -o "$work/floor_filter" "$here/floor_filter.c" -lseccomp
	}
	"$work/floor_filter" "$here/seccomp-allowed.txt" >"$work/filter.bpf"
}

# --- the peers ---------------------------------------------------------------------------------

path_of()
{
	case $1 in
	rtl) echo "${RTL:-$(command -v rtl)}" ;;
	crun) echo "${CRUN:-$(command -v crun)}" ;;
	runc) echo "${RUNC:-$(command -v runc)}" ;;
	esac
}

find_peers()
{
	peers=
	for peer in rtl crun runc; do
		path=$(path_of "$peer") || :
		[ -z "$path" ] || [ ! -x "$path" ] || peers="$peers $peer"
	done
}

as_user()
{
	set -- env -i "PATH=$PATH" "HOME=$work/user" "USER=$user" "XDG_RUNTIME_DIR=$work/user" "$@"
	if is_root; then
		set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups "$@"
	fi
	"$@"
}

as_root()
{
	"$@"
}

# --- the plan ----------------------------------------------------------------------------------

tab=$(printf '\t')

# One line of a plan: the words, separated by tabs.
line()
{
	printf '%s' "$1"
	shift
	[ $# -eq 0 ] || printf '\t%s' "$@"
	echo
}

# What measures PLAN as WHO (as_root, as_user) and adds to the table.
measure()
{
	"$1" "$work/timeit" -n "$rounds" "$2" >>"$work/table"
}

plan_version()
{
	line case --version floor
	line time "$work/root/rootfs/bin/true"
	for peer in $peers; do
		line case --version "$peer"
		line time "$(path_of "$peer")" --version
	done
}

# $1 mode (root, direct, range), $2 title, $3 directory of bundles and state
plan_run()
{
	line case "$2" floor
	line time "$work/floor" -m "$1" -s "$work/filter.bpf" "$3/$1/rootfs" /bin/true
	for peer in $peers; do
		line case "$2" "$peer"
		line time "$(path_of "$peer")" --root "$3/state/$peer" run --bundle "$3/$1" b%i
	done
}

# The life of a container in steps. $1 bundle, $2 directory of state
plan_life()
{
	for peer in $peers; do
		rt="$(path_of "$peer")$tab--root$tab$2/state/$peer"

		line case 'create + start + delete' "$peer"
		line time "$rt" create --bundle "$1" c%i
		line time "$rt" start c%i
		line reap
		line time "$rt" delete c%i
		line case create "$peer"
		line time "$rt" create --bundle "$1" c%i
		line step "$rt" delete --force c%i
		line case start "$peer"
		line step "$rt" create --bundle "$1" c%i
		line time "$rt" start c%i
		line reap
		line step "$rt" delete c%i
		line case delete "$peer"
		line step "$rt" create --bundle "$1" c%i
		line step "$rt" start c%i
		line reap
		line time "$rt" delete c%i
	done
}

# Verbs on a container that runs. $1 directory of state
plan_running()
{
	for peer in $peers; do
		rt="$(path_of "$peer")$tab--root$tab$1/verbs/$peer"

		line case exec "$peer"
		line time "$rt" exec "bench-$peer" /bin/true
		line case state "$peer"
		line time "$rt" state "bench-$peer"
		line case 'kill (ignored signal)' "$peer"
		line time "$rt" kill "bench-$peer" URG
		line case 'list (one container)' "$peer"
		line time "$rt" list
	done
}

verbs()
{
	who=$1 bundle=$2 dir=$3
	plan_life "$bundle" "$dir" >"$work/plan"
	measure "$who" "$work/plan"
	for peer in $peers; do
		state=$dir/verbs/$peer
		rt=$(path_of "$peer")
		if "$who" "$rt" --root "$state" create --bundle "$bundle-pause" "bench-$peer" \
			</dev/null >/dev/null && "$who" "$rt" --root "$state" start "bench-$peer"; then
			containers="$containers
$peer $state"
		fi
	done
	plan_running "$dir" >"$work/plan"
	measure "$who" "$work/plan"
	stop_containers
}

# --- the report --------------------------------------------------------------------------------

# Ratios are against crun's value of the same case.
print_table()
{
	awk -F'\t' '
		{ row[NR] = $0; if ($2 == "crun" && $3 > 0) { p10[$1] = $4; median[$1] = $5 } }
		function ms(us) { return sprintf("%.2f", us / 1000) }
		function ratio(us, of) { return of ? sprintf("%.2f", us / of) : "" }
		END {
			print "| case | peer | p10 ms | median ms | CPU ms | p10 / crun | median / crun | peak KiB |"
			print "|---|---|---:|---:|---:|---:|---:|---:|"
			for (i = 1; i <= NR; i++) {
				n = split(row[i], f, "\t")
				if (f[1] in done) continue
				done[f[1]] = 1
				for (j = i; j <= NR; j++) {
					split(row[j], f2, "\t")
					if (f2[1] != f[1]) continue
					if (f2[3] == 0) {
						printf "| %s | %s | failed | | | | | |\n", f2[1], f2[2]
						continue
					}
					printf "| %s | %s | %s | %s | %s | %s | %s | %d |\n", f2[1], f2[2], \
						ms(f2[4]), ms(f2[5]), ms(f2[7]), ratio(f2[4], p10[f2[1]]), \
						ratio(f2[5], median[f2[1]]), f2[8]
				}
			}
		}' "$work/table"
}

# All system calls of one command and its children, or nothing if it failed.
count_calls()
{
	strace -f -qq -c -S calls -o "$work/calls" "$@" </dev/null >/dev/null 2>&1 || return 0
	awk '$NF == "total" { print $4 }' "$work/calls"
}

# How long rtl's reader takes for the same configuration (parse.c, built by make bench).
print_parse()
{
	times=$("$PARSE" "$work/root/config.json")
	echo
	echo "Reading config.json ($(wc -c <"$work/root/config.json") bytes): p10 ${times% *} µs," \
		"median ${times#* } µs."
}

# How long its filter takes (filter.c, beside parse): compiled, then from the cache.
print_filter()
{
	mkdir -p "$work/filters"
	"$(dirname "$PARSE")/filter" "$work/root/config.json" "$work/filters" | {
		read -r compiled_p10 compiled_median
		read -r cached_p10 cached_median
		echo
		echo "The seccomp filter: compiled in p10 $compiled_p10 µs, median $compiled_median µs;" \
			"from the cache in p10 $cached_p10 µs, median $cached_median µs."
	}
}

print_calls()
{
	echo
	echo '| system calls of a run as root | number |'
	echo '|---|---:|'
	for peer in $peers; do
		echo "| $peer | $(count_calls "$(path_of "$peer")" --root "$work/state/$peer" \
			run --bundle "$work/root" calls) |"
	done
	echo "| floor | $(count_calls "$work/floor" -m root -s "$work/filter.bpf" \
		"$work/root/rootfs" /bin/true) |"
}

print_head()
{
	echo "$(uname -srm), $(nproc) CPUs, $rounds rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
	for peer in $peers; do
		echo "- $peer: $("$(path_of "$peer")" --version | sed -n 1p)"
	done
	echo
}

wanted()
{
	case ,$only, in
	*,$1,*) return 0 ;;
	esac
	return 1
}

make_place
build
find_peers
: >"$work/table"
if is_root; then
	"$here/make-bundle.sh" "$work/root" root
	"$here/make-bundle.sh" -a /bin/pause "$work/root-pause" root
fi
if [ -n "$user" ]; then
	for mode in direct range; do
		"$here/make-bundle.sh" -u "$user" "$work/user/$mode" "$mode" || :
	done
	"$here/make-bundle.sh" -u "$user" -a /bin/pause "$work/user/direct-pause" direct
fi

if is_root && wanted version; then
	plan_version >"$work/plan"
	measure as_root "$work/plan"
fi
if is_root && wanted root; then
	plan_run root 'run, root' "$work" >"$work/plan"
	measure as_root "$work/plan"
fi
if [ -n "$user" ] && wanted direct; then
	plan_run direct 'run, user, one ID' "$work/user" >"$work/plan"
	measure as_user "$work/plan"
fi
if [ -n "$user" ] && wanted range; then
	plan_run range 'run, user, newuidmap' "$work/user" >"$work/plan"
	measure as_user "$work/plan"
fi
if wanted verbs; then
	if is_root; then
		verbs as_root "$work/root" "$work"
	else
		verbs as_user "$work/user/direct" "$work/user"
	fi
fi
print_head
print_table
if [ -n "${PARSE:-}" ] && [ -d "$work/root" ]; then
	print_parse
	print_filter
fi
if is_root && wanted calls && command -v strace >/dev/null; then
	print_calls
fi
