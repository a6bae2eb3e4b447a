"""A client's private key from inline data is never left on disk, however the program ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import encoded, simple
from kubeconfig.kubectl_oracle import ask_us, python_path
from kubeconfig.recorder import secret_at
from pullsecret.cluster.login import clientcert

if TYPE_CHECKING:
    from kubeconfig.certificates import Certificate
    from kubeconfig.recorder import Recorder


@pytest.fixture
def flag(tmp_path: Path, cluster: dict[str, Any], client_certificate: Certificate) -> str:
    user = {
        "client-certificate-data": encoded(client_certificate.path),
        "client-key-data": encoded(client_certificate.key),
    }
    return f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    directory = tmp_path / "temporary"
    directory.mkdir()
    return directory


def test_key_is_never_on_disk_also_when_terminated(
    flag: str, temporary: Path, environ: dict[str, str], recorder: Recorder
) -> None:
    arrived, replace_policy = threading.Event(), threading.Event()

    def answer(path: str) -> tuple[int, Any]:
        arrived.set()
        replace_policy.wait(30)
        return secret_at(path)

    recorder.answer = answer
    variables = {**environ, **python_path(), "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-m", "kubeconfig.kubectl_oracle", flag], env=variables)
    assert arrived.wait(30)
    during = list(temporary.iterdir())
    process.terminate()
    assert process.wait(30) == -signal.SIGTERM
    replace_policy.set()

    assert recorder.taken()[0].certificate == "carla"
    assert (during, list(temporary.iterdir())) == ([], [])


def test_short_lived_file_without_memory_files_is_removed_at_once(
    flag: str, temporary: Path, environ: dict[str, str], recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    assert not ask_us(flag, environ=environ).error
    assert recorder.taken()[0].certificate == "carla"
    assert not list(temporary.iterdir())


def test_short_lived_file_is_private_and_removed_when_interrupted(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    modes: list[int] = []

    def interrupted() -> None:
        with clientcert._short_lived_file(b"key") as path:  # noqa: SLF001
            modes.append(Path(path).stat().st_mode & 0o777)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert modes == [0o600]
    assert not list(temporary.iterdir())


def test_encrypted_key_is_an_error_without_a_prompt(
    tmp_path: Path, cluster: dict[str, Any], client_certificate: Certificate, environ: dict[str, str]
) -> None:
    key = tmp_path / "encrypted.key"
    encrypt: list[str | Path] = [
        "openssl",
        "pkey",
        "-in",
        client_certificate.key,
        "-aes128",
        "-passout",
        "pass:secret",
        "-out",
        key,
    ]
    subprocess.run(encrypt, check=True)
    user = {"client-certificate": str(client_certificate.path), "client-key": str(key)}

    assert ask_us(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}", environ=environ).error == (
        "error: tls: failed to find any PEM data in certificate or key input"
    )
