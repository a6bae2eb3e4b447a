"""A recording server, its certificates, and the two clients."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from kubeconfig.certificates import Authority, Certificate
from kubeconfig.files import simple
from kubeconfig.kubectl_oracle import Outcome, ask_kubectl, ask_us, kubectl_error
from kubeconfig.plugin import V1, Plugin
from kubeconfig.recorder import Asked, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:api.example.com"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority of the recorder's and the clients' certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> Certificate:
    """A server certificate for 127.0.0.1, localhost and api.example.com."""
    return authority.issue("server", NAMES)


@pytest.fixture(scope="session")
def client_certificate(authority: Authority) -> Certificate:
    """A client certificate for the user carla."""
    return authority.issue("carla", "extendedKeyUsage=clientAuth")


@pytest.fixture
def recorder(authority: Authority, server_certificate: Certificate) -> Iterator[Recorder]:
    """A TLS server that requests a client certificate but does not require one."""
    with Recorder(server_certificate, authority) as server:
        yield server


@pytest.fixture
def other(authority: Authority, server_certificate: Certificate) -> Iterator[Recorder]:
    """A second server, which must not receive requests."""
    with Recorder(server_certificate, authority) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[Recorder]:
    """A server without TLS."""
    with Recorder() as server:
        yield server


@pytest.fixture
def cluster(recorder: Recorder, authority: Authority) -> dict[str, Any]:
    """The recorder as a kubeconfig cluster."""
    return {"server": recorder.url, "certificate-authority": str(authority.certificate.path)}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Environment variables: only PATH is this machine's; HOME is empty."""
    home = tmp_path / "home"
    home.mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    """A credential plugin whose behavior the test sets."""
    return Plugin(tmp_path)


class PluginConfig(Protocol):
    """Write a kubeconfig whose user has the plugin, and return the flag for the file."""

    def __call__(self, **exec_: object) -> str: ...


@pytest.fixture
def plugin_config(tmp_path: Path, cluster: dict[str, Any], plugin: Plugin) -> PluginConfig:
    """Accepts additional fields of `exec`."""

    def write(**more: object) -> str:
        exec_ = {"apiVersion": V1, "command": str(plugin.path), "interactiveMode": "Never", **more}
        return f"--kubeconfig={simple(tmp_path / 'config', cluster, {'exec': exec_})}"

    return write


@dataclass(frozen=True)
class Both:
    """Sends the same request with kubectl and with our client."""

    environ: dict[str, str]
    servers: tuple[Recorder, ...]

    def request(self, *flags: str, **environ: str) -> Asked:
        """Return the request that both send; everything recorded is compared."""
        variables = {**self.environ, **environ}
        theirs = self._sent(ask_kubectl(*flags, environ=variables))
        ours = self._sent(ask_us(*flags, environ=variables))
        assert ours == theirs
        assert len(ours) == 1
        return ours[0]

    def errors(self, *flags: str, **environ: str) -> tuple[str, str]:
        """Return kubectl's error and ours; no request was sent."""
        variables = {**self.environ, **environ}
        theirs = kubectl_error(*flags, environ=variables)
        ours = ask_us(*flags, environ=variables).error
        assert not [request for server in self.servers for request in server.taken()]
        return theirs, ours

    def error(self, *flags: str, **environ: str) -> str:
        """Return the error, which both word the same."""
        theirs, ours = self.errors(*flags, **environ)
        assert ours == theirs
        assert ours
        return ours

    def _sent(self, outcome: Outcome) -> list[Asked]:
        assert not outcome.error
        return [request for server in self.servers for request in server.taken()]


@pytest.fixture
def both(environ: dict[str, str], recorder: Recorder, other: Recorder, plain: Recorder) -> Both:
    """kubectl and our client, in front of three recording servers."""
    return Both(environ, (recorder, other, plain))
