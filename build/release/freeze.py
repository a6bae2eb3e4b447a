"""Write all modules that the programs can import as C: `freeze.py DIRECTORY PATH...`, run by the Python to freeze.

DIRECTORY gets `modules.bin`, the modules' code one behind the other, `modules.S`, which puts it into a program, and
`modules.c`, which says where each begins. The same sources give the same bytes wherever they lie.
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
"""What is named in functions that nobody calls here, or for type checkers only, with all that it would bring along."""

PACKAGES = ("pullsecret", "encodings", "rich._unicode_data", "shellingham")
"""Packages whose modules are all wanted: they are imported by name, and no import statement tells which."""

ASSEMBLY = """\
    .section .rodata
    .global frozen_code
frozen_code:
    .incbin "{path}"
    .section .note.GNU-stack, "", %progbits
"""


class Frozen(NamedTuple):
    """A module's name, its code as Python's loader wants it, and whether it is a package."""

    name: str
    code: bytes
    is_package: bool


def main(directory: Path, path: list[str]) -> int:
    """Find the modules in `path` and in this Python, and write the files; 1 when one of ours would not find another."""
    finder = ModuleFinder([*path, *sys.path], excludes=LEFT_OUT)
    for package in PACKAGES:
        for name in names_in(package, [*path, *sys.path]):
            finder.import_hook(name)
    if missing := missing_for_us(finder):
        sys.stderr.write(f"error: imported, but not to be found: {', '.join(missing)}\n")
        return 1
    modules = [frozen(name, file) for name, file in files_of(finder)]
    directory.joinpath("modules.bin").write_bytes(b"".join(module.code for module in modules))
    directory.joinpath("modules.S").write_text(ASSEMBLY.format(path=directory / "modules.bin"))
    directory.joinpath("modules.c").write_text(table(modules))
    return 0


def names_in(package: str, path: list[str]) -> list[str]:
    """The names of a package's modules, its own and those of its packages."""
    within = package.replace(".", "/")
    root = next(Path(place) for place in path if Path(place, within).is_dir())
    files = sorted(root.joinpath(within).rglob("*.py"))
    return [".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files]


def missing_for_us(finder: ModuleFinder) -> list[str]:
    """What modules of ours import in vain; names within a module that was found are no modules."""
    return [
        name
        for name, importers in finder.badmodules.items()
        if any(importer.startswith("pullsecret") for importer in importers)
        and name.rpartition(".")[0] not in finder.modules
    ]


def files_of(finder: ModuleFinder) -> list[tuple[str, Path]]:
    """The modules found, by name, without those that this Python has inside: in C, or frozen already."""
    files = {name: getattr(module, "__file__", None) for name, module in finder.modules.items()}
    return [
        (name, Path(file))
        for name, file in sorted(files.items())
        if file and name not in sys.builtin_module_names and not FrozenImporter.find_spec(name)
    ]


def frozen(name: str, file: Path) -> Frozen:
    """Compile a module without the name of its directory. Docstrings stay: some are the help."""
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
