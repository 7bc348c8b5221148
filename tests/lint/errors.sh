#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docs/errors.md lists every message that rtl can fail with, so that a changed one shows in review.
# With --fix it is written anew (make errors).
# Usage: errors.sh [--fix] [TREE]
set -euo pipefail

fix=
[ "${1-}" != --fix ] || { fix=1 && shift; }
cd "${1:-$(dirname "$0")/../..}"

# table: one row for each call of error_set, error_errno, error_wrap and error_append
table() {
	find src libocispec -name '*.c' ! -path src/common/error.c | LC_ALL=C sort | xargs perl -0777 -ne '
		my %status = (ERR_EXEC_NOT_FOUND => 127, ERR_EXEC_DENIED => 126);
		while (/\berror_(set|errno|wrap|append)\(\s*&?[\w>.-]+,\s*(?:(ERR_\w+),\s*)?((?:"(?:[^"\\]|\\.)*"\s*|PRI\w+\s*)+)/g) {
			my ($how, $kind, $text) = ($1, $2 // "", $3);
			$text = join "", $text =~ /"((?:[^"\\]|\\.)*)"/g;
			$text =~ s/\\"/"/g;
			$text =~ s/([|<>])/\\$1/g;
			$kind = "from errno" if $how eq "errno";
			$kind = "context" if $how eq "wrap";
			$kind = "added" if $how eq "append";
			my $exit = $how =~ /set|errno/ ? $status{$kind} // 1 : "";
			print "| $ARGV | $kind | $exit | $text |\n";
		}'
}

document() {
	cat <<'END'
# Errors

Every message, by source file, as the calls in the source have it (`make errors` writes this file,
`make lint` compares it). *from errno* is followed by the system's own text, *context* stands before
another message, *added* behind one. The exit status is that of the command line.

| file | kind | exit | text |
|---|---|---|---|
END
	table
}

if [ -n "$fix" ]; then
	document >docs/errors.md.new && mv docs/errors.md.new docs/errors.md
	exit
fi
diff -u docs/errors.md <(document) >&2 || {
	echo "docs/errors.md is not what the source says: run make errors" >&2
	exit 1
}
