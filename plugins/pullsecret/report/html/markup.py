"""HTML as a type of its own: what is not made here is text, and is escaped before it becomes part of a page."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.go.printable import Printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID = frozenset({"br", "meta", "link", "wbr"})
"""Elements without content or an end tag, of those that the page uses (HTML: 13.1.2)."""

_Value: TypeAlias = "str | int | bool | None"
"""A value; True is an attribute without one, and False and None leave the attribute out."""


class Markup(str):
    """A part of a page. Only this module makes one, of escaped text and of other parts."""

    __slots__ = ()


@lru_cache(maxsize=10_000)
def escaped_text(text: str) -> Markup:
    """A text that others may have written, for content and attributes: no markup, and nothing that cannot be shown.

    It is ASCII, with references to other characters: shells such as Windows PowerShell change the encoding of a page
    that they write to a file.
    """
    return Markup(escape(Printable(text, longest=None)).encode("ascii", "xmlcharrefreplace").decode())


def element(name: str, /, *content: str, **attributes: _Value) -> Markup:
    """An element; text in its content and its attributes is escaped.

    Args:
        name: the element's name.
        content: texts and parts, in this order.
        attributes: by name, with `_` for `-`; the last `_` of a word that Python reserves is left out.
    """
    start = f"<{name}{''.join(_attribute(*pair) for pair in attributes.items())}>"
    return Markup(start) if name in _VOID else Markup(f"{start}{joined_markup(content)}</{name}>")


def joined_markup(parts: Iterable[str], separator: str = "") -> Markup:
    """Texts and parts one after the other."""
    return Markup(separator.join(part if isinstance(part, Markup) else escaped_text(part) for part in parts))


def own_text(text: str) -> Markup:
    """A style sheet or a script of this program, which HTML takes literally; never what others wrote."""
    return Markup(text)


def _attribute(name: str, value: _Value) -> str:
    if value is None or value is False:
        return ""
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escaped_text(str(value))}"'
