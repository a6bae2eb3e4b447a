#!/bin/sh
# Every check of this project, from a fresh clone: build/test.sh [--quick | PYTEST ARGUMENT...]
# --quick leaves out the tests that need a cluster, and all that they need.
# Needs Python 3.11 or later, and Go or Python's package index. KUBECTL_PULLSECRET names another program to test.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "$*" = --quick ] || "$here/tools.sh"
python=$("$here/environment.sh" dev)
PYTHONPATH="$here/devcluster" exec "$python" "$here/checks.py" "$@"
