#!/bin/sh
# Build the container image, in dist/, from the programs of build/binary.sh, which are built first if missing: build/image.sh
# It is an archive in the OCI image layout. No container engine is needed; Debian's packages and the program are enough.
set -eu
here=$(dirname "$0")
"$here/tools.sh" binary
exec "$here/packages.sh" image
