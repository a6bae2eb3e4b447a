#!/bin/sh
# Build the programs with PyInstaller, in dist/portable/, and test them: build/portable-test.sh [--unprivileged] [PYTEST ARGUMENT...]
# Which of the tests of what users see run against them, and why not all, is in build/run_tests.py. --unprivileged leaves
# out the tests that mount file systems, which a container may not.
set -eu
cd "$(dirname "$0")/.."
suite=portable
if [ "${1:-}" = --unprivileged ]; then
    suite=portable-unprivileged
    shift
fi
build/tools.sh tests
build/tools.sh portable
build/portable.sh
python=$(build/environment.sh dev)
export KUBECTL_PULLSECRET="$PWD/dist/portable/kubectl-pullsecret/kubectl-pullsecret"
export IBMCLOUD_PULLSECRET="$PWD/dist/portable/ibmcloud-pullsecret"
PYTHONPATH=build/devcluster exec "$python" build/run_tests.py $suite "$@"
