"""Headers for mirrors: none that may hold a credential, because hosts.toml and the manifest are readable by many."""

from __future__ import annotations

import re
from typing import Final

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import quoted_value
from pullsecret.model.images.icr import looks_like_a_credential

_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_VALUE: Final = re.compile(r"[ -~]{1,500}")
_SECRET_NAME: Final = re.compile(
    r"auth|token|secret|passw|pwd|credential|cookie|session|signature|api-?key|access-?key|private|jwt", re.IGNORECASE
)
_ENDING_IN_KEY: Final = re.compile(r"(?:.*-)?key", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey)\s", re.IGNORECASE)
_OPAQUE: Final = re.compile(r"[A-Za-z0-9+/=_.~-]{20,}")
"""A word that is as long as a token: names and versions are shorter, or have their parts divided otherwise."""


def parsed_header(text: str) -> tuple[str, str]:
    """The name and the value in `NAME: VALUE`.

    Raises:
        UsageError: it is not valid, or may hold a credential; the message never has the value.
    """
    name, colon, value = text.partition(":")
    value = value.strip()
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise UsageError("invalid --header: it must be NAME: VALUE, of printable ASCII characters")
    if may_hold_credential(name, value):
        raise UsageError(
            f"--header {quoted_value(name)} may hold a credential, which every reader of the manifest, and of the "
            "files on each node, would see",
            hint="containerd sends the credential that the pull secret has for the registry to its mirrors",
        )
    return name, value


def may_hold_credential(name: str, value: str) -> bool:
    """Whether a header's name says that it does, or its value has the shape."""
    if _SECRET_NAME.search(name) or _ENDING_IN_KEY.fullmatch(name):
        return True
    return bool(_SCHEME.match(value) or any(_is_opaque(word) for word in re.split(r"[\s,;:=\"']+", value)))


def _is_opaque(word: str) -> bool:
    return looks_like_a_credential(word) or bool(_OPAQUE.fullmatch(word) and re.search(r"[0-9]", word))
