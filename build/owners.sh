#!/bin/sh
# Stories of owners: our program writes what Helm, Flux, Kyverno or External Secrets manages, and the real one runs next.
#   build/owners.sh                    all of them, and a table of what each did
#   build/owners.sh -k helm            some, with pytest's arguments
# The programs are built once, into the user's cache. Needs Go or Python's package index, Go's module proxy, and about 12 GB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools.sh"
python=$("$here/environment.sh" dev)
cd "$here/.."
PYTHONPATH="$here:$here/devcluster" exec "$python" -m pytest --quiet --no-header -p no:cacheprovider tests/real_owners "$@"
