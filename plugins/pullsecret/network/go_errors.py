"""Why there is no response, in Go's words: the messages that kubectl's users know and search for."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pullsecret.network.go_text import os_words

_PORTS = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}

# OpenSSL's X509_V_ERR_* numbers, the first group for: no issuer known, self-signed, self-signed in chain, unverifiable
# leaf. Then those of Windows (CERT_E_*) and macOS (errSec*) that Go knows: crypto/x509/root_windows.go, root_darwin.go.
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21, 0x800B0109, -67843})
_DATES = frozenset({9, 10, 0x800B0101, -67818})
_NAMES = frozenset({62, 64, 0x800B010F, -67602})

_HANDSHAKE = {
    "WRONG_VERSION_NUMBER": "http: server gave HTTP response to HTTPS client",
    "HTTP_REQUEST": "http: server gave HTTP response to HTTPS client",
    "RECORD_LAYER_FAILURE": "http: server gave HTTP response to HTTPS client",
    "PACKET_LENGTH_TOO_LONG": "tls: first record does not look like a TLS handshake",
    "UNEXPECTED_EOF_WHILE_READING": "EOF",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "remote error: tls: certificate required",
    "SSLV3_ALERT_BAD_CERTIFICATE": "remote error: tls: bad certificate",
    "SSL/TLS_ALERT_BAD_CERTIFICATE": "remote error: tls: bad certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "remote error: tls: unknown certificate authority",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "remote error: tls: handshake failure",
    "SSL/TLS_ALERT_HANDSHAKE_FAILURE": "remote error: tls: handshake failure",
    "TLSV1_ALERT_PROTOCOL_VERSION": "remote error: tls: protocol version not supported",
    "TLSV1_UNRECOGNIZED_NAME": "remote error: tls: unrecognized name",
}


def refused_words(host: str) -> str:
    """Kubectl's own message for a closed port (kubectl: pkg/cmd/util/helpers.go)."""
    return f"The connection to the server {host} was refused - did you specify the right host or port?"


def tls_words(error: ssl.SSLError, server_name: str) -> str:
    """What was wrong with the handshake; `server_name` is the server's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"tls: failed to verify certificate: x509: {_certificate_words(error, server_name)}"
    reason = getattr(error, "reason", "") or ""  # as above
    return _HANDSHAKE.get(reason) or f"tls: {reason.lower().replace('_', ' ') or 'handshake failed'}"


def _certificate_words(error: ssl.SSLCertVerificationError, server_name: str) -> str:
    code = getattr(error, "verify_code", None)  # only OpenSSL's own errors always have one
    if code in _UNKNOWN_AUTHORITY:
        return "certificate signed by unknown authority"
    if code in _DATES:
        return "certificate has expired or is not yet valid"
    if code in _NAMES:
        return f"certificate is not valid for {server_name}"
    return getattr(error, "verify_message", "") or " ".join(map(str, error.args))


@dataclass(frozen=True, kw_only=True)
class Target:
    """The server of a request: HOST:PORT, the name in its certificate, and the proxy's HOST:PORT if any."""

    host: str
    dialed: str
    server_name: str
    proxy: str = ""

    @classmethod
    def of(cls, server: str, server_name: str, proxy: str) -> Target:
        """The target of a server's URL; `host` is as the URL has it, `dialed` always has a port."""
        url = urlsplit(server)
        return cls(
            host=url.netloc,
            dialed=_with_port(url),
            server_name=server_name or url.hostname or "",
            proxy=_with_port(urlsplit(proxy)) if proxy else "",
        )


def _with_port(url: SplitResult) -> str:
    """HOST:PORT, with the scheme's port when the URL has none."""
    host, port = url.hostname or "", url.port or _PORTS.get(url.scheme, 0)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def os_error_in(error: BaseException) -> OSError | None:
    """The operating system's or OpenSSL's error inside an HTTP library's; None without one."""
    for inner in (error.__cause__, *error.args):
        if isinstance(inner, OSError):
            return inner
        if isinstance(inner, Exception) and (found := os_error_in(inner)):
            return found
    return None


def failure_words(cause: BaseException | None, target: Target) -> str:
    """The message for an error of TLS or of the system."""
    if isinstance(cause, ssl.SSLError):
        return tls_words(cause, target.server_name)
    if isinstance(cause, ConnectionRefusedError) and not target.proxy:
        return refused_words(target.host)
    if isinstance(cause, OSError):
        return network_words(cause, target)
    return "EOF"


def timeout_words(target: Target, *, total: bool, connected: bool) -> str:
    """Go's message for a timeout: the whole request's (--request-timeout), or one step's."""
    if total:
        why = "context deadline exceeded" if connected else "net/http: request canceled while waiting for connection"
        return f"{why} (Client.Timeout exceeded while awaiting headers)"
    if connected:
        return "net/http: timeout awaiting response headers"
    return f"dial tcp {target.proxy or target.dialed}: i/o timeout"


def network_words(error: OSError, target: Target) -> str:
    """Go's message for a network error."""
    host = target.proxy or target.dialed
    if isinstance(error, socket.gaierror):
        why = "no such host" if error.errno == socket.EAI_NONAME else "server misbehaving"
        words = f"dial tcp: lookup {host.rpartition(':')[0]}: {why}"
    elif isinstance(error, ConnectionResetError) and error.errno is None:  # closed without a response
        words = "EOF"
    elif isinstance(error, ConnectionResetError | BrokenPipeError):
        words = f"read tcp {host}: {os_words(error)}"
    elif "Tunnel connection failed" in str(error):  # the proxy refused CONNECT
        return str(error).rpartition(": ")[2].partition(" ")[2] or "the proxy refused"
    else:
        words = f"dial tcp {host}: connect: {os_words(error)}"
    return f"proxyconnect tcp: {words}" if target.proxy else words
