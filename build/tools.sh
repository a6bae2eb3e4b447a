#!/bin/sh
# Install the system packages that the scripts need: build/tools.sh [python|tests|binary|portable|debian|packages|report]
# For the environment: venv of Python. For the tests: the shells whose completion is tested, shellcheck, openssl for
# certificates, perl, which hashes passwords of their registry, and what scripts in the guides run: curl, git and
# less. For the standalone programs: what compiles their C parts. For packages: what installs and what judges them.
# Missing packages are listed first; only root with apt-get installs them.
set -eu
missing=''
need() { # PACKAGE FILE...: the package is installed if one of the files exists
    package=$1
    shift
    for file; do
        if command -v "$file" >/dev/null || [ -r "$file" ]; then return; fi
    done
    missing="$missing $package"
}
case ${1:-tests} in
    python) need python3-venv "$(python3 -c 'import ensurepip; print(ensurepip.__file__)' 2>/dev/null || echo /nonexistent)" ;;
    tests)
        for program in bash zsh fish openssl perl shellcheck curl git less; do need $program $program; done
        need bash-completion /usr/share/bash-completion/bash_completion
        ;;
    binary)
        for program in autoconf automake make patch perl; do need $program $program; done
        need binutils readelf
        need debian-archive-keyring /usr/share/keyrings/debian-archive-keyring.gpg
        need dpkg-dev dpkg-source
        need libltdl-dev /usr/share/aclocal/ltdl.m4
        need libtool libtoolize
        need xz-utils xz
        ;;
    portable)
        need binutils objdump
        need python3-venv "$(python3 -c 'import ensurepip; print(ensurepip.__file__)' 2>/dev/null || echo /nonexistent)"
        # shellcheck disable=SC2016  # Python reads the backquotes
        need "$(python3 -c 'import sys; print(f"libpython3.{sys.version_info.minor}")')" \
            "$(python3 -c 'import ctypes, sysconfig; ctypes.CDLL(sysconfig.get_config_var("INSTSONAME")); print("/")' 2>/dev/null || echo /nonexistent)"
        ;;
    packages) for program in dpkg rpm openssl lintian rpmlint mandoc; do need $program $program; done ;;
    report)
        need chromium chromium
        need chromium-driver chromedriver
        need fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
        ;;
    debian) need debootstrap debootstrap /usr/sbin/debootstrap ;;
esac
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: missing system packages:$missing" >&2
    echo "note: on Debian and Ubuntu, as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "note: installing system packages with apt-get:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # names are separated by blanks
install() { apt-get install -q -y --no-install-recommends $missing; }
{ install || { apt-get update -q && install; }; } >&2
