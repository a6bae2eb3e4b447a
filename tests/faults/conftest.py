"""Namespaces that many runs share, and proxies with faults before their cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faults.cluster_setup import FaultSetup
from kubeconfig.certificates import Authority
from namespaces import Namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from kubeconfig.certificates import Certificate
    from program import Program

MANY = 200


@pytest.fixture(scope="session")
def crowd(api: Api) -> Iterator[list[str]]:
    """Two hundred namespaces for all of these tests; each test uses its own names of objects in them."""
    made = Namespaces(api, "crowd")
    yield made(MANY)
    made.delete()


@pytest.fixture(scope="session")
def proxy_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that signs the proxies' certificate."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def proxy_certificate(proxy_authority: Authority) -> Certificate:
    return proxy_authority.issue("proxy", "subjectAltName=IP:127.0.0.1")


@pytest.fixture
def fault_setup(
    plane: Cluster,
    api: Api,
    crowd: list[str],
    proxy_authority: Authority,
    proxy_certificate: Certificate,
    tmp_path: Path,
    pullsecret: Program,
) -> FaultSetup:
    """The session's cluster, reachable through proxies with faults."""
    return FaultSetup(
        plane=plane,
        api=api,
        namespaces=crowd,
        authority=proxy_authority,
        certificate=proxy_certificate,
        directory=tmp_path,
        program=pullsecret,
    )
