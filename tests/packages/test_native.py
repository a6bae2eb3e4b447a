"""The package managers of Debian and Red Hat install their packages, into a directory as the root."""

from __future__ import annotations

import platform
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.programs import COMPLETION, KUBECTL_PLUGIN, folder
from completion.shells import BASH_COMPLETION
from conftest import home_in
from packages.offered import SYSTEM, architecture, assert_used, root_there, the
from program import CHECKOUT, Program
from pullsecret import __version__
from release import native

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api

COMPLETIONS = {
    "usr/share/bash-completion/completions/kubectl-pullsecret": "kubectl-pullsecret.bash",
    "usr/share/fish/vendor_completions.d/kubectl-pullsecret.fish": "kubectl-pullsecret.fish",
}
PROGRAMS = ("usr/bin/kubectl-pullsecret", "usr/bin/kubectl_complete-pullsecret")
DOC = "usr/share/doc/kubectl-pullsecret"
BILL = f"{DOC}/kubectl-pullsecret.cdx.json"


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    """A root directory in which dpkg has installed the package, and nothing that it depends on."""
    root = tmp_path / "root"
    database = root / "var" / "lib" / "dpkg"
    for directory in ("info", "updates", "triggers"):
        database.joinpath(directory).mkdir(parents=True)
    database.joinpath("status").touch()
    force = "--force-not-root,depends,script-chrootless"
    run("dpkg", f"--root={root}", "--log=/dev/null", force, "--install", the("*.deb"))
    return root


@pytest.fixture
def red_hat(tmp_path: Path) -> Path:
    """A root directory in which rpm has installed the package, and nothing that it requires."""
    root = tmp_path / "root"
    root.mkdir()
    run("rpm", "--root", root, "--dbpath", "/var/lib/rpm", "--install", "--nodeps", the("*.rpm"))
    return root


def run(*command: str | Path) -> str:
    return subprocess.run([*root_there(), *command], capture_output=True, text=True, check=True).stdout


def files_in(root: Path, *, but: str) -> set[str]:
    """All files below a directory, but for the package manager's own."""
    files = (path.relative_to(root) for path in root.rglob("*") if not path.is_dir())
    return {str(file) for file in files if not str(file).startswith(but)}


def test_package_of_debian(debian: Path, kubectl: Program, api: Api, namespace: str) -> None:
    zsh = "usr/share/zsh/vendor-completions/_kubectl-pullsecret"
    texts = {f"{DOC}/copyright", f"{DOC}/changelog.Debian.gz", "usr/share/lintian/overrides/kubectl-pullsecret", BILL}

    assert files_in(debian, but="var/lib/dpkg/") == {*PROGRAMS, *COMPLETIONS, *manual(), zsh, *texts}
    assert_completions(debian, {**COMPLETIONS, zsh: "_kubectl-pullsecret"})
    assert_used(kubectl, api, namespace, debian / "usr" / "bin")


def test_package_of_red_hat(red_hat: Path, kubectl: Program, api: Api, namespace: str) -> None:
    zsh = "usr/share/zsh/site-functions/_kubectl-pullsecret"
    licenses = {f"usr/share/licenses/kubectl-pullsecret/{name}" for name in ("LICENSE", "LICENSES-OF-PARTS")}

    assert files_in(red_hat, but="var/lib/rpm/") == {*PROGRAMS, *COMPLETIONS, *manual(), zsh, *licenses, BILL}
    assert_completions(red_hat, {**COMPLETIONS, zsh: "_kubectl-pullsecret"})
    assert run("rpm", "--root", red_hat, "--dbpath", "/var/lib/rpm", "--verify", "--nodeps", "kubectl-pullsecret") == ""
    assert_used(kubectl, api, namespace, red_hat / "usr" / "bin")


def test_packages_for_arm64_are_named_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same code; a small program stands for both, since none for arm64 can be made here."""
    bill = "kubectl-pullsecret_v{}_linux_{}.cdx.json"
    here = shutil.copytree(folder(), tmp_path / "kubectl-pullsecret")
    shutil.copy(here / COMPLETION, here / KUBECTL_PLUGIN)
    shutil.copy(the("kubectl-pullsecret_v*.cdx.json"), tmp_path / bill.format(__version__, "arm64"))
    compiled = native.nfpm()
    monkeypatch.setattr(native, "nfpm", lambda: compiled)
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")

    native.make(tmp_path)

    deb, rpm = tmp_path.glob("*_arm64.deb"), tmp_path.glob("*.aarch64.rpm")
    assert run("dpkg-deb", "--field", *deb, "Architecture") == "arm64\n"
    assert run("rpm", "--query", "--queryformat", "%{ARCH}", "--package", *rpm) == "aarch64"


def manual() -> set[str]:
    """The pages of the manual, as man finds them."""
    return {f"usr/share/man/man1/{page.name}.gz" for page in (folder() / "man" / "man1").iterdir()}


def assert_completions(root: Path, scripts: dict[str, str]) -> None:
    for place, name in scripts.items():
        assert (root / place).read_bytes() == (CHECKOUT / "completions" / name).read_bytes()


ASKED = {
    "bash": f"source {BASH_COMPLETION}; _completion_loader kubectl-pullsecret; complete -p kubectl-pullsecret",
    "fish": "complete --do-complete 'kubectl-pullsecret detac'",
    "zsh": 'fpath=("$XDG_DATA_DIRS/zsh/vendor-completions" $fpath); autoload -Uz compinit; compinit -u -D; '
    "print $_comps[kubectl-pullsecret]",
}
"""What each shell prints if it has a completion for the program by its own name."""
SAID = {
    "bash": "complete -F _kubectl_pullsecret kubectl-pullsecret",
    "fish": "detach",
    "zsh": "_kubectl-pullsecret",
}


@pytest.mark.parametrize("shell", ASKED)
def test_shell_finds_the_completion_of_a_package(debian: Path, tmp_path: Path, shell: str) -> None:
    env = {"PATH": f"{debian / 'usr' / 'bin'}:{SYSTEM}", "XDG_DATA_DIRS": str(debian / "usr" / "share")}

    said = Program([shell, "-c", ASKED[shell]], home_in(tmp_path))(env=env).stdout

    assert said.strip().partition("\t")[0] == SAID[shell]


def test_package_of_debian_has_its_fields_and_dependencies() -> None:
    fields = ("Package", "Version", "Architecture", "Depends")

    printed = run("dpkg-deb", "--field", the("*.deb"), *fields)

    expected = ("kubectl-pullsecret", f"{__version__}-1", architecture(), "libc6 (>= 2.17)")
    assert printed.splitlines() == [f"{field}: {value}" for field, value in zip(fields, expected, strict=True)]


def test_package_of_red_hat_has_its_fields_and_dependencies() -> None:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}[architecture()]

    printed = run("rpm", "--query", "--package", the("*.rpm"), "--queryformat", "%{NVRA}\n[%{REQUIRENEVRS}\n]")

    # Not the libraries that rpmbuild would find: glibc has them all.
    assert printed.splitlines() == [f"kubectl-pullsecret-{__version__}-1.{machine}", "glibc >= 2.17"]
