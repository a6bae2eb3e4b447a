"""Run the benchmarks: `python -m bench [--write] [PART...]`; the default is all parts.

The page with the results goes to stdout, what is being done to stderr. With --write, the page and its picture are
written into the documentation, after each part, so that an interruption loses only one.
"""

from __future__ import annotations

import compileall
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.distances import distance_picture
from bench.document import Results, Setting, document
from bench.parts import PARTS, Bench, is_part
from bench.progress import say
from bench.texts import PICTURE
from bench.timing import RunFailedError
from bench.upstream import upstream_kubectl
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = CHECKOUT / "docs" / "explanation" / "performance.md"
WRITE = "--write"
USAGE = f"usage: bench.sh [{WRITE}] [PART...]; a part is {', '.join(PARTS)} or another number of namespaces"


def main(words: Sequence[str]) -> int:
    """Measure and print the page; the exit status is 1 if a part could not be measured, whatever the results are."""
    parts = [word for word in words if word != WRITE] or PARTS
    if not all(map(is_part, parts)):
        say(USAGE)
        return 2
    load = os.getloadavg()[0]
    compileall.compile_dir(CHECKOUT / "plugins", quiet=1)  # as after an installation
    kubectl = upstream_kubectl()
    setting = Setting(commit=commit(), kubernetes=version_of(kubectl), load=load)
    with TemporaryDirectory(prefix="bench-") as home:
        return measure_all(Bench(kubectl=kubectl, home=Path(home)), parts, setting, writing=WRITE in words)


def measure_all(bench: Bench, parts: Sequence[str], setting: Setting, *, writing: bool) -> int:
    """Measure the parts and return the exit status; one that fails leaves the results of the others."""
    results, failed = Results(), 0
    for part in bench.parts(parts):
        started = time.monotonic()
        try:
            results = part(results)
        except (RunFailedError, TimeoutError) as error:
            say(f"failed: {error}")
            failed = 1
        say(f"after {time.monotonic() - started:.0f} s")
        if writing:
            write(results, setting)
    if not writing:
        sys.stdout.write(f"{document(results, setting)}\n")
    return failed


def write(results: Results, setting: Setting) -> None:
    """Write the page, and its picture if there is a new one."""
    PAGE.write_text(f"{document(results, setting)}\n", "utf-8")
    if results.distances:
        PAGE.with_name(PICTURE).write_text(distance_picture(results.distances), "utf-8")


def commit() -> str:
    """Name the commit that is measured, with -dirty if files were changed since."""
    command = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def version_of(kubectl: Path) -> str:
    """Return the version of kubectl, which is that of the server."""
    command = [str(kubectl), "version", "--client", "--output=json"]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    version: str = json.loads(said)["clientVersion"]["gitVersion"]
    return version


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end
    sys.exit(main(sys.argv[1:]))
