#!/bin/sh
# Benchmarks against kubectl and the API server's own limit, as a Markdown page:
#   build/bench.sh --write           everything, into docs/explanation/performance.md and the picture next to it; 20 minutes
#   build/bench.sh [PART]...         some of it, to stdout: startup, distance, lean, commands, clusters, or a number of namespaces
# Needs Python 3.11 or later, and Go or Python's package index. Nothing is left running.
set -eu
here=$(dirname "$0")
case "$*" in
    '' | --write | *startup*)  # which is measured of the standalone binaries
        "$here/binary.sh" >&2
        [ ! -x "$here/portable.sh" ] || "$here/portable.sh" >&2
        ;;
esac
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here:$here/devcluster" exec "$python" -m bench "$@"
