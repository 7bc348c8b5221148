#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The project names no host of a package or image registry: what is fetched, and from where, is the
# business of the machine it runs on.
# Usage: hosts.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# By the kind of name that such hosts have, so that none is named here either. docker.io is part of
# image references and is no host.
hosts='(deb|snapshot|security|ftp|mirrors?|archive|registry(-[0-9]+)?|repo|dl-cdn|files|proxy|static)'
hosts+='[.][a-z0-9-]+[.](org|com|net|io)'
! grep -rnIE --exclude-dir=.git --exclude-dir='build*' --exclude-dir=autom4te.cache "(^|[^a-z0-9.-])$hosts" .
