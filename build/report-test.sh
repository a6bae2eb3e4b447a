#!/bin/sh
# The page of `report` in Chromium without a window: three widths, with and without its script, light and dark, keyboard,
# sorting, filtering, paper; no message in the console, and no request. Prints sizes and times.
#   build/report-test.sh                                    with pytest's arguments, if any
#   KUBECTL_PULLSECRET_TEST_SCREENSHOTS=docs/images build/report-test.sh    also writes the pictures of the documentation
# Needs Debian's Chromium and its driver, which are installed if this runs as root and apt-get is available.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"$here/tools.sh" report
python=$("$here/environment.sh" dev)
cd "$here/.."
exec "$python" -m pytest --quiet --no-header -p no:cacheprovider -n0 tests/browser "$@"
