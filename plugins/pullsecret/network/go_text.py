"""Go's messages for errors of the operating system, and its %q. Light: completion needs it, and loads no TLS for it."""

from __future__ import annotations

import errno
import os

_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by peer",
    errno.EHOSTUNREACH: "no route to host",
    errno.EISDIR: "is a directory",
    errno.ENETUNREACH: "network is unreachable",
    errno.ENOENT: "no such file or directory",
    errno.ENOTDIR: "not a directory",
    errno.EACCES: "permission denied",
    errno.EPIPE: "broken pipe",
    errno.ETIMEDOUT: "connection timed out",
}


def os_words(error: OSError) -> str:
    """An operating system's error as Go prints it: without a number, and in lower case.

    Errors of Windows have words of their own, which os.strerror does not know.
    """
    if error.errno is None or getattr(error, "winerror", None):
        known = _WORDS.get(error.errno) if error.errno else None
        return known or (error.strerror or "i/o error").lower()
    return _WORDS.get(error.errno) or os.strerror(error.errno).lower()


def quoted(text: str) -> str:
    """Text as Go's %q prints it: in double quotes, on one line, nothing that steers a terminal."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(char) or _printable(char) for char in text) + '"'


def plain(text: str) -> str:
    """Text from elsewhere without the control characters that could steer a terminal; line ends stay."""
    return "".join(char if char in "\n\t" else _printable(char) for char in text)


def _printable(char: str) -> str:
    return char if char.isprintable() else f"\\u{ord(char):04x}"
