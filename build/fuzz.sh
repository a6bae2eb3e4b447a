#!/bin/sh
# Fuzzers with new seeds, for so many minutes altogether: build/fuzz.sh MINUTES [NAME...]
# Prints executions, seeds and faults, and for each fault the line that repeats it; the exit status is 1 if there is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools.sh"
python=$("$here/environment.sh" dev)
cd "$here/.."
PYTHONPATH="plugins:build:build/devcluster:tests" exec "$python" -m fuzz "$@"
