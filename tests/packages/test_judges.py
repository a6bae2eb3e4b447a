"""Judges of packages that nobody here wrote: no error, and no warning but those whose reason is written down."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packages.offered import SYSTEM, the
from program import CHECKOUT, Program

if TYPE_CHECKING:
    from pathlib import Path

CPIO = """\
#!/bin/sh
PATH=/usr/bin:/bin exec cpio --no-absolute-filenames "$@"
"""
"""rpmlint unpacks with cpio, and nfpm's packages have absolute names: they must not be unpacked onto this machine."""

DEP_5 = """\
import sys
from debian.copyright import Copyright
for files in Copyright(sys.stdin, strict=True).all_files_paragraphs():
    assert files.copyright and files.license.synopsis and files.license.text, files.files
"""


def test_lintian_says_nothing_of_the_debian_package(tmp_path: Path) -> None:
    said = Program(["lintian", "--no-user-dirs", "--fail-on", "error,warning"], tmp_path)(the("*.deb"))

    assert said.stdout == ""


def test_rpmlint_says_nothing_of_the_red_hat_package(tmp_path: Path) -> None:
    tmp_path.joinpath("cpio").write_text(CPIO)
    tmp_path.joinpath("cpio").chmod(0o755)
    config = CHECKOUT / "build" / "release" / "rpmlint.toml"
    env = {"PATH": f"{tmp_path}{os.pathsep}{SYSTEM}"}

    said = Program(["rpmlint", "--strict", "--config", str(config)], tmp_path)(the("*.rpm"), env=env)

    assert " 0 errors, 0 warnings" in said.stdout


def test_copyright_of_debian_is_read_by_machines(judges: Path, tmp_path: Path) -> None:
    packed = subprocess.run(["dpkg-deb", "--fsys-tarfile", the("*.deb")], capture_output=True, check=True).stdout
    name = "./usr/share/doc/kubectl-pullsecret/copyright"
    text = subprocess.run(["tar", "xO", name], input=packed, capture_output=True, check=True).stdout.decode()

    Program([sys.executable, "-c", DEP_5], tmp_path)(input=text, env={"PYTHONPATH": str(judges), "PYTHONUTF8": "1"})


@pytest.mark.parametrize(
    "command",
    [
        "twine check --strict *.whl",
        "twine check --strict kubectl_pullsecret-*.tar.gz",
        "check_wheel_contents *.whl",
        "pyroma --min=10 kubectl_pullsecret-*.tar.gz",
    ],
)
def test_judges_of_python_packages_are_content(judges: Path, tmp_path: Path, command: str) -> None:
    *words, pattern = command.split()

    Program([sys.executable, "-m", *words], tmp_path)(the(pattern), env={"PYTHONPATH": str(judges)})
