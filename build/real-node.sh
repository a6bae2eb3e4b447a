#!/bin/sh
# Tests on a real node: kubelet, containerd, runc and registries that answer as us.icr.io and cp.icr.io, in Linux
# namespaces of their own, of which nothing is left. Root on Linux, with the packages of Debian or Ubuntu at hand.
#   build/real-node.sh                 the tests of tests/real_node, with a commentary; builds the container image first
#   build/real-node.sh COMMAND...      any command with such a node, `bash` for one (tests/real_node/byhand.py)
set -eu
if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
    echo "error: a real node needs root on Linux: its namespaces, mounts and cgroups" >&2
    exit 1
fi
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools.sh" tests
python=$("$here/environment.sh" dev)
export PYTHONPATH="$here/../tests:$here/devcluster"
if [ $# -gt 0 ]; then
    exec "$python" -m real_node "$python" -m real_node.byhand "$@"
fi
cd "$here/.."
image=$(find dist -maxdepth 1 -name 'kubectl-pullsecret-image_*.tar' 2>/dev/null | head -n 1)
if [ -z "$image" ] ||
    [ -n "$(find plugins build/release build/image build/interpreter build/locks -type f ! -name '*.pyc' -newer "$image")" ]; then
    build/binary.sh
    build/image.sh
fi
exec "$python" -m real_node "$python" -m pytest --quiet --capture=no --no-header -p no:cacheprovider tests/real_node
