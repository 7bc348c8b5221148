#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The project names no host of a package or image registry: what is fetched, and from where, is the
# business of the machine it runs on.
# Usage: hosts.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

names='(deb|snapshot|ftp|security)[.]debian[.]org|archive[.]ubuntu[.]com|registry[.]npmjs[.]org|pypi[.]org'
names+='|files[.]pythonhosted[.]org|crates[.]io|proxy[.]golang[.]org|rubygems[.]org|dl-cdn[.]alpinelinux'
names+='|mirrors[.]fedoraproject|registry-1[.]docker[.]io|quay[.]io|ghcr[.]io|gcr[.]io|mcr[.]microsoft'
! grep -rnIE --exclude-dir=.git --exclude-dir='build*' --exclude-dir=autom4te.cache "$names" .
