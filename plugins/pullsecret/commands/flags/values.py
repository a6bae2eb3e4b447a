"""What stands behind a flag, read as Go reads it, and refused in pflag's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from pullsecret.errors import FlagError, UsageError
from pullsecret.model.go.duration import seconds_of
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.names import subdomain_problem

WITHOUT_VALUE = {
    "--dry-run": "client",
    "--insecure-skip-tls-verify": "true",
    "--from-docker-config": "",
    "--verify": "strict",
}
"""What a flag means that stands without its value, which only `=` gives (pflag: NoOptDefVal)."""

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})

MOST_PARALLEL = 256
_DIGITS = 4000  # Python refuses to read more

Words: TypeAlias = list[str] | None
"""A repeatable flag; each of its values may be a comma-separated list."""


def split(values: Words) -> tuple[str, ...]:
    """The words of a repeatable flag: `-n a,b -n c` is a, b, c."""
    return tuple(word for value in values or () for word in value.split(",") if word)


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of secrets or service accounts, each once.

    Raises:
        UsageError: one of them is no name that an object can have.
    """
    unique = tuple(dict.fromkeys(names))
    for name in unique:
        if problem := subdomain_problem(name):
            raise UsageError(f"invalid resource name {name[:70]!r}: {problem}")
    return unique


def truth(flag: str, text: str) -> bool:
    """A boolean flag's value as Go reads it (Go: strconv.ParseBool).

    Raises:
        FlagError: it is neither true nor false.
    """
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise _invalid(flag, text, f'strconv.ParseBool: parsing "{printable(text)}": invalid syntax')


def whole(flag: str, text: str) -> int:
    """A whole number of 32 bits as Go reads it (Go: strconv.ParseInt).

    Raises:
        FlagError: it is none.
    """
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        raise _invalid(flag, text, f'strconv.ParseInt: parsing "{printable(text)}": invalid syntax')
    if len(text) > _DIGITS or not -(2**31) <= int(text) < 2**31:
        raise _invalid(flag, text, f'strconv.ParseInt: parsing "{printable(text)}": value out of range')
    return int(text)


def parallel_requests(text: str) -> int:
    """The number of `--parallel`.

    Raises:
        FlagError: it is no number.
        UsageError: it is out of bounds.
    """
    number = whole("--parallel", text)
    if not 1 <= number <= MOST_PARALLEL:
        raise UsageError(f"--parallel must be from 1 to {MOST_PARALLEL}, not {number}")
    return number


def _invalid(flag: str, text: str, reason: str) -> FlagError:
    return FlagError(f'invalid argument "{printable(text)}" for "{flag}" flag: {reason}')


def seconds(flag: str, text: str) -> float:
    """The seconds of a duration that must not be negative.

    Raises:
        FlagError: it is no duration.
    """
    value = seconds_of(text)
    if value is None or value < 0:
        raise _invalid(flag, text, f'time: invalid duration "{printable(text)}"')
    return value


def names_of(names: Words) -> tuple[str, ...]:
    """The names given to a command that needs at least one.

    Raises:
        UsageError: none was given, or one is no name that an object can have.
    """
    if not names:
        raise UsageError("at least one NAME is required")
    return checked_names(names)


def single_name(names: Words, *, default: str = "") -> str:
    """The name given to a command that makes one secret.

    Raises:
        UsageError: not exactly one, in kubectl's words, or one that no object can have.
    """
    given = names or ([default] if default else [])
    if len(given) != 1:
        raise UsageError(f"exactly one NAME is required, got {len(given)}")
    return checked_names(given)[0]
