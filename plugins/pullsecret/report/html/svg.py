"""Shapes of the pictures in the page; colors are classes of its style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.report.html.markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterable


def picture(label: str, width: int, height: int, shapes: Iterable[str]) -> Markup:
    """A picture in a frame that scrolls; who does not see it reads its label, and the table below it."""
    drawing = element(
        "svg",
        element("title", label),
        *shapes,
        role="img",
        aria_label=label,
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
    )
    return element("div", drawing, class_="frame picture", role="group", aria_label=f"Picture: {label}", tabindex=0)


def box(at: tuple[int, int], size: tuple[int, int], kind: str, *, title: str = "") -> Markup:
    """A rectangle; its title is shown below the pointer."""
    content = (element("title", title),) if title else ()
    return element("rect", *content, x=at[0], y=at[1], width=size[0], height=size[1], class_=kind)


def caption(at: tuple[int, int], text: str, kind: str = "", *, longest: int = 0, anchor: str = "") -> Markup:
    """A text whose baseline is there; one of more than `longest` characters is cut, and whole in its title."""
    is_cut = 0 < longest < len(text)
    content = (f"{text[: longest - 1]}…", element("title", text)) if is_cut else (text,)
    return element("text", *content, x=at[0], y=at[1], class_=kind or None, text_anchor=anchor or None)


def path(course: str, kind: str) -> Markup:
    """A line or an area, by its course in SVG's letters."""
    return element("path", d=course, class_=kind)
