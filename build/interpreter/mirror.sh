#!/bin/sh
# Print the address of Debian's mirror: $DEBIAN_MIRROR, or the one that this machine's apt uses.
# shellcheck disable=SC2016  # the dollars are apt's
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | sed -n 's,^Debian \(.*/debian\)/*$,\1,p' | head -n 1)}
[ -n "$mirror" ] || { echo "error: apt knows no mirror of Debian here; name one in DEBIAN_MIRROR" >&2; exit 1; }
echo "$mirror"
