"""Stand-ins for registries, and somebody to ask them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from kubeconfig.certificates import Authority, Certificate
from objects import made_up_password
from pullsecret.model.images.verdict import Identity
from registry.queries import Asking
from registry.registry_setup import NAMES
from registry.standin import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.standin import Answer


class Start(Protocol):
    """Starts a stand-in, by TLS and with a good certificate unless told otherwise."""

    def __call__(self, answer: Answer, *, tls: bool = True, by: Certificate | None = None) -> StandIn: ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the stand-ins' certificates."""
    return Authority(tmp_path_factory.mktemp("stand-ins"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    """For 127.0.0.1 and localhost."""
    return authority.issue("server", NAMES)


@pytest.fixture
def start(certificate: Certificate) -> Iterator[Start]:
    """Starts stand-ins, which end with the test."""
    with ExitStack() as running:

        def started(answer: Answer, *, tls: bool = True, by: Certificate | None = None) -> StandIn:
            return running.enter_context(StandIn(answer, (by or certificate) if tls else None))

        yield started


@pytest.fixture
def asking(authority: Authority) -> Asking:
    """Asks, and trusts the stand-ins."""
    return Asking(ca=authority.certificate.path)


@pytest.fixture
def robot() -> Identity:
    """A user with a password."""
    return Identity(username="robot", password=made_up_password())
