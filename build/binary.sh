#!/bin/sh
# The programs for machines without Python, into dist/: build/binary.sh [--locked]
# --locked refuses to compile the interpreter from other versions than build/interpreter/sources.txt has.
# Needs Python 3.11 or later, Python's package index and a mirror of Debian; the first time it takes about 5 minutes.
set -eu
here=$(dirname "$0")
"$here/tools.sh" binary
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here" exec "$python" -m release.programs "$@"
