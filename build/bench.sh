#!/bin/sh
# How fast it is, against kubectl and against the API server's own limit, as a Markdown page:
#   build/bench.sh [startup|NUMBER OF NAMESPACES]... > docs/benchmarks.md
# Needs Python 3.11 or later, and Go or Python's package index. Nothing is left running.
set -eu
here=$(dirname "$0")
case " ${*:-startup} " in
    *" startup "*) "$here/binary.sh" ;;  # what a start costs is measured of the programs without Python, too
esac
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here:$here/devcluster" exec "$python" -m bench "$@"
