"""Writes renewed tokens back into the kubeconfig file they came from: all or nothing, and its other entries kept."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pullsecret.cluster.kubeconfig.yaml_file import read_yaml_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def store_tokens(file: str, user: str, tokens: Mapping[str, str]) -> None:
    """Store tokens in a user's auth-provider, under the lock that kubectl takes; comments are lost, as with kubectl.

    Does nothing where the user came from no regular file. Source: client-go tools/clientcmd/config.go.

    Raises:
        OSError: the file is locked or cannot be written; it is then as it was.
    """
    path = Path(file).resolve() if file else None
    if path is None or not path.is_file():
        return
    with _lock(path):
        document = read_yaml_file(str(path)) or {}
        for entry in document.get("users") or []:
            if entry.get("name") == user:
                _provider_of(entry).update(tokens)
        _replace(path, document)


def _provider_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The auth-provider's config, to be changed."""
    config: dict[str, Any] = entry["user"]["auth-provider"].setdefault("config", {})
    return config


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold PATH.lock; raises FileExistsError if another process holds it."""
    lock = path.with_name(f"{path.name}.lock")
    # A mode without any permission, as kubectl's, would make a file on Windows that no one can remove.
    os.close(os.open(lock, os.O_CREAT | os.O_EXCL, stat.S_IWUSR))
    try:
        yield
    finally:
        lock.unlink()


def _replace(path: Path, document: Mapping[str, Any]) -> None:
    """A new file in the old one's place, with its mode and owner."""
    before = path.stat()
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(document, file, sort_keys=False, allow_unicode=True)
        Path(temporary).chmod(before.st_mode & 0o777)
        if sys.platform != "win32":
            with contextlib.suppress(PermissionError):
                os.chown(temporary, before.st_uid, before.st_gid)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)  # there only when it did not get to its place
