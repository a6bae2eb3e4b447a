#!/bin/sh
# What the tests run beside the project's own environment: the shells whose completion is tested, openssl, which makes
# their certificates, and perl, which hashes the passwords of their registry. What is missing is installed where that can
# be done, and named where not.
set -eu
missing=''
for program in bash zsh fish openssl perl; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -r /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: the tests need:$missing; install them with your package manager" >&2
    exit 1
fi
echo "packages: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # names are separated by blanks
{ apt-get install -q -y --no-install-recommends $missing || { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; }; } >&2
