#!/bin/sh
# Download source packages, and print which, `NAME VERSION` a line: build/interpreter/resolve.sh DIRECTORY LOCK [--locked|--newest]
# They are those that the file LOCK names, and go into DIRECTORY/source. Debian's mirrors drop a version when the release
# has a newer one; then the newest that is there is taken, and a line on stderr says so. --locked refuses that; --newest
# takes the newest of each, for a new lock.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lock=$2 how=${3:-}
mkdir -p "$1/source"
directory=$(cd "$1" && pwd)
archive() { "$here/archive.sh" "$directory" "$@"; }
is_there() { # NAME VERSION: whether it can be downloaded, which it then is
    rm -rf "$directory/tried" && mkdir "$directory/tried"
    (cd "$directory/tried" && archive apt-get --download-only source "$1=$2") > "$directory/source.log" 2>&1 &&
        mv "$directory"/tried/* "$directory/source"
}
newest_of() { # NAME: the newest version that is there
    for version in $(archive apt-cache showsrc "$1" 2>/dev/null | sed -n 's/^Version: //p' | sort -ruV); do
        if is_there "$1" "$version"; then
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
    elif ! is_there "$name" "$version"; then
        newest=$(newest_of "$name")
        gone="Debian no longer has $name $version, which $lock locks"
        if [ "$how" = --locked ]; then
            echo "error: $gone; its newest is $newest" >&2
            exit 1
        fi
        echo "note: $gone; its newest is taken: $newest" >&2
        version=$newest
    fi
    echo "$name $version"
done
