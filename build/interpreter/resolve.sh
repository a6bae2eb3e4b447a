#!/bin/sh
# Download source packages, and print which, `NAME VERSION` a line: build/interpreter/resolve.sh DIRECTORY LOCK [--locked|--newest]
# The versions are those in the file LOCK; the files go to DIRECTORY/source. Debian's mirrors drop a version when the
# release has a newer one. Then the newest available one is used, with a note on stderr; --locked makes that an error, and
# --newest uses the newest one of each, for a new lock.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lock=$2 how=${3:-}
mkdir -p "$1/source"
directory=$(cd "$1" && pwd)
archive() { "$here/archive.sh" "$directory" "$@"; }
download() { # NAME VERSION
    rm -rf "$directory/tried" && mkdir "$directory/tried"
    (cd "$directory/tried" && archive apt-get --download-only source "$1=$2") > "$directory/source.log" 2>&1 &&
        mv "$directory"/tried/* "$directory/source"
}
newest_of() { # NAME: download the newest available version, and print it
    for version in $(archive apt-cache showsrc "$1" 2>/dev/null | sed -n 's/^Version: //p' | sort -ruV); do
        if download "$1" "$version"; then
            echo "$version"
            return
        fi
    done
    echo "error: Debian has no source of $1" >&2
    return 1
}
archive apt-get update
sed '/^#/d; /^$/d' "$lock" | while read -r name version; do
    if [ "$how" = --newest ]; then
        version=$(newest_of "$name")
    elif ! download "$name" "$version"; then
        newest=$(newest_of "$name")
        gone="Debian no longer has $name $version, which $lock locks"
        if [ "$how" = --locked ]; then
            echo "error: $gone; the newest is $newest" >&2
            exit 1
        fi
        echo "note: $gone; using the newest instead: $newest" >&2
        version=$newest
    fi
    echo "$name $version"
done
