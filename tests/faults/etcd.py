"""What an administrator of etcd does to it: over its JSON gateway, on the socket of a cluster for tests."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.plane import ControlPlane


class _SocketConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Etcd:
    """The etcd of a cluster for tests."""

    def __init__(self, plane: ControlPlane) -> None:
        self._socket = plane.directory / "client.sock"

    def compact(self) -> None:
        """Forget all revisions but the current one, so that continue tokens expire."""
        self._call("kv/compaction", revision=self._header()["revision"], physical=True)

    @contextmanager
    def without_space(self) -> Iterator[None]:
        """The alarm for a full database: etcd refuses all that needs space, and still deletes."""
        self.raise_alarm()
        try:
            yield
        finally:
            self.end_alarm()

    def raise_alarm(self) -> None:
        self._alarm("ACTIVATE")

    def end_alarm(self) -> None:
        self._alarm("DEACTIVATE")

    def _alarm(self, action: str) -> None:
        self._call("maintenance/alarm", action=action, alarm="NOSPACE", memberID=self._header()["member_id"])

    def _header(self) -> dict[str, str]:
        header: dict[str, str] = self._call("maintenance/status")["header"]
        return header

    def _call(self, path: str, **body: object) -> dict[str, Any]:
        connection = _SocketConnection(self._socket)
        try:
            connection.request("POST", f"/v3/{path}", json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        assert response.status == 200, content
        answer: dict[str, Any] = json.loads(content)
        return answer
