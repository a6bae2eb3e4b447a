"""A recording server, its certificates, and the two who ask it."""

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
    """Who signs the recorder's and the clients' certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> Certificate:
    """For 127.0.0.1, localhost and api.example.com."""
    return authority.issue("server", NAMES)


@pytest.fixture(scope="session")
def client_certificate(authority: Authority) -> Certificate:
    """For somebody called carla."""
    return authority.issue("carla", "extendedKeyUsage=clientAuth")


@pytest.fixture
def recorder(authority: Authority, server_certificate: Certificate) -> Iterator[Recorder]:
    """A server by TLS that asks for a client certificate and takes none as well."""
    with Recorder(server_certificate, authority) as server:
        yield server


@pytest.fixture
def other(authority: Authority, server_certificate: Certificate) -> Iterator[Recorder]:
    """A second one, for what must not be asked."""
    with Recorder(server_certificate, authority) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[Recorder]:
    """A server in clear."""
    with Recorder() as server:
        yield server


@pytest.fixture
def cluster(recorder: Recorder, authority: Authority) -> dict[str, Any]:
    """The recorder as kubeconfig describes it."""
    return {"server": recorder.url, "certificate-authority": str(authority.certificate.path)}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables with nothing of this machine in them but where programs are; home is empty."""
    home = tmp_path / "home"
    home.mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    """A credential plugin that does as told."""
    return Plugin(tmp_path)


class PluginConfig(Protocol):
    """Writes a kubeconfig whose user has the plugin, and gives the flag that names the file."""

    def __call__(self, **exec_: object) -> str: ...


@pytest.fixture
def plugin_config(tmp_path: Path, cluster: dict[str, Any], plugin: Plugin) -> PluginConfig:
    """Takes fields of `exec` other than the usual ones."""

    def written(**more: object) -> str:
        exec_ = {"apiVersion": V1, "command": str(plugin.path), "interactiveMode": "Never", **more}
        return f"--kubeconfig={simple(tmp_path / 'config', cluster, {'exec': exec_})}"

    return written


@dataclass(frozen=True)
class Both:
    """Asks with kubectl and with our client."""

    environ: dict[str, str]
    servers: tuple[Recorder, ...]

    def asked(self, *flags: str, **environ: str) -> Asked:
        """The one request that both send alike; what is compared is everything recorded."""
        variables = {**self.environ, **environ}
        theirs = self._sent(ask_kubectl(*flags, environ=variables))
        ours = self._sent(ask_us(*flags, environ=variables))
        assert ours == theirs
        assert len(ours) == 1
        return ours[0]

    def errors(self, *flags: str, **environ: str) -> tuple[str, str]:
        """kubectl's error and ours; nobody was asked."""
        variables = {**self.environ, **environ}
        theirs = kubectl_error(*flags, environ=variables)
        ours = ask_us(*flags, environ=variables).error
        assert not [request for server in self.servers for request in server.taken()]
        return theirs, ours

    def error(self, *flags: str, **environ: str) -> str:
        """The error that both have in the same words."""
        theirs, ours = self.errors(*flags, **environ)
        assert ours == theirs
        assert ours
        return ours

    def _sent(self, outcome: Outcome) -> list[Asked]:
        assert not outcome.error
        return [request for server in self.servers for request in server.taken()]


@pytest.fixture
def both(environ: dict[str, str], recorder: Recorder, other: Recorder, plain: Recorder) -> Both:
    """kubectl and our client, before three servers that remember."""
    return Both(environ, (recorder, other, plain))
