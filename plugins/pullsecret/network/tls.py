"""How a server's certificate is checked: against certificate authorities and a name, or not at all."""

from __future__ import annotations

import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError
from pullsecret.network.go_text import os_words

if TYPE_CHECKING:
    from collections.abc import Mapping


_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)  # Go: crypto/x509/root_linux.go; a frozen program's OpenSSL looks where its build machine had them


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How a server proves itself.

    `ca` has certificates in PEM, empty for the system's own; `server_name` replaces the URL's host in the
    certificate check and in SNI, empty for the host itself; with `insecure` nothing is checked.
    """

    ca: bytes = b""
    server_name: str = ""
    insecure: bool = False


def read_pem(path: str) -> bytes:
    """A file's content; empty for no path. Raises ConfigError when it cannot be read."""
    try:
        return Path(path).read_bytes() if path else b""
    except OSError as error:
        raise ConfigError(f"error: unable to read {path}: {os_words(error)}") from error


def context_for(trust: Trust, environ: Mapping[str, str], system: str = sys.platform) -> ssl.SSLContext:
    """A TLS context that checks the server's certificate as kubectl does.

    Go accepts any certificate in the pool as an anchor, an intermediate or the server's own included, and cluster
    certificates that lack what RFC 5280 asks for; Python 3.13's strict mode would refuse both.

    Raises:
        ConfigError: the certificate authority cannot be used.
    """
    is_system = not trust.insecure and not trust.ca and _has_own_verifier(environ, system)
    context = _new_system_context() if is_system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif trust.ca:
        load_authorities(context, trust.ca)
    elif not is_system:
        _load_system_authorities(context, environ)
    return context


def share_context(context: ssl.SSLContext) -> ssl.SSLContext:
    """Set what urllib3 sets in a context at each connection, and let nothing change it from then on.

    Other threads open connections with the same context meanwhile: OpenSSL frees the list of protocols when it is set
    again, while another thread may be copying it (ssl/ssl_lib.c: SSL_CTX_set_alpn_protos, SSL_new).
    """
    context.set_alpn_protocols(["http/1.1"])
    context.set_alpn_protocols = _keep_protocols  # type: ignore[method-assign, assignment]
    return context


def _keep_protocols(_: object) -> None:
    """Leave the protocols as they are."""


def _has_own_verifier(environ: Mapping[str, str], system: str) -> bool:
    """Whether the operating system checks certificates against its own store; on macOS and Windows, unless told where.

    Go always has them do it (crypto/x509/root_darwin.go, root_windows.go). $SSL_CERT_FILE and $SSL_CERT_DIR, which Go
    reads on other systems only, take precedence here.
    """
    return system in {"darwin", "win32"} and not environ.get("SSL_CERT_FILE") and not environ.get("SSL_CERT_DIR")


def _new_system_context() -> ssl.SSLContext:
    """A context that has macOS or Windows check certificates, in addition to the authorities that are added to it."""
    import truststore  # noqa: PLC0415  only these systems have it

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context


def load_authorities(context: ssl.SSLContext, pem: bytes) -> None:
    """Certificates in PEM, in addition to those that the context trusts. Raises ConfigError without any."""
    try:
        context.load_verify_locations(cadata=pem.decode("ascii", errors="ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError("error: unable to load root certificates: unable to parse bytes as PEM block") from error


def _load_system_authorities(context: ssl.SSLContext, environ: Mapping[str, str]) -> None:
    """The authorities that this machine trusts: $SSL_CERT_FILE and $SSL_CERT_DIR, or where systems keep them."""
    file = environ.get("SSL_CERT_FILE") or next((path for path in _BUNDLES if os.access(path, os.R_OK)), "")
    directory = environ.get("SSL_CERT_DIR", "")
    if not file and not directory:
        context.load_default_certs()  # OpenSSL knows another place, or none
        return
    try:
        context.load_verify_locations(cafile=file or None, capath=directory or None)
    except OSError as error:
        raise ConfigError(f"error: unable to read {file or directory}: {os_words(error)}") from error


def proxy_context_for(trust: Trust, environ: Mapping[str, str]) -> ssl.SSLContext:
    """A TLS context for an https proxy: the cluster's authorities, as in Go, and the system's as well."""
    context = context_for(Trust(insecure=trust.insecure), environ)
    if trust.ca and not trust.insecure:
        load_authorities(context, trust.ca)
    return context
