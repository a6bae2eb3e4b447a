"""Whether a secret has an API key anywhere in its data, in whatever form a program would read it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from pullsecret.model.ibmcloud.key_assignment import has_value
from pullsecret.model.objects.objects import mapping_at, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.model.objects.objects import Object


def mentions_key(secret: Object, value: str) -> bool:
    """Whether a pull secret has the key under any username, or any data has it as it is or within base64."""
    forms = (value.encode(), *_in_base64(value.encode()))
    data = mapping_at(secret, "data")
    return has_value(secret, value) or any(
        form in content for key in data for content in (_decoded(text_at(secret, "data", key)),) for form in forms
    )


def kept_if_having(values: Sequence[str]) -> Callable[[Object], Object]:
    """What is kept of a secret: its names, and which of these keys it has, by number, instead of its data."""

    def keep(secret: Object) -> Object:
        metadata = {
            "namespace": namespace_of(secret),
            "name": name_of(secret),
            "uid": text_at(secret, "metadata", "uid"),
        }
        found = [number for number, value in enumerate(values) if mentions_key(secret, value)]
        return {"metadata": metadata, "keys": found}

    return keep


def _in_base64(value: bytes) -> tuple[bytes, ...]:
    """The characters that a value is in base64, at each of the three offsets that it can have."""
    found = []
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + value)
        found.append(text[-(-offset * 8 // 6) : (offset + len(value)) * 8 // 6])
    return tuple(found)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (ValueError, binascii.Error):
        return b""
