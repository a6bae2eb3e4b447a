"""Fields of IBM Cloud's answers, which may have any type: what is not as expected is taken as absent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def text_in(content: Mapping[str, object], name: str) -> str:
    """A field that is a text; empty for anything else."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def date_in(content: Mapping[str, object], name: str) -> datetime | None:
    """A field that is a date as IAM writes it, `2026-11-28T10:15+0000` or with seconds; None for anything else."""
    try:
        date = datetime.fromisoformat(text_in(content, name))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def object_at(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A field that is an object; empty for anything else."""
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(content: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    """The objects in a field that is a list; empty for anything else."""
    value = content.get(name)
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
