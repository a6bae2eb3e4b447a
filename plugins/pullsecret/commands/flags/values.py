"""The values of flags and names, parsed as Go parses them, and refused in pflag's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from pullsecret.errors import FlagError, UsageError
from pullsecret.model.go.duration import seconds_of
from pullsecret.model.go.printable import printable, quoted_value
from pullsecret.model.objects.objects import label_problem, subdomain_problem

BARE_VALUES = {
    "--dry-run": "client",
    "--insecure-skip-tls-verify": "true",
    "--from-docker-config": "",
    "--verify": "strict",
    "rotate --service-id": "",
    "--disable-old-key": "",
    "--delete-old-key": "",
}
"""What a flag, or a command's, means without its value, which can only be given with `=` (pflag: NoOptDefVal)."""

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})

MOST_PARALLEL = 256
AUTO = "auto"
_DIGITS = 4000  # Python refuses to read more
_SECRET = re.compile(r"^secrets?/")

Repeated: TypeAlias = list[str] | None
"""A flag or name that can be given several times; each of its values may be a comma-separated list."""


def bare_value_of(command: str | None, spelling: str) -> str | None:
    """What a command's flag means without its value; None if it needs one."""
    return BARE_VALUES.get(f"{command} {spelling}", BARE_VALUES.get(spelling))


def split(values: Repeated) -> tuple[str, ...]:
    """The words of a repeated flag: `-n a,b -n c` is a, b, c."""
    return tuple(word for value in values or () for word in value.split(",") if word)


def typed_secret_names(names: Repeated) -> tuple[str, ...]:
    """The secrets' names as typed, each once: `a,b` is two, and `secret/a` and `secret a` are a, as kubectl has it.

    Raises:
        UsageError: names are given, and all are empty, as of a variable that is not set.
    """
    words = names or []
    if words[:1] in (["secret"], ["secrets"]):
        words = words[1:] or words
    typed = tuple(dict.fromkeys(_SECRET.sub("", name) for name in split(words)))
    if names and not typed:
        raise UsageError("resource name may not be empty")
    return typed


def checked_names(names: Iterable[str], *, namespace_flag: str = "-n") -> tuple[str, ...]:
    """The names of secrets or service accounts, each once; `namespace_flag` as for `checked_patterns`.

    Raises:
        UsageError: one of them cannot be the name of an object.
    """
    unique = tuple(dict.fromkeys(names))
    for name in unique:
        if problem := subdomain_problem(name):
            raise _invalid_name(name, problem, namespace_flag)
    return unique


def checked_patterns(names: Repeated, *, namespace_flag: str = "-n") -> tuple[str, ...]:
    """The names or patterns of secrets given to a command; none for all.

    Args:
        names: the names or patterns.
        namespace_flag: the flag for a namespace that was typed before the name, with a slash.

    Raises:
        UsageError: one of them cannot be the name of an object, nor a pattern of such names.
    """
    typed = typed_secret_names(names)
    for pattern in typed:
        if problem := subdomain_problem(pattern.replace("*", "x")):
            raise _invalid_name(pattern, problem, namespace_flag)
    return typed


def _invalid_name(name: str, problem: str, namespace_flag: str) -> UsageError:
    namespace = name.partition("/")[0] if name.count("/") == 1 else ""
    meant = "" if label_problem(namespace) else f"specify the namespace with {namespace_flag} {namespace}"
    return UsageError(f"invalid resource name {name[:70]!r}: {meant or problem}")


def patterns_of(names: Repeated) -> tuple[str, ...]:
    """The names or patterns given to a command that needs at least one.

    Raises:
        UsageError: none is given, or one is not valid.
    """
    return _at_least_one(checked_patterns(names))


def names_of(names: Repeated, *, namespace_flag: str = "-n") -> tuple[str, ...]:
    """The secrets given to a command that needs at least one; `namespace_flag` as for `checked_patterns`.

    Raises:
        UsageError: no name is given, or one cannot be the name of an object.
    """
    return _at_least_one(checked_names(typed_secret_names(names), namespace_flag=namespace_flag))


def _at_least_one(given: tuple[str, ...]) -> tuple[str, ...]:
    if not given:
        raise UsageError("at least one NAME is required")
    return given


def single_name(names: Repeated, *, default: str = "") -> str:
    """The name given to a command that creates one secret.

    Raises:
        UsageError: not exactly one, in kubectl's words, or one that no object can have.
    """
    given = names or ([default] if default else [])
    if len(given) != 1:
        raise UsageError(f"exactly one NAME is required, got {len(given)}")
    return checked_names([_SECRET.sub("", given[0])])[0]


def parse_bool(flag: str, text: str) -> bool:
    """A boolean flag's value as Go parses it (Go: strconv.ParseBool).

    Raises:
        FlagError: it is neither true nor false.
    """
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise _invalid(flag, text, f"strconv.ParseBool: parsing {quoted_value(text)}: invalid syntax")


def parse_int(flag: str, text: str) -> int:
    """An integer of 32 bits as Go parses it (Go: strconv.ParseInt).

    Raises:
        FlagError: it is not an integer, or out of range.
    """
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        raise _invalid(flag, text, f"strconv.ParseInt: parsing {quoted_value(text)}: invalid syntax")
    if len(text) > _DIGITS or not -(2**31) <= int(text) < 2**31:
        raise _invalid(flag, text, f"strconv.ParseInt: parsing {quoted_value(text)}: value out of range")
    return int(text)


def parse_parallel(text: str) -> int | None:
    """The number of `--parallel`; None for `auto`.

    Raises:
        UsageError: it is neither that nor a number within the bounds.
    """
    if text == AUTO:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or not 1 <= int(text) <= MOST_PARALLEL:
        raise UsageError(f"--parallel must be {AUTO} or from 1 to {MOST_PARALLEL}, not {printable(text)}")
    return int(text)


def parse_seconds(flag: str, text: str) -> float:
    """The seconds of a duration that must not be negative.

    Raises:
        FlagError: it is not such a duration.
    """
    value = seconds_of(text)
    if value is None or value < 0:
        raise _invalid(flag, text, f"time: invalid duration {quoted_value(text)}")
    return value


def _invalid(flag: str, text: str, reason: str) -> FlagError:
    return FlagError(f'invalid argument {quoted_value(text)} for "{flag}" flag: {reason}')
