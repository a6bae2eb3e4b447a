#!/bin/sh
# Download packages, and print which, `NAME VERSION` a line:
#   build/interpreter/resolve.sh DIRECTORY LOCK [--binary] [--locked|--newest]
# They are source packages, in DIRECTORY/source, or with --binary those of this architecture, in DIRECTORY/binary. The
# versions are those in the file LOCK. Debian's mirrors drop a version when the release has a newer one. Then the newest
# available one is used, with a note on stderr; --locked makes that an error, and --newest uses the newest one of each, for
# a new lock.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lock=$2 kind=source how=''
for option; do
    case $option in
        --binary) kind=binary ;;
        --*) how=$option ;;
    esac
done
mkdir -p "$1/$kind"
directory=$(cd "$1" && pwd)
archive() { "$here/archive.sh" "$directory" "$@"; }
get() { # NAME=VERSION
    case $kind in
        source) archive apt-get --download-only source "$1" ;;
        binary) archive apt-get download "$1" ;;
    esac
}
show() { # NAME
    case $kind in
        source) archive apt-cache showsrc "$1" ;;
        binary) archive apt-cache show "$1" ;;
    esac
}
download() { # NAME VERSION
    rm -rf "$directory/tried" && mkdir "$directory/tried"
    (cd "$directory/tried" && get "$1=$2") > "$directory/$kind.log" 2>&1 && mv "$directory"/tried/* "$directory/$kind"
}
newest_of() { # NAME: download the newest available version, and print it
    for version in $(show "$1" 2>/dev/null | sed -n 's/^Version: //p' | sort -ruV); do
        if download "$1" "$version"; then
            echo "$version"
            return
        fi
    done
    echo "error: Debian has no $kind of $1" >&2
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
