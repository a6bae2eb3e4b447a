#!/bin/sh
# Demonstrate the program in a local Kubernetes cluster: build/demo.sh [--svg FILE]
# Needs Python 3.11 or later, and Go or Python's package index. Nothing is left running.
set -eu
here=$(dirname "$0")
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here/devcluster" exec "$python" "$here/demo.py" "$@"
