"""Files that are pipes or devices, or that every user can write: as password files, and as files with secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.credentials import bounded_read
from pullsecret.credentials.bounded_read import read_bounded, write_warnings
from pullsecret.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_named_pipe_is_read_to_its_end(pipe: Path) -> None:
    password = made_up_password()
    writer = threading.Thread(target=pipe.write_text, args=(password,))
    writer.start()
    assert read_bounded(str(pipe)) == password.encode()
    writer.join()


def test_named_pipe_without_a_writer_is_given_up(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_read, "_TO_OPEN", 0.1)
    with pytest.raises(CredentialError) as caught:
        read_bounded(str(pipe))
    assert caught.value.message == (
        f"error reading {pipe}: it is a pipe, and no program has written to it within 0.1 seconds"
    )
    pipe.write_text("")  # lets the reader go


def test_named_pipe_that_does_not_end_is_given_up(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_read, "_TO_END", 0.1)
    writing = os.open(pipe, os.O_RDWR)
    os.write(writing, b"beginning")
    try:
        with pytest.raises(CredentialError, match="it is a pipe, and has not ended within"):
            read_bounded(str(pipe))
    finally:
        os.close(writing)


def test_endless_device_is_too_large() -> None:
    with pytest.raises(CredentialError, match="/dev/zero is larger than 1 MiB"):
        read_bounded("/dev/zero")


def test_null_device_is_empty() -> None:
    assert read_bounded("/dev/null") == b""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param('printf %s secret | "$1" -c "$2" /dev/stdin', id="dev-stdin"),
        pytest.param('"$1" -c "$2" /dev/stdin <<<secret', id="here-string"),
        pytest.param('"$1" -c "$2" <(printf %s secret)', id="process-substitution"),
        pytest.param('exec 7<<<secret; "$1" -c "$2" /dev/fd/7', id="descriptor"),
    ],
)
def test_pipes_of_a_shell_are_read(command: str) -> None:
    read = "import sys; from pullsecret.credentials.bounded_read import read_bounded; print(read_bounded(sys.argv[1]))"
    done = subprocess.run(
        ["bash", "-c", command, "bash", sys.executable, read],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "secret" in done.stdout


@pytest.mark.parametrize(
    ("mode", "is_warned"),
    [(0o600, False), (0o644, False), (0o664, False), (0o646, True), (0o666, True)],
    ids=lambda value: f"{value:o}" if isinstance(value, int) and value > 1 else None,
)
def test_file_that_every_user_can_write_is_a_warning(tmp_path: Path, mode: int, *, is_warned: bool) -> None:
    path = tmp_path / "key"
    path.write_text("")
    path.chmod(mode)
    expected = (f"warning: every user can write to {path} (mode {mode:04o})",)
    assert write_warnings(str(path)) == (expected if is_warned else ())


def test_pipe_is_no_file_that_others_can_write(pipe: Path) -> None:
    pipe.chmod(0o666)
    assert [write_warnings(path) for path in (str(pipe), "-", "", "/no/such", "a\0b")] == [()] * 5
