"""Compile what programs compile when they start: `precompile.py DIRECTORY PATH...`, run by the Python to freeze.

Python compiles regular expressions and the methods of data classes again in each process: a third of a short run. All
of our modules are imported here, and what that compiles is written to DIRECTORY as modules, with copies of `re` and
`dataclasses` that look there first. What is not there is compiled as ever.
"""

from __future__ import annotations

import _md5  # type: ignore[import-not-found]  # hashlib loads OpenSSL
import dataclasses
import importlib
import marshal
import re
import shutil
import sys
from array import array
from pathlib import Path
from re import _compiler  # type: ignore[attr-defined]
from typing import Any

LOOK_UP_PATTERN = """

_compile_new = compile


def compile(p, flags=0):
    from _precompiled_patterns import PATTERNS

    try:
        all_flags, code, groups, names = PATTERNS[p, flags]
    except (KeyError, TypeError):
        return _compile_new(p, flags)
    indexgroup = [None] * (groups + 1)
    for name, index in names:
        indexgroup[index] = name
    return _sre.compile(p, all_flags, memoryview(code).cast("I").tolist(), groups, dict(names), tuple(indexgroup))
"""
"""What is appended to re/_compiler.py."""

EXECUTE = "exec(txt, self.globals, ns)"
EXECUTE_KNOWN = "exec(_known(txt), self.globals, ns)"
LOOK_UP_METHODS = '''

def _known(text):
    """The code of a class's methods, compiled before; else their text."""
    import _md5, marshal
    from _precompiled_methods import METHODS

    code = METHODS.get(_md5.md5(text.encode(), usedforsecurity=False).digest())
    return text if code is None else marshal.loads(code)
'''
"""What is appended to dataclasses.py, whose methods are known by the hash of their text."""

HEAD = '"""What programs would compile when they start: written by build/release/precompile.py."""\n\n'


class Recorder:
    """Stands for a module's namespace or function, and keeps what is compiled through it."""

    def __init__(self) -> None:
        self.patterns: dict[tuple[str | bytes, int], tuple[int, bytes, int, tuple[tuple[str, int], ...]]] = {}
        self.methods: dict[bytes, bytes] = {}

    def watch_patterns(self) -> None:
        """Record each regular expression that is compiled from now on."""
        compile_new = _compiler.compile
        native = _compiler._sre  # noqa: SLF001  where it compiles
        made: list[tuple[Any, ...]] = []

        class Native:
            """The module _sre, whose compile() is recorded."""

            def __getattr__(self, name: str) -> object:
                return getattr(native, name)

            @staticmethod
            def compile(*arguments: Any) -> object:  # noqa: ANN401  as they come
                made.append(arguments)
                return native.compile(*arguments)

        def compile_and_record(pattern: str | bytes, flags: int = 0) -> object:
            result = compile_new(pattern, flags)
            _, all_flags, code, groups, names, _ = made.pop()
            code_bytes = array("I", code).tobytes()
            self.patterns[pattern, int(flags)] = (int(all_flags), code_bytes, groups, tuple(names.items()))
            return result

        _compiler._sre = Native()  # noqa: SLF001
        _compiler.compile = compile_and_record

    def watch_methods(self) -> None:
        """Record the methods of each data class that is made from now on."""

        def execute(text: str, *scope: Any) -> None:  # noqa: ANN401  as they come
            code = compile(text, "<string>", "exec", dont_inherit=True)
            self.methods[_md5.md5(text.encode(), usedforsecurity=False).digest()] = marshal.dumps(code)
            exec(code, *scope)  # noqa: S102  as dataclasses does

        vars(dataclasses)["exec"] = execute

    def write_modules(self, directory: Path) -> None:
        """Write one module for the patterns, and one for the methods."""
        for name, table in (("patterns", self.patterns), ("methods", self.methods)):
            rows = "".join(f"    {key!r}: {value!r},\n" for key, value in sorted(table.items(), key=repr))
            text = f"{HEAD}{name.upper()} = {{\n{rows}}}\n"
            directory.joinpath(f"_precompiled_{name}.py").write_text(text, encoding="utf-8")


def main(directory: Path, path: list[str]) -> int:
    """Import all of our modules from `path`, and write what that compiles; return 1 if this Python is another one."""
    original = Path(dataclasses.__file__).read_text(encoding="utf-8")
    if original.count(EXECUTE) != 1:
        sys.stderr.write("error: dataclasses.py does not execute its methods where it did in Python 3.13\n")
        return 1
    recorder = Recorder()
    recorder.watch_patterns()
    recorder.watch_methods()
    sys.path[:0] = path
    re.purge()
    for name in our_modules(Path(path[0])):
        importlib.import_module(name)
    shutil.copytree(Path(re.__file__).parent, directory / "re", ignore=shutil.ignore_patterns("__pycache__"))
    with directory.joinpath("re", "_compiler.py").open("a", encoding="utf-8") as file:
        file.write(LOOK_UP_PATTERN)
    methods = original.replace(EXECUTE, EXECUTE_KNOWN) + LOOK_UP_METHODS
    directory.joinpath("dataclasses.py").write_text(methods, encoding="utf-8")
    recorder.write_modules(directory)
    return 0


def our_modules(root: Path) -> list[str]:
    """The names of our modules, each after its package."""
    files = sorted(root.joinpath("pullsecret").rglob("*.py"))
    return [".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
