#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian (or Fedora, Alpine) to a running container, in one command. Installs what is
# missing to build (as root or through sudo; nothing else needs it), builds in build/, makes a bundle
# from the distribution's static busybox, and runs it as an ordinary user. Safe to run again.
set -uo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=contrib/packages.sh
. "$source/contrib/packages.sh"

build=$source/build
log=

say() {
	printf '%s\n' "$*"
}

# step TEXT COMMAND...: one line when it works; on failure the command, its last words, and what next
step() {
	local text=$1

	shift
	printf '%-52s ' "$text"
	if "$@" >"$log" 2>&1; then
		say "done"
		return
	fi
	say "failed"
	say ""
	tail -n 15 "$log" | sed 's/^/  /'
	say ""
	say "Failed: $*"
	say "The whole output is in $log."
	say "When that is mended, run contrib/quickstart.sh again: it goes on where it stopped."
	exit 1
}

# Who runs the container: you; when that is root, who called sudo; else a user made for it.
choose_user() {
	if [ "$(id -u)" != 0 ]; then
		user=$(id -un)
	elif [ -n "${SUDO_USER-}" ] && [ "$SUDO_USER" != root ]; then
		user=$SUDO_USER
	else
		user="rtl-test"
	fi
}

# run_as NAME COMMAND...: as root, with that user's rights only
run_as() {
	local name=$1 home

	shift
	if [ "$(id -un)" = "$name" ]; then
		"$@"
		return
	fi
	home=$(getent passwd "$name" | cut -d: -f6)
	setpriv "--reuid=$(id -u "$name")" "--regid=$(id -g "$name")" --init-groups --inh-caps=-all \
		env -i "PATH=$PATH" "HOME=$home" "TERM=${TERM-dumb}" "$@"
}

# Nothing that root need not own is built by root.
build_as() {
	local owner

	owner=$(stat -c %U "$source")
	if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && id "$owner" >/dev/null 2>&1; then
		run_as "$owner" "$@"
	else
		"$@"
	fi
}

configure() {
	build_as mkdir -p "$build" && cd "$build" && build_as "$source/configure" --quiet
}

# A bundle is a directory with a root file system and a config.json. Run by the user: make_bundle
# RTL BUNDLE, with the binary on standard input.
make_bundle() {
	local rtl=$1 bundle=$2.new busybox applet

	mkdir -p "$(dirname "$rtl")" && cat >"$rtl.new" && chmod 755 "$rtl.new" && mv "$rtl.new" "$rtl" || return
	[ ! -d "$2" ] || return 0 # it may have been edited
	busybox=$(command -v busybox.static || command -v busybox) || return
	rm -rf "$bundle"
	mkdir -p "$bundle/rootfs"/{bin,dev,etc,proc,root,sys,tmp} || return
	cp "$busybox" "$bundle/rootfs/bin/busybox" || return
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$bundle/rootfs/bin/$applet" || return
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$bundle/rootfs/etc/passwd"
	echo 'root:x:0:' >"$bundle/rootfs/etc/group"
	cd "$bundle" && "$rtl" spec --rootless || return
	# the program and no terminal, as an editor would change it
	sed -e 's/"terminal": *true/"terminal": false/' \
		-e 's/^\([[:space:]]*\)"sh"$/\1"sh", "-c", "echo Hello from a container; id; echo; ps"/' \
		config.json >config.json.new && mv config.json.new config.json && mv -T "$bundle" "$2"
}

make_bundle_as_user() {
	run_as "$user" bash -c "$(declare -f make_bundle); make_bundle \"\$@\"" make_bundle "$rtl" "$bundle" \
		<"$build/rtl"
}

exec </dev/null
log=$(mktemp "${TMPDIR:-/tmp}/rtl-quickstart.XXXXXX") || exit 1
if package_tool >/dev/null; then
	mapfile -t missing < <(package_missing build)
	if [ ${#missing[@]} -gt 0 ]; then
		if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
			say "These packages are missing, and there is no sudo to install them:"
			say "  ${missing[*]}"
			say "As root: $(package_command "${missing[@]}")"
			exit 1
		fi
		step "Install ${#missing[@]} packages to build with" package_install "${missing[@]}"
	fi
fi
[ -x "$source/configure" ] || step "Prepare the build (autogen.sh)" build_as "$source/autogen.sh"
[ -f "$build/Makefile" ] || step "Configure in build/" configure
step "Build rtl" build_as make -C "$build" -j"$(nproc)"

choose_user
if [ "$(id -u)" = 0 ] && [ "$user" = rtl-test ] && ! id rtl-test >/dev/null 2>&1; then
	step "Make the ordinary user rtl-test (you are root)" ensure_test_user rtl-test
fi
# A checkout can be where that user may not go: binary and bundle get a place in the user's home.
home=$(getent passwd "$user" | cut -d: -f6)
place=${home:?}/rtl-quickstart
bundle=$place/bundle
rtl=$place/rtl
step "Make a bundle from the static busybox" make_bundle_as_user

say ""
say "As $user:  $rtl run $bundle"
say ""
if ! (cd / && run_as "$user" "$rtl" run "$bundle"); then
	say ""
	say "Failed: $rtl run $bundle (as $user)"
	say "Its message is above; more comes with: $rtl --debug run $bundle"
	exit 1
fi
rm -f "$log"
[ "$user" = "$(id -un)" ] && shell="cd $place" || shell="su - $user, then cd $place"
cat <<END

That was a container, started by $user without any right of root. To try next ($shell):
  edit bundle/config.json      "args" is the program; for a shell, ["sh"] and "terminal": true
  ./rtl run bundle/            runs it; its exit status is the program's
  with ["sleep", "1000"] as "args":
  ./rtl run --detach --bundle bundle web; ./rtl list; ./rtl exec web ps; ./rtl delete --force web
And here:
  make -C build install        as root: puts rtl into /usr/local/bin
  contrib/check.sh             runs all tests
END
