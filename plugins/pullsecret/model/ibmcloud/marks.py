"""What marks an API key that this program made, at IBM Cloud.

It proves nothing: a user who may create API keys can describe them so.
"""

from __future__ import annotations

import re
from typing import Final

_DESCRIPTION: Final = re.compile(r"Made by kubectl-pullsecret for secret (?P<name>\S+) in cluster (?P<cluster>\S+)")


def key_description(*, name: str, cluster: str) -> str:
    """The description of an API key for a secret; `cluster` is the UID of the cluster's namespace kube-system."""
    return f"Made by kubectl-pullsecret for secret {name} in cluster {cluster}"


def is_key_for(description: str, *, name: str, cluster: str) -> bool:
    """Whether an API key is described as made for this secret of this cluster."""
    found = _DESCRIPTION.match(description)
    return found is not None and (found["name"], found["cluster"]) == (name, cluster)
