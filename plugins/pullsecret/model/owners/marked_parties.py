"""Which parties have their marks on an object: looked up by the marks that it has, of which most objects have none."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import mapping_at, mappings_at, text_at
from pullsecret.model.owners.parties import PARTIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.parties import Party


def parties_marked_on(target: Object) -> Iterator[Party]:
    """The parties with labels, annotations or an owner reference on an object, in the order of the table."""
    numbers = {number for key in _marks_of(target) for number in _PARTIES_BY_MARK.get(key, ())}
    return (PARTIES[number] for number in sorted(numbers) if PARTIES[number].is_marked_on(target))


def _marks_of(target: Object) -> Iterator[tuple[str, str, str]]:
    """The place and name of what may be a mark, each with its value, and with "*" for any."""
    for place in ("labels", "annotations"):
        for name, value in mapping_at(target, "metadata", place).items():
            yield place, name, "*"
            if isinstance(value, str):
                yield place, name, value
    for owner in mappings_at(target, "metadata", "ownerReferences"):
        yield "owner", text_at(owner, "kind"), "*"


def _parties_by_mark() -> Mapping[tuple[str, str, str], set[int]]:
    found: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
    for number, party in enumerate(PARTIES):
        for mark in (mark for together in party.marks for mark in together):
            found[mark.place, mark.name, mark.pattern if mark.is_literal else "*"].add(number)
    return found


_PARTIES_BY_MARK = _parties_by_mark()
