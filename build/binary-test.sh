#!/bin/sh
# Build the standalone programs and all packages, and test them: build/binary-test.sh [PYTEST ARGUMENT...]
# The tests of commands, completion and the IBM Cloud CLI plugin run against the programs; tests/binary tests where they
# run, and tests/packages installs and uses each package.
set -eu
cd "$(dirname "$0")/.."
build/tools.sh tests
build/tools.sh bullseye
build/tools.sh packages
build/binary.sh
build/packages.sh
python=$(build/environment.sh dev)
export KUBECTL_PULLSECRET="$PWD/dist/kubectl-pullsecret/kubectl-pullsecret" IBMCLOUD_PULLSECRET="$PWD/dist/ibmcloud-pullsecret"
PYTHONPATH=build/devcluster exec "$python" build/run_tests.py binary "$@"
