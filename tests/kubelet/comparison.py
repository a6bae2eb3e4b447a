"""A pod's credentials in one form: those that our code finds, and those that the kubelet's code found."""

from __future__ import annotations

import base64
from itertools import groupby, islice
from typing import TYPE_CHECKING

from control_plane.versions import is_at_least
from pullsecret.model.go.json import go_bytes
from pullsecret.model.go.url import index_key

if TYPE_CHECKING:
    from kubelet.kubelet_oracle import Tried, Verdict
    from pullsecret.model.images.keyring import PullCredential, PullCredentials

Sent = tuple[str, bytes, bytes, bytes]
"""A credential as it is sent: the secret's name, username, password, email."""

NAMES_SECRETS = is_at_least("1.33")
"""Whether the kubelet's answer has the name of a credential's secret; where it has none, names are not compared."""


def ours(found: PullCredentials) -> tuple[str, str, list[list[Sent]]]:
    """Our answer, sorted where the kubelet's order is random."""
    return found.malformed, found.invalid_image, [sorted(map(sent, group)) for group in ties(found)]


def theirs(verdict: Verdict, number: int, found: PullCredentials) -> tuple[str, str, list[list[Sent]]]:
    """The kubelet's answer for an image in the same form; errors of images take precedence over those of secrets."""
    lookup = verdict["lookups"][number]
    if lookup["invalid"] or verdict["malformed"]:
        return "" if lookup["invalid"] else verdict["malformed"], lookup["invalid"], []
    tried = iter([received(credential) for credential in lookup["credentials"] or ()])
    groups = [sorted(islice(tried, len(group))) for group in ties(found)]
    return "", "", groups + [[credential] for credential in tried]


def ties(found: PullCredentials) -> list[list[PullCredential]]:
    """The credentials by secret and index key; within a group the kubelet's order is random (a Go map)."""
    return [
        list(group) for _, group in groupby(found.credentials, lambda one: (index_key(one.entry.server), one.secret))
    ]


def sent(credential: PullCredential) -> Sent:
    entry = credential.entry
    name = credential.secret if NAMES_SECRETS else ""
    return name, go_bytes(entry.username), go_bytes(entry.password), go_bytes(entry.email)


def received(credential: Tried) -> Sent:
    username, password, email = (
        base64.b64decode(credential[field] or "") for field in ("username", "password", "email")
    )
    return credential["secret"], username, password, email
