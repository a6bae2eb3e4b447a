"""A page as an HTML parser reads it, with what is wrong in it by the standard."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tinyhtml5.parser import HTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}"


class HtmlPage:
    """A page by the WHATWG's rules; `errors` are what they call parse errors."""

    def __init__(self, text: str) -> None:
        parser = HTMLParser(namespace_html_elements=False)
        self.root: Element = parser.parse(text)
        self.errors = list(parser.errors)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """All elements in the order of the page."""
        return tuple(self.root.iter())

    def all(self, name: str) -> list[Element]:
        """All elements of a name."""
        return [one for one in self.elements if one.tag == name]

    def with_id(self, name: str) -> Element:
        """The one element with this id."""
        (found,) = (one for one in self.elements if one.get("id") == name)
        return found

    def table(self, title: str) -> list[list[str]]:
        """The cells of the table with this caption, as they are read; the first row is the header."""
        (table,) = (one for one in self.all("table") if text_of(one.find("caption")) == title)
        return [[text_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """The names of all elements and their attributes: what no foreign text may change."""
        return [(one.tag, tuple(sorted(str(name) for name in one.attrib))) for one in self.elements]

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        """Each attribute with its element's name and its value."""
        for one in self.elements:
            for name, value in one.attrib.items():
                yield one.tag, str(name), str(value)


def text_of(element: Element | None) -> str:
    """All text in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
