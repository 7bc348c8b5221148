#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Inside the virtual machine, as root: runs the bats files that the file "jobs" lists, a user and
# a path on each line, with the profiles of AppArmor loaded that they use. What is printed goes to run.sh outside.
set -u

cd /srv/rtl || exit
export LC_ALL=C.UTF-8

# as_user NAME COMMAND...: in a service of the user's own manager, whose cgroup is delegated to them
as_user() {
	local uid

	uid=$(id -u "$1")
	shift
	setpriv "--reuid=$uid" "--regid=$uid" --init-groups --inh-caps=-all \
		env -i "PATH=$PATH" "HOME=/home/rtl-test" "XDG_RUNTIME_DIR=/run/user/$uid" \
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$uid/bus" \
		systemd-run --user --quiet --pipe --wait --collect -p Delegate=yes -- "$@"
}

# as_root COMMAND...: in a service of its own too
as_root() {
	systemd-run --quiet --pipe --wait --collect -p Delegate=yes -- "$@"
}

# Everything is about thirty times slower than outside.
run_file() {
	local -a env=(env "PATH=$PATH" LC_ALL=C.UTF-8 TERM=dumb RTL=/srv/rtl/rtl RTL_SUPPORT=/srv/rtl/support
		RTL_TEST_VM=1 RTL_TEST_SLOWNESS=30 BATS_TEST_TIMEOUT=600)
	local -a bats=("${env[@]}" timeout --kill-after=10 1200 bats --tap --print-output-on-failure "$2")

	if [ "$1" = root ]; then
		as_root "${bats[@]}"
	else
		as_user "$1" "${bats[@]}"
	fi
}

# Only root can load them; the tests of both users run under them.
apparmor_parser --replace --skip-cache bats/vm/apparmor.profiles 2>&1 | sed 's/^/# /'

while read -r user file; do
	echo "@begin $file, $user"
	run_file "$user" "$PWD/$file" </dev/null 2>&1
	echo "@end $?"
done <"$PWD/jobs"
echo "# in the machine: up $(cut -d. -f1 /proc/uptime) s, $(uname -r), $(systemctl --version | head -n 1)"
echo "@done"
