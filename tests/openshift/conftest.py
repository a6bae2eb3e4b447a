"""Clusters of OpenShift with their global pull secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openshift.global_secret import entries_of_red_hat, of_kind, remove_secret, secrets_in
from openshift.written_global import ADDITIONAL, CONFIG, ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Object
    from openshift.cluster import OpenShift


@pytest.fixture
def red_hat() -> dict[str, Object]:
    """The entries that a cluster's global pull secret has from its first day."""
    return entries_of_red_hat()


@pytest.fixture
def self_managed(openshift: OpenShift, red_hat: dict[str, Object]) -> Iterator[OpenShift]:
    """A cluster with the Machine Config Operator, and its global pull secret."""
    with of_kind(openshift), secrets_in(openshift, {CONFIG: red_hat}):
        yield openshift


@pytest.fixture
def hosted(openshift: OpenShift, red_hat: dict[str, Object]) -> Iterator[OpenShift]:
    """A cluster with a hosted control plane, and its original pull secret."""
    with of_kind(openshift, control_plane="External"), secrets_in(openshift, {ORIGINAL: red_hat, CONFIG: red_hat}):
        yield openshift
    remove_secret(openshift, *ADDITIONAL)
