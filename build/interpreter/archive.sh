#!/bin/sh
# Run apt-get or apt-cache over the signed archive of Debian trixie alone: build/interpreter/archive.sh DIRECTORY COMMAND...
# The state of apt is in DIRECTORY/apt; this machine's own apt is neither used nor changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
place=$(cd "$1/apt" && pwd)
shift
if [ ! -e "$place/sources.list" ]; then
    mirror=$("$here/mirror.sh")
    for suite in "$mirror trixie" "$mirror-security trixie-security"; do
        for kind in deb deb-src; do
            echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $suite main"
        done
    done > "$place/sources.list"
fi
exec "$@" -qq -o Dir::Etc::SourceList="$place/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$place/lists" -o Dir::State::Status=/dev/null -o Dir::Cache="$place" \
    -o APT::Sandbox::User="$(id -un)"
