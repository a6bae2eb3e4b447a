#!/bin/sh
# Every check of this project, from a fresh clone: build/test.sh [PYTEST ARGUMENT...]
# Needs Python 3.11 or later, and Go or Python's package index. KUBECTL_PULLSECRET names another program to test.
set -eu
here=$(dirname "$0")
"$here/tools.sh"
python=$("$here/environment.sh" dev)
exec "$python" "$here/checks.py" "$@"
