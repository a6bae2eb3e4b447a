#!/bin/sh
# Build the standalone programs and all packages, and test them: build/binary-test.sh [--unprivileged] [PYTEST ARGUMENT...]
# The tests of commands, completion and the IBM Cloud CLI plugin run against the programs; tests/binary tests where they
# run, and tests/packages installs and uses each package. --unprivileged leaves out the tests that mount file systems,
# which a container may not.
set -eu
cd "$(dirname "$0")/.."
suite=binary
if [ "${1:-}" = --unprivileged ]; then
    suite=unprivileged
    shift
else
    build/tools.sh debian
fi
build/tools.sh tests
build/tools.sh packages
build/binary.sh
build/packages.sh
python=$(build/environment.sh dev)
export KUBECTL_PULLSECRET="$PWD/dist/kubectl-pullsecret/kubectl-pullsecret" IBMCLOUD_PULLSECRET="$PWD/dist/ibmcloud-pullsecret"
PYTHONPATH=build/devcluster exec "$python" build/run_tests.py $suite "$@"
