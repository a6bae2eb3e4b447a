#!/bin/sh
# The shells whose completion is tested: what is missing is installed where that can be done, and named where not.
set -eu
missing=''
for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || missing="$missing $shell"
done
[ -r /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: the tests of TAB need:$missing; install them with your package manager" >&2
    exit 1
fi
echo "shells: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # names are separated by blanks
{ apt-get install -q -y --no-install-recommends $missing || { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; }; } >&2
