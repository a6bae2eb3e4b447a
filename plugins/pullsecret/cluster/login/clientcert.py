"""Loads a client certificate into a TLS context without leaving its private key on disk."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError
from pullsecret.network.tls import context_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.network.tls import Trust

_NO_PASSPHRASE = ""  # an encrypted key is an error, as in Go; OpenSSL would prompt


def create_client_context(pair: KeyPair | None, trust: Trust, environ: Mapping[str, str]) -> ssl.SSLContext:
    """Create a TLS context that verifies the server and presents the client certificate, if any.

    Raises:
        ConfigError: the certificate authority, or the client certificate and key, are not valid.
    """
    context = context_for(trust, environ)
    try:
        if pair is not None:
            load_key_pair(context, pair)
    except ValueError as error:
        raise ConfigError(f"error: {error}") from error
    return context


def load_key_pair(context: ssl.SSLContext, pair: KeyPair) -> None:
    """Make the context present this certificate.

    Python's ssl module reads keys only from files. On Linux, a memory file keeps the key in memory; elsewhere a
    temporary file that only its owner can read is removed as soon as it has been read.

    Raises:
        ValueError: it is not a matching PEM certificate and key; the message is Go's.
    """
    pem = pair.certificate.rstrip() + b"\n" + pair.key
    create = getattr(os, "memfd_create", None)
    opened = _memory_file(create("client"), pem) if create else _short_lived_file(pem)
    with opened as path:
        try:
            context.load_cert_chain(path, password=_NO_PASSPHRASE)
        except ssl.SSLError as error:
            raise ValueError(_words(error)) from error


@contextlib.contextmanager
def _memory_file(descriptor: int, pem: bytes) -> Iterator[str]:
    """A path to the bytes that no other program can open by name and that vanishes with this process."""
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(pem)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _short_lived_file(pem: bytes) -> Iterator[str]:
    """A path to the bytes in a file of mode 0600 that is removed when the block ends."""
    descriptor, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        yield path
    finally:
        os.unlink(path)  # noqa: PTH108


def _words(error: ssl.SSLError) -> str:
    """Go's sentence (crypto/tls/tls.go, X509KeyPair)."""
    if error.reason == "KEY_VALUES_MISMATCH":
        return "tls: private key does not match public key"
    return "tls: failed to find any PEM data in certificate or key input"
