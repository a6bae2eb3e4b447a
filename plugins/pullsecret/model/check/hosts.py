"""Hosts of IBM Cloud Container Registry that a secret should have, too.

Source: IBM Cloud documentation, Kubernetes Service: "Setting up an image registry" (all-icr-io), Registry: "Securing
your connection" (private names).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem, listed
from pullsecret.model.images.icr import REGIONS
from pullsecret.model.images.keyring import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def lacking_problems(keys: Sequence[str]) -> Iterator[Problem]:
    """Regions that all-icr-io does not know yet: of the public names, and of the private ones where it has any."""
    public, private = ([region.host for region in REGIONS], [region.private_host for region in REGIONS])
    lacking = [
        host
        for hosts in (public, private)
        if any(_is_served(host, keys) for host in hosts)
        for host in hosts
        if not _is_served(host, keys)
    ]
    if lacking:
        yield Problem(code="PS507", message=f"lacks {len(lacking)} of IBM Cloud's registries: {listed(lacking)}")


def public_problems(keys: Sequence[str]) -> Iterator[Problem]:
    """Keys for a public name without one for its private twin."""
    for region in REGIONS:
        own = lookup(keys, f"{region.host}/any/image")
        if own and not _is_served(region.private_host, keys):
            said = f"pulls over the private network need {region.private_host} beside it, or instead"
            yield Problem(code="PS508", message=said, registries=own[:1])


def _is_served(host: str, keys: Sequence[str]) -> bool:
    return bool(lookup(keys, f"{host}/any/image")) or any(key.startswith(f"{host}/") for key in keys)
