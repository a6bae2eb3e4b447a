"""Write build/frozen/packages.txt: the Python packages that are frozen with the program, with versions and hashes.

They are the newest that pyproject.toml allows. All are pure Python; what is in C, interpreter.sh builds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCK = HERE / "packages.txt"
FROZEN = {
    "annotated-doc",
    "durationpy",
    "idna",
    "kubernetes",
    "PySocks",
    "rich",
    "shellingham",
    "typer",
    "typing_extensions",
    "urllib3",
}
"""The Kubernetes client asks for more, for the parts of it that freeze.py leaves out."""
OPTIONAL = ("idna",)
"""What urllib3 takes when it is there, for names of hosts that are not ASCII."""
HEAD = "# The Python packages that are frozen with the program: written by build/frozen/lock.py, never edited.\n"


def main() -> int:
    """Ask pip what it would install, and write that down."""
    project = tomllib.loads((HERE.parent.parent / "pyproject.toml").read_text())["project"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report=-"]
    command += ["--only-binary=:all:", "--python-version=3.13", "--target=nowhere", *project["dependencies"], *OPTIONAL]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    entries = [entry(one) for one in report["install"] if one["metadata"]["name"] in FROZEN]
    LOCK.write_text(HEAD + "".join(sorted(entries)))
    return 0


def entry(one: dict[str, Any]) -> str:
    """A package of pip's report as a line of a requirements file."""
    *_, digest = one["download_info"]["archive_info"]["hash"].partition("=")
    return f"{one['metadata']['name']}=={one['metadata']['version']} \\\n    --hash=sha256:{digest}\n"


if __name__ == "__main__":
    sys.exit(main())
