"""URLs of servers and proxies, checked when they are read and not when they are used."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from pullsecret.errors import ConfigError
from pullsecret.network.go_text import quoted

_IN_PATHS = "/%~!$&'()*+,;=:@[]"  # what a path may hold unescaped
_NOT_IN_URL = re.compile(r"[\x00-\x1f\x7f]")  # Python leaves them out, and reads another URL than the one written
_NETLOC = re.compile(r"(?:[^@]*@)?(?:\[[^]]*\]|[^][:%]*)(?::[0-9]*)?")


def url_parts(url: str) -> SplitResult:
    """A URL taken apart; ValueError when it has no usable scheme, host or port."""
    if _NOT_IN_URL.search(url):
        raise ValueError("it has control characters")
    parts = urlsplit(url)
    if not parts.scheme or not parts.hostname or parts.port == 0:
        raise ValueError("it has no scheme, host or port")
    if not parts.netloc.isprintable() or set(parts.netloc) & set(' \\<>^`{|}"') or not _NETLOC.fullmatch(parts.netloc):
        raise ValueError("its host has characters that are not valid in a host")
    return parts


def server_url(server: str) -> str:
    """A server's address as a URL: without a scheme it is http (client-go: rest/url_utils.go, DefaultServerURL).

    A name and password in the URL, a query and a fragment are dropped.

    Raises:
        ConfigError: it is neither a URL nor HOST:PORT.
    """
    problem = ConfigError(f"error: host must be a URL or a host:port pair: {quoted(server)}")
    try:
        parts = url_parts(server if "://" in server else f"http://{server}")
    except ValueError as error:
        raise problem from error
    if parts.scheme not in {"http", "https"} or ("://" not in server and parts.path.strip("/")):
        raise problem
    path = quote(parts.path.rstrip("/"), safe=_IN_PATHS)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
