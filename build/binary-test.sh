#!/bin/sh
# The programs that need no Python and all packages, made if need be and tested: build/binary-test.sh [PYTEST ARGUMENT...]
# The tests of the commands, of TAB and of the IBM Cloud CLI's plug-in run against them, those in tests/binary, and those
# in tests/packages, which install each package and use it.
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
