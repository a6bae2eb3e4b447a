"""Fake registries, and a client for them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from kubeconfig.certificates import Authority, Certificate
from objects import made_up_password
from pullsecret.model.images.verdict import Identity
from registry.fake_server import FakeServer
from registry.queries import RegistryClient
from registry.registry_setup import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.fake_server import Answer


class Start(Protocol):
    """Starts a fake server, with TLS and a valid certificate by default."""

    def __call__(self, answer: Answer, *, tls: bool = True, by: Certificate | None = None) -> FakeServer: ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority of the fake servers' certificates."""
    return Authority(tmp_path_factory.mktemp("fake-registries"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    """For 127.0.0.1 and localhost."""
    return authority.issue("server", NAMES)


@pytest.fixture
def start(certificate: Certificate) -> Iterator[Start]:
    """Starts fake servers, which end with the test."""
    with ExitStack() as running:

        def started(answer: Answer, *, tls: bool = True, by: Certificate | None = None) -> FakeServer:
            return running.enter_context(FakeServer(answer, (by or certificate) if tls else None))

        yield started


@pytest.fixture
def client(authority: Authority) -> RegistryClient:
    """A client that trusts the fake servers."""
    return RegistryClient(ca=authority.certificate.path)


@pytest.fixture
def puller() -> Identity:
    """A user with a password."""
    return Identity(username="puller", password=made_up_password())
