"""Generate manifests; no cluster is contacted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.cluster import namespace_of_connection
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.manifests.document import Document


@dataclass(frozen=True, kw_only=True)
class GenerateRequest(CommandRequest):
    """What makes the manifests, from the namespace of the connection; that is "" unless it is needed."""

    make: Callable[[str], tuple[Document, ...]]
    needs_namespace: bool = False


def observe(request: GenerateRequest) -> str:
    """Read the namespace of the connection from kubeconfig, if it is needed.

    Raises:
        ConfigError: kubeconfig cannot be read.
    """
    return namespace_of_connection(request.connection, os.environ) if request.needs_namespace else ""


def plan(request: GenerateRequest, namespace: str) -> tuple[Document, ...]:
    """Make the manifests."""
    return request.make(namespace)
