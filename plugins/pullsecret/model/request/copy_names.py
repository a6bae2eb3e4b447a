"""What copies are called: patterns for the sources' names, placeholders for the copies'."""

from __future__ import annotations

import re

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.names import subdomain_problem

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def is_pattern(name: str) -> bool:
    """Whether a source's name stands for several: it holds a `*`, which no secret's name can."""
    return "*" in name


def rest_of(pattern: str, name: str) -> str | None:
    """What the first `*` of a pattern matched in a name; None when the name does not match, "" without a `*`."""
    first, star, others = pattern.partition("*")
    expression = re.escape(first) + ("(.*)" if star else "()") + ".*".join(map(re.escape, others.split("*")))
    found = re.fullmatch(expression, name)
    return found.group(1) if found else None


def check_copy_name(template: str, patterns: tuple[str, ...]) -> None:
    """Refuse a --name that could not give every copy a name of its own.

    Raises:
        UsageError: several sources for one name, or a placeholder that means nothing here.
    """
    if not template:
        return
    if len(patterns) > 1:
        raise UsageError("--name gives one copy its name: it takes exactly one NAME")
    pattern = is_pattern(patterns[0])
    allowed = {"namespace", "rest"} if pattern else {"namespace"}
    for placeholder in _PLACEHOLDER.findall(template):
        if placeholder not in allowed:
            raise UsageError(
                f"unknown placeholder {{{printable(placeholder)}}} in --name: it may hold {_spelled(allowed)}"
            )
    if pattern and "{rest}" not in template:
        raise UsageError("--name with a pattern must hold {rest}, or all copies would have one name")
    if patterns[0].count("*") > 1:
        raise UsageError("--name takes a pattern with one *, or several copies could have one name")


def _spelled(placeholders: set[str]) -> str:
    return " and ".join(f"{{{placeholder}}}" for placeholder in sorted(placeholders))


def copy_name(template: str, source: str, namespace: str, rest: str) -> str:
    """The name of the copy of a source in a namespace.

    Raises:
        UsageError: the result is no name that a secret can have.
    """
    name = template.replace("{namespace}", namespace).replace("{rest}", rest) if template else source
    if problem := subdomain_problem(name):
        raise UsageError(f"invalid secret name {name[:70]!r}: {problem}")
    return name
