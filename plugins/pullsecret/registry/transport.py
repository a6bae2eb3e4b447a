"""One HTTP request to a registry or a token server, and its answer: by TLS, through the environment's proxy, once."""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING, Final, TypedDict

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.exceptions import TimeoutError as TimedOut

from pullsecret.network.go_errors import Target, network_words, os_error_in, timeout_words, tls_words
from pullsecret.network.proxy import proxy_for
from pullsecret.network.proxyurl import proxy_headers, refuse_unsupported, without_password
from pullsecret.network.tls import Trust, context_for, load_authorities, proxy_context_for, read_pem
from pullsecret.network.useragent import USER_AGENT
from pullsecret.registry.http import Reply, Request, without_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.network.timeouts import Timeouts
    from pullsecret.network.trace import Trace

_MOST: Final = 256 * 1024
"""So many bytes of an answer are read; tokens and error messages are far shorter."""
_PIECE: Final = 16 * 1024

AT_ONCE: Final = 8
"""So many requests are under way at most."""
_HOSTS: Final = 64  # whose idle connections are kept

_NO_TLS = "http: server gave HTTP response to HTTPS client"


class _PoolOptions(TypedDict):
    num_pools: int
    maxsize: int
    ssl_context: ssl.SSLContext


class NoAnswerError(Exception):
    """There was no answer, for a reason in Go's words; `speaks_no_tls` when what is there speaks plain http."""

    def __init__(self, words: str, *, speaks_no_tls: bool = False) -> None:
        super().__init__(words)
        self.words, self.speaks_no_tls = words, speaks_no_tls


class Wire:
    """Sends requests, from as many threads as like to. No redirect is followed, and nothing is sent twice.

    Raises ConfigError when made with authorities that cannot be read.
    """

    def __init__(
        self, *, environ: Mapping[str, str], trace: Trace, timeouts: Timeouts, ca_files: tuple[str, ...] = ()
    ) -> None:
        self._environ, self._trace, self._timeouts = environ, trace, timeouts
        self._context = _context(environ, ca_files)
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def send(self, request: Request) -> Reply:
        """The answer, whatever its status.

        Raises:
            NoAnswerError: there was none.
            ConfigError: the environment names a proxy that cannot be used.
        """
        proxy = proxy_for(request.url, self._environ)
        shown, started = request.shown_url, time.monotonic()
        self._trace.request(request.method, shown, request.headers.items())
        try:
            reply = self._exchanged(request, self._pool(proxy))
        except HTTPError as error:
            raise self._no_answer(error, request.url, proxy) from None  # the cause may quote the request
        millis = int((time.monotonic() - started) * 1000)
        headers = [(name, _shown_header(name, reply.said(value))) for name, value in reply.headers]
        self._trace.response(request.method, shown, reply.status_line, headers, millis)
        return reply

    def close(self) -> None:
        """Closes the connections that are idle."""
        for pool in self._pools.values():
            pool.clear()

    def _exchanged(self, request: Request, pool: urllib3.PoolManager) -> Reply:
        response = pool.urlopen(
            request.method,
            request.url,
            body=request.body,
            headers={"User-Agent": USER_AGENT, **request.headers},
            timeout=urllib3.Timeout(connect=self._timeouts.connect, read=self._timeouts.read),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        return Reply(
            status=response.status,
            reason=response.reason or "",
            headers=tuple(response.headers.items()),
            body=self._body(response),
            secrets=request.secrets,
        )

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The body, or its beginning where it is too long for what we ask; a trickle does not keep us for ever."""
        latest, content = time.monotonic() + (self._timeouts.total or self._timeouts.read), b""
        while len(content) < _MOST and time.monotonic() < latest:
            piece = response.read(_PIECE)
            if not piece:
                response.release_conn()
                return content
            content += piece
        response.close()
        return content

    def _pool(self, proxy: str) -> urllib3.PoolManager:
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = self._new_pool(proxy)
            return self._pools[proxy]

    def _new_pool(self, proxy: str) -> urllib3.PoolManager:
        refuse_unsupported(proxy)
        options = _PoolOptions(num_pools=_HOSTS, maxsize=AT_ONCE, ssl_context=self._context)
        if not proxy:
            return urllib3.PoolManager(**options)
        if proxy.startswith("socks"):
            from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415  few need it

            return SOCKSProxyManager(without_password(proxy), **options)
        return urllib3.ProxyManager(
            without_password(proxy),
            proxy_headers=proxy_headers(proxy),
            proxy_ssl_context=proxy_context_for(Trust(), self._environ) if proxy.startswith("https:") else None,
            **options,
        )

    def _no_answer(self, error: HTTPError, url: str, proxy: str) -> NoAnswerError:
        target, cause = Target.of(url, "", proxy), os_error_in(error)
        if isinstance(error, TimedOut) and not isinstance(error, NewConnectionError):
            is_connected = isinstance(error, ReadTimeoutError)
            return NoAnswerError(timeout_words(target, total=False, connected=is_connected))
        if isinstance(cause, ssl.SSLError):
            words = tls_words(cause, target.server_name)
            return NoAnswerError(words, speaks_no_tls=words == _NO_TLS)
        if isinstance(cause, OSError):
            return NoAnswerError(network_words(cause, target))
        return NoAnswerError("EOF")


def _context(environ: Mapping[str, str], ca_files: tuple[str, ...]) -> ssl.SSLContext:
    context = context_for(Trust(), environ)
    for path in ca_files:
        load_authorities(context, read_pem(path))
    return context


def _shown_header(name: str, value: str) -> str:
    return without_query(value) if name.lower() == "location" else value
