"""Texts that whoever may write to a cluster can put into a report."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

Reported = TypeVar("Reported")
"""A value of any type in a report."""

MARKUP = "</td></title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--&amp;]]>&lt;{}"


HARMLESS = re.sub("[<>\"'&]", "x", MARKUP)


def filled(value: Reported, text: str) -> Reported:
    """The same with this text after every text in it that is not empty."""
    if isinstance(value, str):
        return type(value)(f"{value}{text}" if value else "")
    if isinstance(value, tuple):
        return type(value)(filled(one, text) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: filled(getattr(value, one.name), text) for one in fields(value)})
    return value
