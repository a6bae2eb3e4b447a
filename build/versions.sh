#!/bin/sh
# The tests of commands and of the kubelet's rules, with the servers of other versions of Kubernetes, one after another:
#   build/versions.sh [VERSION...]     of those in build/devcluster/control_plane/versions; all of them by default
# The servers of each version are built once, into the user's cache, which takes about 8 minutes with 2 cores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools.sh" tests
python=$("$here/environment.sh" dev)
cd "$here/.."
if [ $# = 0 ]; then
    for file in build/devcluster/control_plane/versions/*.mod; do
        set -- "$@" "$(basename "$file" .mod)"
    done
fi
for version; do
    echo "Kubernetes $version"
    export KUBECTL_PULLSECRET_TEST_KUBERNETES="$version" PYTHONPATH=build/devcluster
    "$python" -m pytest --quiet --collect-only -m needs_kubernetes tests/kubelet tests/commands || [ $? = 5 ] # none
    "$python" build/run_tests.py versions
done
