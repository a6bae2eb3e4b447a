#!/bin/sh
# Build all artifacts of a release, in dist/, from the programs of build/binary.sh, which are built first if missing:
#   build/packages.sh          everything for this architecture
#   build/packages.sh image    only the container image
#   build/packages.sh sums     only what describes all files in dist/: krew's manifest, SHA256SUMS and its signature
# SIGNING_KEY names the file of a private key (EC or RSA, PEM) to sign with; without it nothing is signed. PROJECT_URL is
# where the releases are, as in https://github.com/OWNER/NAME. Needs what build/binary.sh needs, and Go or Python's
# package index.
set -eu
here=$(dirname "$0")
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here:$here/devcluster" exec "$python" -m release "$@"
