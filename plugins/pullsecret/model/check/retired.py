"""Registries and secrets that IBM Cloud has retired.

Source: IBM Cloud documentation, Registry: "Regions" (former domain names); Kubernetes Service: "Understanding how to
authorize your cluster to pull images" (bluemix-default-secret, and its copies in other namespaces).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETIRED = re.compile(r"registry(?:\.[a-z-]+)?\.bluemix\.net")
_SUCCESSORS = {
    "registry.bluemix.net": "icr.io",
    "registry.ng.bluemix.net": "us.icr.io",
    "registry.eu-de.bluemix.net": "de.icr.io",
    "registry.eu-gb.bluemix.net": "uk.icr.io",
    "registry.au-syd.bluemix.net": "au.icr.io",
}
_TOKEN_SECRET = re.compile(
    r"bluemix-default-secret(?:-regional|-international)?|bluemix-.+-secret-(?:regional|international)"
)


def is_retired(host: str) -> bool:
    """Whether a host is one of the registry's of old."""
    return bool(_RETIRED.fullmatch(host))


def successor_of(host: str) -> str:
    """Where a retired host's images are now; "" where that is not known."""
    return _SUCCESSORS.get(host, "")


def retired_host_problem(key: str, host: str) -> Iterator[Problem]:
    """A key for a host that is gone; its login cannot move with it, because tokens are gone, too."""
    if is_retired(host):
        said = f"this registry is retired: its images are at {successor_of(host) or 'an icr.io host'}"
        yield Problem(code="PS404", message=said, registries=(key,))


def is_token_secret(name: str) -> bool:
    """Whether a secret has a name of those that held registry tokens."""
    return bool(_TOKEN_SECRET.fullmatch(name))
