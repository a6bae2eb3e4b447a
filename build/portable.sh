#!/bin/sh
# Build programs that need no Python with PyInstaller, in dist/portable/: build/portable.sh
# For macOS and Windows, and for a Linux for which build/binary.sh has no programs. They run on the system on which they
# are built, with the C library that it has, or a newer one.
# Needs Python 3.11 or later with a shared library, and Python's package index. PYTHON names another than the one on PATH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for python in "${PYTHON:-python3}" python python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        cd "$here" && exec "$python" -m release.portable "$@"
    fi
    [ -z "${PYTHON:-}" ] || break
done
echo "error: no Python 3.11 or later with the modules venv and ensurepip" >&2
exit 1
