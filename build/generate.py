"""Write every generated file, and check the commands that the documents show: `build/generate.py [--check]`.

FILES lists the files that are generated as a whole, `documents.PARTS` the parts of documents that are written by hand.
With --check, nothing is written: the exit status is 1 when a file is not current.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "plugins"))
os.environ["COLUMNS"] = "80"  # help is as wide as the terminal, up to this

from generators import command_help, command_pages, command_table, documents, links, owners, schemas, shown_commands  # noqa: E402
from pullsecret.report.explanations import page  # noqa: E402
from pullsecret.report.shell_scripts import SCRIPT_FILES as SCRIPT_NAMES  # noqa: E402
from pullsecret.report.shell_scripts import SCRIPTS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILES: Mapping[str, Callable[[], str]] = {
    command_table.TABLE: command_table.module,
    command_help.MODULE: command_help.module,
    "docs/reference/check-codes.md": page,
    owners.PAGE: owners.page,
    **command_pages.files(),
    **{f"{schemas.FOLDER}/{item.kind}.json": partial(schemas.text_of, item) for item in schemas.DOCUMENTS},
    **{f"completions/{SCRIPT_NAMES[shell]}": partial("{}\n".format, script) for shell, script in SCRIPTS.items()},
}
"""Each generated file by its path in the checkout, with the function that makes its text."""


def main(arguments: list[str]) -> int:
    """Write what is not current, or say so; then report broken links and commands that the program refuses."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: build/generate.py [--check]\n")
        return 2
    texts = {CHECKOUT / name: make() for name, make in FILES.items()}
    pages = documents.paths(CHECKOUT)
    texts |= {path: documents.with_parts(path.read_text()) for path in pages if path not in texts}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    for path in [] if arguments else stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path])
        sys.stdout.write(f"{path.relative_to(CHECKOUT)} written\n")
    problems = [f"{path.relative_to(CHECKOUT)} is not current: run build/generate.py" for path in stale if arguments]
    problems += documents.missing_parts(texts.values())
    problems += [
        f"{path.relative_to(CHECKOUT)}: {problem}"
        for path in documents.paths(CHECKOUT)
        for problem in (*links.problems(path), *shown_commands.problems(path))
    ]
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
