"""A docker-registry as a process that ends with its `with` block, and never outlives the tests."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Self

from control_plane.waiting import until
from registry.package import registry_program

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Certificate

LISTENING = re.compile(r"listening on (?:\S*):(\d+)")
ACCESS = re.compile(r'"(?P<method>[A-Z]+) (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d+)')


class RegistryServer:
    """Listens at `address`, port 0 being one that the system gives; `directory` has its configuration and its log.

    Servers with the same `storage` have the same images. `auth` is that section of its configuration (distribution:
    docs/configuration.md); without one everything is allowed, without `certificate` it uses plain HTTP.
    """

    def __init__(
        self,
        directory: Path,
        storage: Path,
        *,
        certificate: Certificate | None = None,
        auth: dict[str, object] | None = None,
        address: str = "127.0.0.1:0",
    ) -> None:
        directory.mkdir(parents=True)
        self._directory, self._storage, self._certificate, self._auth = directory, storage, certificate, auth
        self._address = address
        self._log = directory / "log"
        self._running: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def host(self) -> str:
        """HOST:PORT, as images and server keys have it."""
        return f"127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """Method, path and status of every request so far."""
        found = ACCESS.finditer(self._log.read_text())
        return [(match["method"], match["path"].partition("?")[0], int(match["status"])) for match in found]

    def __enter__(self) -> Self:
        config = self._directory / "config.json"  # YAML is a superset
        config.write_text(json.dumps(self._config()))
        with self._log.open("ab") as log:
            command = ["setpriv", "--pdeathsig", "KILL", str(registry_program()), "serve", str(config)]
            self._running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._is_listening, "the registry to listen")
        return self

    def __exit__(self, *_: object) -> None:
        if self._running:
            self._running.kill()
            self._running.wait()

    def _config(self) -> dict[str, object]:
        http: dict[str, object] = {"addr": self._address, "secret": "only uploads have one"}
        if self._certificate:
            http["tls"] = {"certificate": str(self._certificate.path), "key": str(self._certificate.key)}
        return {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(self._storage)}},
            "http": http,
            **({"auth": self._auth} if self._auth else {}),
        }

    def _is_listening(self) -> bool:
        log = self._log.read_text()
        assert self._running
        assert self._running.poll() is None, log
        found = LISTENING.search(log)
        self.port = int(found[1]) if found else 0
        return bool(found)


def htpasswd_line(username: str, password: str) -> str:
    """A line of an htpasswd file; perl computes the bcrypt hash of the password on its standard input."""
    script = 'chomp(my $p = <STDIN>); print crypt($p, q($2y$05$) . substr("abcdefghijklmnopqrstuu", 0, 22))'
    done = subprocess.run(["perl", "-e", script], input=f"{password}\n", capture_output=True, text=True, check=True)
    assert done.stdout.startswith("$2y$"), "this system's crypt() knows no bcrypt"
    return f"{username}:{done.stdout}\n"
