"""The headers of --as, --as-group and --as-uid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import ConnectError

if TYPE_CHECKING:
    from pullsecret.cluster.kubeconfig.user import Impersonation

_TOKEN = frozenset("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def impersonation_headers(impersonation: Impersonation) -> tuple[tuple[str, str], ...]:
    """One header for the user, one for each group and each extra value (client-go: transport/round_trippers.go).

    Raises:
        ConnectError: a value has characters that no header can have.
    """
    if not impersonation.user:
        return ()
    headers = [("Impersonate-User", impersonation.user)]
    if impersonation.uid:
        headers.append(("Impersonate-Uid", impersonation.uid))
    headers += [("Impersonate-Group", group) for group in impersonation.groups]
    headers += [
        (f"Impersonate-Extra-{escaped_key(key)}", value)
        for key, values in impersonation.extra.items()
        for value in values
    ]
    return tuple((name, _header_value(name, value)) for name, value in headers)


def escaped_key(key: str) -> str:
    """A key of as-user-extra as part of a header's name: each byte that a token cannot have as %XX."""
    return "".join(chr(byte) if chr(byte) in _TOKEN else f"%{byte:02X}" for byte in key.encode())


def _header_value(name: str, value: str) -> str:
    """The value's UTF-8 bytes, spelled as Latin-1, which is how requests are encoded."""
    if any((char < " " and char != "\t") or char == "\x7f" for char in value):
        raise ConnectError(f'net/http: invalid header field value for "{name}"')
    return value.encode().decode("latin-1")
