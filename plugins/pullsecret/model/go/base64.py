"""Base64 as in Go's encoding/base64, with which the kubelet decodes a pull secret's `auth`."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALPHABET = re.compile(rb"[A-Za-z0-9+/]*")
_LINE_BREAKS = b"\r\n"
_SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's strings.TrimSpace removes before the kubelet looks for a final `=`; Python's strip differs."""
_QUANTUM = 4


class CorruptInputError(ValueError):
    """The text is not base64; the message is Go's, with the offset in bytes."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"illegal base64 data at input byte {offset}")


def decoded_base64(field: bytes) -> bytes:
    """The decoded bytes of an `auth` field; line breaks are ignored, and padding is optional.

    Raises CorruptInputError. Kubelet: pkg/credentialprovider/config.go decodeDockerConfigFieldAuth.
    """
    is_padded = field.decode("utf-8", "surrogateescape").rstrip(_SPACES).endswith("=")
    problem = _offset_of_problem(field, is_padded=is_padded)
    if problem is not None:
        raise CorruptInputError(problem)
    letters = field.translate(None, _LINE_BREAKS).rstrip(b"=")
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % _QUANTUM))


def _offset_of_problem(field: bytes, *, is_padded: bool) -> int | None:
    """The offset at which Go's decodeQuantum fails, or None; StdEncoding with padding, RawStdEncoding without."""
    text = field.translate(None, _LINE_BREAKS)
    letters = _ALPHABET.match(text)
    count = letters.end() if letters else 0
    if count == len(text):
        rest = count % _QUANTUM
        return len(field) - rest if rest == 1 or (rest and is_padded) else None
    has_breaks = len(text) != len(field)
    offsets = [at for at, byte in enumerate(field) if byte not in _LINE_BREAKS] if has_breaks else range(len(field))
    if is_padded and text[count : count + 1] == b"=":
        return _offset_of_bad_padding(text, offsets, count, end=len(field))
    return offsets[count]


def _offset_of_bad_padding(text: bytes, offsets: Sequence[int], count: int, *, end: int) -> int | None:
    """The same for text whose first byte outside of the alphabet, at `count`, is a padding character."""
    rest = count % _QUANTUM
    wanted = {2: 2, 3: 1}.get(rest, 0)
    if not wanted:
        return offsets[count]
    if wanted > 1 and count + 1 == len(text):
        return end
    if wanted > 1 and text[count + 1 : count + 2] != b"=":
        return offsets[count + 1] - 1
    return offsets[count + wanted] if count + wanted < len(text) else None
