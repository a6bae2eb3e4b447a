#!/bin/sh
# Benchmarks against kubectl and the API server's own limit, as a Markdown page:
#   build/bench.sh [startup|NUMBER OF NAMESPACES]... > docs/explanation/performance.md
# Needs Python 3.11 or later, and Go or Python's package index. Nothing is left running.
set -eu
here=$(dirname "$0")
case " ${*:-startup} " in
    *" startup "*) "$here/binary.sh" ;;  # startup is measured of the standalone binaries, too
esac
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here:$here/devcluster" exec "$python" -m bench "$@"
