"""A registry's address as parsed by Go's net/url: the kubelet compares the result with the image name.

In bytes, as Go's strings are: `%C3%A9` in a host is two of them. Source: Go 1.26 net/url/url.go (parse,
parseAuthority, parseHost, setPath), net/ipsock.go (SplitHostPort); kubelet: pkg/credentialprovider/keyring.go (Add).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from pullsecret.model.go.json import go_bytes
from pullsecret.model.go.remembered import remembered_if_short

_PLAIN = re.compile(r"([a-z0-9.-]++)(?::([0-9]++))?+((?:/[a-z0-9._-]++)*+)")
"""Most keys: nothing in them is removed, apart from a leading `/v1/` or `/v2/`."""
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_USERINFO = re.compile(rb"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_HOST = re.compile(rb"(?:[A-Za-z0-9\-_.~!$&'()*+,;=:<>\"\[\]\x80-\xff]++|%25|%[89A-Fa-f][0-9A-Fa-f])*+")
_PORT = re.compile(rb"(?::[0-9]*)?")
_BRACKETED = re.compile(rb"\[(.*)\]((?::[0-9]*)?)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Address:
    """The parts that the kubelet compares: the host's labels, the port as text ("" is not 443), and the path."""

    labels: tuple[bytes, ...]
    port: bytes
    path: bytes


def index_key(server: str) -> str | None:
    """The server key as the kubelet's keyring stores it: host and path; None if it ignores the entry.

    Scheme, user information, query, fragment and a leading `/v1/` or `/v2/` are removed. A scheme must be lowercase.
    """
    if _PLAIN.fullmatch(server) and "/v1/" not in server and "/v2/" not in server:
        return server
    return _parsed_key(server)


@remembered_if_short(4096)
def _parsed_key(server: str) -> str | None:
    has_scheme = server.startswith(("https://", "http://"))
    parts = _host_and_path(go_bytes(server if has_scheme else f"https://{server}"))
    if parts is None:
        return None
    host, path = parts
    if path.startswith((b"/v1/", b"/v2/")):
        path = path[3:]
    return (host if path == b"/" else host + path).decode("utf-8", "surrogateescape")


@remembered_if_short(4096)
def address(name: str) -> Address | None:
    """The address of an index key or of an image name; None if Go cannot parse it, in which case it matches nothing."""
    if plain := _PLAIN.fullmatch(name):
        labels = tuple(plain[1].encode().split(b"."))
        return Address(labels=labels, port=(plain[2] or "").encode(), path=plain[3].encode())
    parts = _host_and_path(go_bytes(f"https://{name}"))
    if parts is None:
        return None
    host, port = _split_port(parts[0])
    return Address(labels=tuple(host.split(b".")), port=port, path=parts[1])


def _host_and_path(url: bytes) -> tuple[bytes, bytes] | None:
    before, _, fragment = url.partition(b"#")
    rest = before.partition(b"?")[0].partition(b"//")[2]
    authority, slash, path = rest.partition(b"/")
    host = _host(authority)
    if host is None or _CONTROL.search(before) or _BAD_PERCENT.search(fragment) or _BAD_PERCENT.search(path):
        return None
    return host, _unescaped(slash + path)


def _host(authority: bytes) -> bytes | None:
    userinfo, _, host = authority.rpartition(b"@")
    if not _USERINFO.fullmatch(userinfo) or _BAD_PERCENT.search(userinfo):
        return None
    if host.startswith(b"["):
        return _bracketed_host(host)
    port = host[host.find(b":") :] if b":" in host else b""
    if b"[" in host or not _PORT.fullmatch(port) or not _HOST.fullmatch(host):
        return None
    return _unescaped(host)


def _bracketed_host(host: bytes) -> bytes | None:
    """An IPv6 address in brackets with an optional port; a zone (`%25eth0`) cannot be part of an image name."""
    match = _BRACKETED.fullmatch(host)
    if not match:
        return None
    try:
        ipaddress.IPv6Address(match[1].decode("ascii"))
    except ValueError:
        return None
    return host


def _unescaped(text: bytes) -> bytes:
    return _PERCENT.sub(lambda match: bytes.fromhex(match[1].decode()), text)


def _split_port(host: bytes) -> tuple[bytes, bytes]:
    """Host and port; brackets are removed only if a port follows them, as in Go."""
    match = _BRACKETED.fullmatch(host)
    if match:
        return (match[1], match[2][1:]) if match[2] else (host, b"")
    name, colon, port = host.rpartition(b":")
    return (name, port) if colon and b"]" not in host else (host, b"")
