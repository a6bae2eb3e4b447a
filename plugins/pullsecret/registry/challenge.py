"""The challenge of a registry that requires a login: the WWW-Authenticate header, parsed.

More is accepted than RFC 9110 allows: IBM's registry has been seen to send values without quotes and with spaces after
the commas; the comma in a scope is not quoted then, either, and what follows it is ignored. Source of the parameters'
meaning: distribution docs/content/spec/auth/token.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_GAP = re.compile(r"[\s,]*")
_PARAMETER = re.compile(
    r"""(?P<name>[A-Za-z_][\w-]*)\s*=\s*
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<plain>[^",]*?)(?=\s*,|\s*$|\s+[A-Za-z_][\w-]*\s*=))""",
    re.VERBOSE | re.ASCII,
)
_WORD = re.compile(r"[^\s,]+")
_SCHEMES = ("bearer", "basic")
"""The supported ones, the better first."""
_OTHER_SCHEMES = frozenset({"digest", "negotiate", "ntlm", "aws4-hmac-sha256"})
_LONGEST = 4096  # a longer header is ignored: the part of a realm up to some limit may name another host


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """How to log in: `scheme` in lower case, the token server's URL in `realm`, and what to call the registry there."""

    scheme: str
    realm: str = ""
    service: str = ""


def challenge_in(headers: Iterable[str]) -> Challenge | None:
    """The challenge to use among all WWW-Authenticate headers of a response: Bearer before Basic; None for none."""
    found = [challenge for header in headers if len(header) <= _LONGEST for challenge in _challenges(header)]
    known = [challenge for challenge in found if challenge.scheme == "basic" or challenge.realm]
    return min(known, key=lambda challenge: _SCHEMES.index(challenge.scheme), default=None)


def _challenges(header: str) -> list[Challenge]:
    return [
        Challenge(scheme=scheme, realm=parameters.get("realm", ""), service=parameters.get("service", ""))
        for scheme, parameters in _parsed(header)
        if scheme in _SCHEMES
    ]


def _parsed(header: str) -> list[tuple[str, dict[str, str]]]:
    """Each scheme with its parameters; a word that is neither is ignored: it must not change a realm's host."""
    found: list[tuple[str, dict[str, str]]] = []
    place = _end_of_gap(header, 0)
    while place < len(header):
        parameter = _PARAMETER.match(header, place)
        word = _WORD.match(header, place)
        if parameter and found:
            place = parameter.end()
            found[-1][1].setdefault(parameter["name"].lower(), _value(parameter))
        elif word:
            place = word.end()
            if not found or _is_scheme(word[0], header, place):
                found.append((word[0].lower(), {}))
        place = _end_of_gap(header, place)
    return found


def _end_of_gap(header: str, place: int) -> int:
    gap = _GAP.match(header, place)
    return gap.end() if gap else place


def _is_scheme(word: str, header: str, end: int) -> bool:
    """Whether a word begins a challenge: a known name, or a parameter follows it without a comma."""
    follower = re.compile(r"\s+[A-Za-z_][\w-]*\s*=").match(header, end)
    return word.lower() in (*_SCHEMES, *_OTHER_SCHEMES) or follower is not None


def _value(parameter: re.Match[str]) -> str:
    quoted = parameter["quoted"]
    return (parameter["plain"] or "").strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
