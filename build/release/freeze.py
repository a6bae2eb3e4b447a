"""Write all modules that the programs can import as C: `freeze.py DIRECTORY PATH...`, run by the Python to freeze.

DIRECTORY gets `modules.bin`, the code of all modules in a row, `modules.S`, which puts it into a program, and
`modules.c`, which has the offset of each. The same sources give the same bytes in every directory.
"""

from __future__ import annotations

import marshal
import sys
from importlib.machinery import FrozenImporter
from modulefinder import ModuleFinder
from pathlib import Path
from typing import NamedTuple

LEFT_OUT = (
    "_pyrepl",
    "asyncio",
    "attr",
    "doctest",
    "kubernetes.client.api",
    "kubernetes.client.api_client",
    "kubernetes.client.models",
    "kubernetes.config",
    "kubernetes.dynamic",
    "kubernetes.informer",
    "kubernetes.leaderelection",
    "kubernetes.stream",
    "kubernetes.watch",
    "pdb",
    "pydantic",
    "pydoc",
    "rich.__main__",
    "rich.markdown",
    "rich.syntax",
    "rich.traceback",
    "typer.rich_utils",
    "unittest",
    "urllib3.contrib.emscripten",
    "urllib3.contrib.pyopenssl",
    "xmlrpc",
)
"""Modules that are imported only by functions that are never called, or for type checkers."""

LEFT_OUT_ON_LINUX = ("truststore",)
"""The same, for what only macOS and Windows have."""

PACKAGES = ("pullsecret", "encodings", "rich._unicode_data", "shellingham")
"""Packages whose modules are all needed: they are imported by name, and no import statement lists them."""

ASSEMBLY = """\
    .section .rodata
    .global frozen_code
frozen_code:
    .incbin "{path}"
    .section .note.GNU-stack, "", %progbits
"""


class Frozen(NamedTuple):
    """A module: its name, its code in the format of Python's loader, and whether it is a package."""

    name: str
    code: bytes
    is_package: bool


def main(directory: Path, path: list[str]) -> int:
    """Find the modules in `path` and in this Python, and write the files; return 1 if one of ours lacks another."""
    finder = ModuleFinder([*path, *sys.path], excludes=(*LEFT_OUT, *LEFT_OUT_ON_LINUX))
    for package in PACKAGES:
        for name in names_in(package, [*path, *sys.path]):
            finder.import_hook(name)
    if missing := missing_for_us(finder):
        sys.stderr.write(f"error: imported, but not found: {', '.join(missing)}\n")
        return 1
    modules = [frozen(name, file) for name, file in files_of(finder)]
    directory.joinpath("modules.bin").write_bytes(b"".join(module.code for module in modules))
    directory.joinpath("modules.S").write_text(ASSEMBLY.format(path=directory / "modules.bin"))
    directory.joinpath("modules.c").write_text(table(modules))
    return 0


def names_in(package: str, path: list[str]) -> list[str]:
    """Return the names of all modules of a package."""
    within = package.replace(".", "/")
    root = next(Path(place) for place in path if Path(place, within).is_dir())
    files = sorted(root.joinpath(within).rglob("*.py"))
    return [".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files]


def missing_for_us(finder: ModuleFinder) -> list[str]:
    """Return what our modules import and is missing; not what is left out, nor names inside a module that was found."""
    return [
        name
        for name, importers in finder.badmodules.items()
        if any(importer.startswith("pullsecret") for importer in importers)
        and name not in (*LEFT_OUT, *LEFT_OUT_ON_LINUX)
        and name.rpartition(".")[0] not in finder.modules
    ]


def files_of(finder: ModuleFinder) -> list[tuple[str, Path]]:
    """Return the modules found, by name, except for those built into this Python, in C or frozen."""
    files = {name: getattr(module, "__file__", None) for name, module in finder.modules.items()}
    return [
        (name, Path(file))
        for name, file in sorted(files.items())
        if file and name not in sys.builtin_module_names and not FrozenImporter.find_spec(name)
    ]


def frozen(name: str, file: Path) -> Frozen:
    """Compile a module without the path of its directory. Docstrings stay, since they are the help."""
    is_package = file.name == "__init__.py"
    shown = name.replace(".", "/") + ("/__init__.py" if is_package else ".py")
    return Frozen(name, marshal.dumps(compile(file.read_bytes(), shown, "exec", dont_inherit=True)), is_package)


def table(modules: list[Frozen]) -> str:
    """The array that Python's importer looks into (Include/cpython/import.h)."""
    lines, at = [], 0
    for module in modules:
        lines.append(f'    {{"{module.name}", frozen_code + {at}, {len(module.code)}, {int(module.is_package)}}},\n')
        at += len(module.code)
    head = "#include <Python.h>\nextern const unsigned char frozen_code[];\nconst struct _frozen modules[] = {\n"
    return f"{head}{''.join(lines)}    {{0}},\n}};\n"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
