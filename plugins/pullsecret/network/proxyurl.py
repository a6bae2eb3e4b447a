"""A proxy's URL: which ones can be used, and what a connection needs of one."""

from __future__ import annotations

import base64
from urllib.parse import unquote, urlsplit

from pullsecret.errors import ConfigError
from pullsecret.network.address import url_parts
from pullsecret.network.go_text import quoted


def parsed_proxy_url(url: str) -> str:
    """A kubeconfig's `proxy-url`, when it is one (client-go: tools/clientcmd/helpers.go, parseProxyURL).

    Raises:
        ConfigError: it is not a URL, or its scheme is not http, https or socks5.
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise ConfigError("error: could not parse the URL") from None  # the cause may hold its password
    if scheme not in {"http", "https", "socks5"}:
        raise ConfigError(f"error: unsupported scheme {quoted(scheme)}, must be http, https, or socks5")
    try:
        url_parts(url)
    except ValueError:
        raise ConfigError("error: could not parse the URL") from None
    return url


def without_password(url: str) -> str:
    """The URL as the pool takes it: name and password travel in a header, and socks5 looks names up as Go does.

    Go leaves names to a socks5 proxy; in Python's words that is socks5h, which has its password in the URL.
    """
    parts = urlsplit(url)
    if parts.scheme.startswith("socks5"):
        return parts._replace(scheme="socks5h").geturl()
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if url else ""


def proxy_headers(url: str) -> dict[str, str] | None:
    """Name and password of an http proxy's URL as the header that carries them; None when it has none."""
    parts = urlsplit(url)
    if not parts.username:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def refuse_unsupported(url: str) -> None:
    """Raise ConfigError for a proxy with an unsupported scheme."""
    scheme = urlsplit(url).scheme
    if url and scheme not in {"http", "https", "socks5", "socks5h"}:
        raise ConfigError(f"error: unsupported proxy scheme {quoted(scheme)}")
