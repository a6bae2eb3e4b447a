"""The names of copies: patterns for the sources, placeholders for the copies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import subdomain_problem

if TYPE_CHECKING:
    from collections.abc import Collection

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def is_pattern(name: str) -> bool:
    """Whether a name stands for several secrets: it has a `*`, which is not allowed in a secret's name."""
    return "*" in name


def rest_of(pattern: str, name: str) -> str | None:
    """What the first `*` of a pattern matches in a name; None if the name does not match, "" without a `*`."""
    first, star, others = pattern.partition("*")
    expression = re.escape(first) + ("(.*)" if star else "()") + ".*".join(map(re.escape, others.split("*")))
    found = re.fullmatch(expression, name)
    return found.group(1) if found else None


def is_wanted(name: str, patterns: Collection[str]) -> bool:
    """Whether one of the names or patterns that were given stands for this name; all names are wanted without any."""
    return not patterns or any(rest_of(pattern, name) is not None for pattern in patterns)


def check_copy_name(template: str, patterns: tuple[str, ...]) -> None:
    """Refuse a --name that does not give every copy its own name.

    Raises:
        UsageError: several sources would share a name, or a placeholder is unknown.
    """
    if not template:
        return
    if len(patterns) > 1:
        raise UsageError("--name requires exactly one NAME")
    pattern = is_pattern(patterns[0])
    allowed = {"namespace", "rest"} if pattern else {"namespace"}
    for placeholder in _PLACEHOLDER.findall(template):
        if placeholder not in allowed:
            raise UsageError(
                f"unknown placeholder {{{printable(placeholder)}}} in --name; supported: {_spelled(allowed)}"
            )
    if pattern and "{rest}" not in template:
        raise UsageError("with a pattern, --name must contain {rest} so that every copy gets its own name")
    if patterns[0].count("*") > 1:
        raise UsageError("with --name, the pattern may contain only one *")


def _spelled(placeholders: set[str]) -> str:
    return " and ".join(f"{{{placeholder}}}" for placeholder in sorted(placeholders))


def copy_name(template: str, source: str, namespace: str, rest: str) -> str:
    """The name of the copy of a source in a namespace.

    Raises:
        UsageError: the result is not a valid name of a secret.
    """
    name = template.replace("{namespace}", namespace).replace("{rest}", rest) if template else source
    if problem := subdomain_problem(name):
        raise UsageError(f"invalid secret name {name[:70]!r}: {problem}")
    return name
