#!/bin/sh
# The program at work in a real Kubernetes cluster of its own: build/demo.sh [--svg FILE]
# Needs Python 3.11 or later, and Go or Python's package index. Nothing is left running.
set -eu
here=$(dirname "$0")
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here/devcluster" exec "$python" "$here/demo.py" "$@"
