#!/bin/sh
# What a release offers, into dist/, from the programs of build/binary.sh, which are made first when they are not there:
#   build/packages.sh          everything for this machine's kind of processor
#   build/packages.sh sums     only what is about all files in dist/: krew's manifest, SHA256SUMS and its signature
# SIGNING_KEY names the file of a private key (EC or RSA, PEM) to sign with; without it nothing is signed. PROJECT_URL is
# where the releases are, as in https://github.com/OWNER/NAME. Needs what build/binary.sh needs, and Go or Python's
# package index.
set -eu
here=$(dirname "$0")
python=$("$here/environment.sh" runtime)
PYTHONPATH="$here:$here/devcluster" exec "$python" -m release "$@"
