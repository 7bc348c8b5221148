#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes a bundle as Docker would: its default capabilities, mounts, masked and read-only paths,
# device rules, a network namespace of its own, and a seccomp filter of the size and shape of
# Docker's (tests/bench/seccomp-allowed.txt and four rules on arguments, three architectures).
# The root file system is the distribution's static busybox; /bin/true and /bin/pause are
# two static programs of our own, so that the container's program costs next to nothing.
#
#   make-bundle.sh [-u USER] [-a PROGRAM] [-S] DIR root|direct|range
#
#   root    for real root
#   direct  a user namespace that maps the user's own ID and nothing else
#   range   a user namespace that maps the user's subordinate IDs too (newuidmap)
#
#   -u USER     the user who will run it (default: the caller); DIR is given to them
#   -a PROGRAM  what the container runs (default /bin/true)
#   -S          without seccomp
#
# floor.c does by hand what this configuration asks for: change both together.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
user=$(id -un)
program=/bin/true
seccomp=yes

usage()
{
	sed -n 's/^# \{0,1\}//; 9,20p' "$0" >&2
	exit 2
}

while getopts u:a:S opt; do
	case $opt in
	u) user=$OPTARG ;;
	a) program=$OPTARG ;;
	S) seccomp=no ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 2 ] || usage
dir=$1
mode=$2
case $mode in
root | direct | range) ;;
*) usage ;;
esac

# The first subordinate range of $user in file $1, as "START COUNT".
subordinate_range()
{
	awk -F: -v name="$user" -v id="$(id -u "$user")" \
		'$1 == name || $1 == id { print $2, $3; found = 1; exit } END { exit !found }' "$1"
}

# The ID mappings of one kind: $1 is the user's own ID, $2 the file of subordinate IDs.
mappings()
{
	printf '[{"containerID": 0, "hostID": %d, "size": 1}' "$1"
	if [ "$mode" = range ]; then
		range=$(subordinate_range "$2") || {
			echo "make-bundle.sh: $user has no range in $2" >&2
			exit 1
		}
		printf ', {"containerID": 1, "hostID": %d, "size": %d}' "${range% *}" "${range#* }"
	fi
	printf ']'
}

architectures()
{
	case $(uname -m) in
	x86_64) echo '"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"' ;;
	aarch64) echo '"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"' ;;
	*)
		echo "make-bundle.sh: no seccomp profile for $(uname -m)" >&2
		exit 1
		;;
	esac
}

seccomp_profile()
{
	cat <<-END
		{
			"defaultAction": "SCMP_ACT_ERRNO",
			"defaultErrnoRet": 1,
			"architectures": [$(architectures)],
			"syscalls": [
				{"names": [
	END
	sed '/^#/d; s/.*/\t\t\t\t\t"&",/; $s/,$//' "$here/seccomp-allowed.txt"
	printf '\t\t\t\t], "action": "SCMP_ACT_ALLOW"},\n'
	for persona in 0 8 131072 131080 4294967295; do
		printf '\t\t\t\t{"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": ['
		printf '{"index": 0, "value": %s, "op": "SCMP_CMP_EQ"}]},\n' "$persona"
	done
	# no vsock; no clone that makes namespaces; clone3 hides its flags from a filter
	cat <<-'END'
				{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
					{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]},
				{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
					{"index": 0, "value": 2114060288, "valueTwo": 0,
					 "op": "SCMP_CMP_MASKED_EQ"}]},
				{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}
			]
		}
	END
}

device_rules()
{
	printf '[{"allow": false, "access": "rwm"}'
	while read -r type major minor access; do
		printf ',\n\t\t\t{"allow": true, "type": "%s", ' "$type"
		[ "$major" = '*' ] || printf '"major": %s, ' "$major"
		[ "$minor" = '*' ] || printf '"minor": %s, ' "$minor"
		printf '"access": "%s"}' "$access"
	done <<-END
		c 1 5 rwm
		c 1 3 rwm
		c 1 9 rwm
		c 1 8 rwm
		c 5 0 rwm
		c 5 1 rwm
		c 5 2 rwm
		c 136 * rwm
		c * * m
		b * * m
	END
	printf ']'
}

capabilities='"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
				"CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
				"CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
				"CAP_AUDIT_WRITE"'

# A group that is not mapped cannot own terminals.
[ "$mode" = direct ] && pts_group='' || pts_group=', "gid=5"'

config()
{
	cat <<-END
	{
		"ociVersion": "1.0.2",
		"process": {
			"terminal": false,
			"user": {"uid": 0, "gid": 0},
			"args": ["$program"],
			"env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
				"HOSTNAME=bench"],
			"cwd": "/",
			"capabilities": {
				"bounding": [$capabilities],
				"effective": [$capabilities],
				"permitted": [$capabilities]
			},
			"rlimits": [
				{"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 4096},
				{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}
			],
			"oomScoreAdj": 0,
			"noNewPrivileges": false
		},
		"root": {"path": "rootfs"},
		"hostname": "bench",
		"mounts": [
			{"destination": "/proc", "type": "proc", "source": "proc",
			 "options": ["nosuid", "noexec", "nodev"]},
			{"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
			 "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
			{"destination": "/dev/pts", "type": "devpts", "source": "devpts",
			 "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666",
				"mode=0620"$pts_group]},
			{"destination": "/sys", "type": "sysfs", "source": "sysfs",
			 "options": ["nosuid", "noexec", "nodev", "ro"]},
			{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
			 "options": ["ro", "nosuid", "noexec", "nodev"]},
			{"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
			 "options": ["nosuid", "noexec", "nodev"]},
			{"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
			 "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"]}
		],
		"linux": {
	END
	if [ "$mode" = root ]; then
		printf '\t\t"resources": {"devices": %s},\n' "$(device_rules)"
	else
		printf '\t\t"uidMappings": %s,\n' "$(mappings "$(id -u "$user")" /etc/subuid)"
		printf '\t\t"gidMappings": %s,\n' "$(mappings "$(id -g "$user")" /etc/subgid)"
	fi
	[ "$seccomp" = no ] || printf '\t\t"seccomp": %s,\n' "$(seccomp_profile)"
	[ "$mode" = root ] && user_namespace='' || user_namespace=', {"type": "user"}'
	cat <<-END
			"namespaces": [{"type": "mount"}, {"type": "network"}, {"type": "uts"},
				{"type": "pid"}, {"type": "ipc"}, {"type": "cgroup"}$user_namespace],
			"maskedPaths": ["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore",
				"/proc/keys", "/proc/latency_stats", "/proc/timer_list",
				"/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
				"/sys/firmware", "/sys/devices/virtual/powercap"],
			"readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
				"/proc/sysrq-trigger"]
		}
	}
	END
}

rootfs()
{
	busybox=${BUSYBOX:-$(command -v busybox)}
	mkdir -p "$1/bin" "$1/dev" "$1/etc" "$1/proc" "$1/root" "$1/sys" "$1/tmp" "$1/var"
	chmod 1777 "$1/tmp"
	cp "$busybox" "$1/bin/busybox"
	for name in $("$busybox" --list); do
		[ -e "$1/bin/$name" ] || ln -s busybox "$1/bin/$name"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$1/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n' >"$1/etc/group"
	rm -f "$1/bin/true" "$1/bin/pause"
	${CC:-cc} -O2 -static -s -o "$1/bin/pause" "$here/pause.c"
	ln "$1/bin/pause" "$1/bin/true"
}

mkdir -p "$dir"
rootfs "$dir/rootfs"
config >"$dir/config.json"
[ "$(id -u)" -ne 0 ] || chown -hR "$(id -u "$user"):$(id -g "$user")" "$dir"
