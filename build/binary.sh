#!/bin/sh
# Build the standalone programs, in dist/: build/binary.sh [--locked]
# --locked fails if Debian no longer has a version of build/interpreter/sources.txt; else its newest is compiled.
# Needs Python 3.11 or later, Python's package index and a mirror of Debian; the first time it takes about 5 minutes.
set -eu
here=$(dirname "$0")
"$here/tools.sh" binary
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here" exec "$python" -m release.programs "$@"
