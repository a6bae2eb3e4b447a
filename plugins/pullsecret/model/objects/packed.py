"""Large data of secrets, held in little memory: a tenant may have any number of secrets of 1 MiB."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, field
from typing import Final

_FASTEST: Final = 1
_LARGE: Final = 1 << 15
"""Characters from which on a text is packed: pull secrets have a few thousand."""


@dataclass(frozen=True, eq=False)
class Packed:
    """A text, most often base64, in compressed form; equal to another one, packed or not, with the same text."""

    content: bytes = field(repr=False)
    is_base64: bool

    __hash__ = None  # type: ignore[assignment]  # equal to texts, whose hashes it does not know

    @property
    def text(self) -> str:
        """The text."""
        content = zlib.decompress(self.content)
        return base64.b64encode(content).decode() if self.is_base64 else content.decode("utf-8", "surrogatepass")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Packed):
            return (self.content, self.is_base64) == (other.content, other.is_base64)
        return self.text == other if isinstance(other, str) else NotImplemented


def packed(value: object) -> object:
    """A large text packed; any other value as it is."""
    if not isinstance(value, str) or len(value) < _LARGE:
        return value
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    is_base64 = base64.b64encode(content) == value.encode("utf-8", "surrogatepass")
    content = content if is_base64 else value.encode("utf-8", "surrogatepass")
    return Packed(zlib.compress(content, _FASTEST), is_base64)
