"""Which packages the interpreter and the image are made of if Debian no longer has a locked one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

RESOLVE = CHECKOUT / "build" / "interpreter" / "resolve.sh"
LOCK = CHECKOUT / "build" / "interpreter" / "sources.txt"
IMAGE_LOCK = CHECKOUT / "build" / "image" / "packages.txt"
NEVER = "0.2.5-0never1"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for apt's lists, so that the tests download them once."""
    return tmp_path_factory.mktemp("apt")


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock with a version of libyaml that never existed."""
    path = tmp_path / "sources.txt"
    path.write_text(f"# A comment.\nlibyaml {NEVER}\n")
    return path


def resolve(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RESOLVE, *arguments], capture_output=True, text=True, check=False)


def test_newest_source_is_used_with_a_note_if_the_locked_one_is_gone(place: Path, lock: Path) -> None:
    done = resolve(place, lock)

    name, version = done.stdout.split()
    assert (name, version.startswith("0.2.5-")) == ("libyaml", True)
    assert version != NEVER
    note = f"note: Debian no longer has libyaml {NEVER}, which {lock} locks; using the newest instead: {version}\n"
    assert (done.stderr, done.returncode) == (note, 0)


def test_locked_refuses_another_source(place: Path, lock: Path) -> None:
    done = resolve(place, lock, "--locked")

    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith(
        f"error: Debian no longer has libyaml {NEVER}, which {lock} locks; the newest is 0.2.5-"
    )


def test_locked_source_is_used_if_debian_has_it(place: Path, lock: Path) -> None:
    newest = resolve(place, lock, "--newest").stdout
    lock.write_text(newest)

    done = resolve(place, lock, "--locked")

    assert (done.stdout, done.stderr, done.returncode) == (newest, "", 0)


def test_source_that_debian_never_had_is_an_error(place: Path, lock: Path) -> None:
    lock.write_text("no-such-source 1-1\n")

    done = resolve(place, lock)

    assert (done.stdout, done.stderr, done.returncode) == ("", "error: Debian has no source of no-such-source\n", 1)


def test_newest_package_of_the_image_is_used_with_a_note_if_the_locked_one_is_gone(place: Path, lock: Path) -> None:
    lock.write_text("libc6 2.41-0never1\n")

    done = resolve(place, lock, "--binary")

    name, version = done.stdout.split()
    assert (name, version.startswith("2.41-")) == ("libc6", True)
    assert done.stderr.endswith(f"using the newest instead: {version}\n")
    (package,) = place.joinpath("binary").glob("libc6_*.deb")
    assert package.stat().st_size > 2**20


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (LOCK, ["python3.13", "openssl", "libffi", "zlib", "libyaml"]),
        (IMAGE_LOCK, ["libc6", "ca-certificates", "base-files"]),
    ],
    ids=["interpreter", "image"],
)
def test_lock_lists_what_is_needed(path: Path, names: list[str]) -> None:
    assert [line.split()[0] for line in path.read_text().splitlines() if not line.startswith("#")] == names
