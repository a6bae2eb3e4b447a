#!/bin/sh
# Print the path of Python in the checkout's virtual environment, which is created first if it is missing or outdated.
#   build/environment.sh runtime|dev
# KUBECTL_PULLSECRET_NEWEST=1 takes the newest versions that pyproject.toml allows, not those in build/locks.
here=$(dirname "$0")
run_with() { # PYTHON...: run the first one that is new enough, and return only without one
    for python; do
        # Debian leaves ensurepip, which venv needs, to a package of its own.
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            exec "$python" "$here/environment.py" "$kind"
        fi
    done
}
kind=$1
run_with "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11
"$here/tools.sh" python
run_with python3
echo "error: no Python 3.11 or later with the modules venv and ensurepip" >&2
exit 1
