"""Certificate authorities for mirrors: certificates in PEM, and nothing else, because everybody can read them."""

from __future__ import annotations

import binascii
import re
from typing import Final

from pullsecret.errors import UsageError

_MOST_BYTES: Final = 256 * 1024
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)
_SEQUENCE: Final = b"\x30"


def certificates_in(content: bytes, path: str) -> str:
    """The certificates of a file, without what stands between them.

    Raises:
        UsageError: it has none, one that is damaged, or a private key.
    """
    text = content.decode("ascii", errors="replace")
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path} is larger than {_MOST_BYTES // 1024} KiB: give the authorities of the mirrors only")
    if "PRIVATE KEY" in text:
        raise UsageError(f"{path} has a private key: everybody who can read the manifest would")
    blocks = [(found[1], "".join(found[2].split())) for found in _BLOCK.finditer(text)]
    certificates = [body for kind, body in blocks if kind in {"CERTIFICATE", "X509 CERTIFICATE"}]
    if not certificates or not all(map(_is_der, certificates)):
        raise UsageError(f"{path} has no certificates in PEM" if not certificates else f"{path} is damaged")
    return "".join(map(_as_pem, dict.fromkeys(certificates)))


def _is_der(body: str) -> bool:
    try:
        return binascii.a2b_base64(body, strict_mode=True).startswith(_SEQUENCE)
    except binascii.Error:
        return False


def _as_pem(body: str) -> str:
    lines = "\n".join(re.findall(".{1,64}", body))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
