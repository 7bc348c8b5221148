#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes ./configure. Needed in a checkout, not in a release tarball.
set -eu
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --force --install
