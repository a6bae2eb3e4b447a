"""The page of report as people use it: on any screen, with and without its script, with the keyboard, and on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from browser.timing import A_SECOND, opened
from local_server import LocalServer
from pullsecret.model.cluster_report.matrix import PullState
from reported_clusters import made_up_report
from reported_texts import MARKUP, filled

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from browser.chromium import Chromium
    from browser.pages import Pages
    from local_server import Response

WIDTHS = (320, 768, 1440)
"""Of a telephone, as small as WCAG's reflow wants it (1.4.10), a tablet, and a desk."""

SCHEMES = ("light", "dark")
AXE = (
    "return axe.run({resultTypes: ['violations']})"
    ".then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"
)
OVERFLOW = "return document.documentElement.scrollWidth - innerWidth"


def table(title: str) -> str:
    """A script's expression for the table with this caption."""
    return f"[...document.querySelectorAll('table')].find(one => one.caption.textContent === '{title}')"


def column(browser: Chromium, title: str, at: int) -> list[str]:
    """The texts of a column, in the rows that are shown, from top to bottom."""
    rows = f"[...{table(title)}.tBodies[0].rows].filter(row => row.checkVisibility())"
    texts: list[str] = browser.run(f"return {rows}.map(row => row.cells[{at}].textContent)")
    return texts


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("clusters", [1, 3])
def test_page_is_accessible_and_fits(
    browser: Chromium, pages: Pages, axe: str, width: int, scheme: str, clusters: int
) -> None:
    page = pages.made_up(60 if clusters == 1 else 12, clusters)
    browser.look(width=width, scheme=scheme)
    browser.open(page)

    assert browser.run(axe + AXE) == []
    assert browser.run(OVERFLOW) <= 0
    assert browser.requests() == [page.as_uri()]
    assert browser.messages() == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_page_without_script_shows_all_and_offers_nothing_that_needs_one(
    browser: Chromium, pages: Pages, axe: str, width: int, scheme: str
) -> None:
    page = pages.made_up(60)
    browser.look(width=width, scheme=scheme, has_script=False)
    browser.open(page)

    assert browser.run("return document.querySelectorAll('button, input, select, .tools').length") == 0
    assert len(column(browser, "Namespaces and registries", 0)) == 60
    assert browser.run(OVERFLOW) <= 0
    assert (browser.requests(), browser.messages()) == ([page.as_uri()], [])

    browser.look(width=width, scheme=scheme)
    browser.open(pages.file("without-script", re.sub("<script>.*</script>", "", page.read_text(), flags=re.DOTALL)))
    assert browser.run(axe + AXE) == []


def test_page_follows_the_color_scheme(browser: Chromium, pages: Pages) -> None:
    colors = []
    for scheme in SCHEMES:
        browser.look(width=1440, scheme=scheme)
        browser.open(pages.made_up(60))
        colors.append(browser.run("return getComputedStyle(document.body).backgroundColor"))

    assert colors == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_columns_sort_by_what_they_show(browser: Chromium, pages: Pages) -> None:
    browser.look(width=1440)
    browser.open(pages.made_up(60))
    sort = "{}.tHead.rows[0].cells[{}].querySelector('button').click()"
    orders: dict[tuple[str, int], list[list[str]]] = {}
    for title, at in (("Namespaces and registries", 0), ("Namespaces and registries", 5), ("Pull secrets", 5)):
        orders[title, at] = []
        for _ in range(2):
            browser.run(sort.format(table(title), at))
            orders[title, at].append(column(browser, title, at))

    up, down = orders["Namespaces and registries", 0]
    assert up == sorted(up, key=natural)
    assert down == up[::-1]
    up, down = orders["Pull secrets", 5]
    assert up == sorted(up)
    assert down == sorted(up, reverse=True)
    words = [state.value for state in PullState]
    up, down = ([text.strip("()") for text in texts] for texts in orders["Namespaces and registries", 5])
    used = [text for text in up if text]
    assert used == sorted(used, key=words.index)
    assert up[len(used) :] == [""] * (60 - len(used)) == down[len(used) :]
    assert down[: len(used)] == sorted(used, key=words.index, reverse=True)


def natural(text: str) -> list[tuple[int, int, str]]:
    """The key of a text in which numbers count as such."""
    pieces = re.findall(r"\d+|\D+", text.replace(" system", ""))
    return [(1, int(piece), "") if piece.isdigit() else (0, 0, piece) for piece in pieces]


def test_sorted_column_says_so(browser: Chromium, pages: Pages) -> None:
    browser.look(width=1440)
    browser.open(pages.made_up(60))
    header = f"{table('Pull secrets')}.tHead.rows[0].cells"
    states = []
    for at in (1, 1, 0):
        browser.run(f"{header}[{at}].querySelector('button').click()")
        states.append(browser.run(f"return [...{header}].map(one => one.getAttribute('aria-sort')).slice(0, 2)"))

    assert states == [[None, "ascending"], [None, "descending"], ["ascending", None]]


def test_keyboard_reaches_everything_in_order_and_is_seen(browser: Chromium, pages: Pages) -> None:
    browser.look(width=1440)
    browser.open(pages.made_up(20))
    stops = "a, button, input, select, summary, [tabindex='0']"
    reachable = browser.run(f'return document.querySelectorAll("{stops}").length')
    focus = (
        "const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();"
        "const all = [...document.querySelectorAll('*')];"
        "return [all.indexOf(at), style.outlineStyle !== 'none' && box.width > 0, box.right > 0 && box.bottom > 0]"
    )
    places, unseen = [], []
    for _ in range(reachable):
        browser.press("Tab")
        place, is_outlined, is_on_screen = browser.run(focus)
        places.append(place)
        if not (is_outlined and is_on_screen):
            unseen.append(browser.run("return document.activeElement.outerHTML.slice(0, 200)"))

    assert places == sorted(places)
    assert len(set(places)) == reachable
    assert unseen == []


def test_skip_link_comes_first_and_leads_to_the_report(browser: Chromium, pages: Pages) -> None:
    browser.look(width=1440)
    browser.open(pages.made_up(20))

    browser.press("Tab")
    assert browser.run("return document.activeElement.textContent") == "Skip to the report"
    browser.press("Enter")
    assert browser.run("return document.activeElement.id") == "report"


def test_filter_is_typed_chosen_and_reported(browser: Chromium, pages: Pages) -> None:
    cells = made_up_report(60).clusters[0].cells
    broken = {cell.namespace for cell in cells if cell.state is PullState.BROKEN}
    tools = f"{table('Namespaces and registries')}.parentNode.previousElementSibling"
    shown = f"return {tools}.querySelector('output').textContent"
    browser.look(width=1440)
    browser.open(pages.made_up(60))

    browser.run(f"{tools}.querySelector('input').focus()")
    browser.press("SHOP prod")
    typed = column(browser, "Namespaces and registries", 0)
    assert typed
    assert all("shop" in name and "prod" in name for name in typed)
    assert browser.run(shown) == f"{len(typed)} of 60 rows"

    browser.press(*["Backspace"] * len("SHOP prod"), "Tab", "broken")
    assert set(column(browser, "Namespaces and registries", 0)) == broken
    assert browser.run(shown) == f"{len(broken)} of 60 rows"


def test_filter_and_order_keep_each_other(browser: Chromium, pages: Pages) -> None:
    rows = table("Pull secrets")
    browser.look(width=1440)
    browser.open(pages.made_up(60))

    browser.run(f"{rows}.parentNode.previousElementSibling.querySelector('input').focus()")
    browser.press("regcred")
    before = column(browser, "Pull secrets", 0)
    browser.run(f"{rows}.tHead.rows[0].cells[0].querySelector('button').click()")

    assert column(browser, "Pull secrets", 0) == sorted(before, key=natural)


def test_frames_scroll_with_the_keyboard_below_their_headers(browser: Chromium, pages: Pages) -> None:
    frame = f"{table('Namespaces and registries')}.parentNode"
    browser.look(width=320)
    browser.open(pages.made_up(60))

    browser.run(f"{frame}.focus()")
    browser.press("Right", "Down", "Down")
    browser.wait_until(f"return {frame}.scrollLeft > 0 && {frame}.scrollTop > 0")
    corner = browser.run(
        f"const box = {frame}.getBoundingClientRect(), first = {frame}.querySelector('th').getBoundingClientRect();"
        "return [Math.round(first.left - box.left), Math.round(first.top - box.top)]"
    )

    assert corner == [1, 1]


def test_paper_shows_everything_in_light_colors(browser: Chromium, pages: Pages) -> None:
    browser.look(width=1032, scheme="dark", media="print")  # as wide as A4 without its margins
    browser.open(pages.made_up(60))
    cut = "return [...document.querySelectorAll('.frame')].filter(one => one.scrollHeight > one.clientHeight + 1)"
    wide = "const wide = one => one.getBoundingClientRect().right > innerWidth"
    folded = "return [...document.querySelectorAll('details p')].map(one => one.getBoundingClientRect().height)"

    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("return document.querySelector('.tools').checkVisibility()") is False
    assert browser.run(f"{cut}.length") == 0
    assert browser.run(f"{wide}; return [...document.querySelectorAll('table, svg')].filter(wide).length") == 0
    assert min(browser.run(folded)) > 0
    assert browser.printed().startswith(b"%PDF")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_markup_in_names_runs_nothing(browser: Chromium, pages: Pages, *, has_script: bool) -> None:
    page = pages.page("hostile", lambda: filled(made_up_report(20), MARKUP))
    browser.look(width=1440, has_script=has_script)
    browser.open(page)

    assert (browser.requests(), browser.messages()) == ([page.as_uri()], [])
    assert MARKUP in browser.run("return document.body.innerText")


class _Listener(LocalServer):
    """Counts requests."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        self.paths.append(request.path)
        return 200, [("Content-Type", "text/javascript")], b"window.planted = true"


def test_policy_stops_what_another_program_adds_to_the_page(browser: Chromium, pages: Pages) -> None:
    with _Listener() as server:
        added = (
            f"<script src='{server.url}/a.js'></script><script>window.planted = true</script>"
            f"<img src='{server.url}/b.png' onerror='window.planted = true'><a href='javascript:window.planted = true'>"
            f"</a><style>@import '{server.url}/c.css'; body {{ background: url({server.url}/d.png) }}</style>"
            f"<iframe src='{server.url}/e'></iframe><form action='{server.url}/f'><button>Send</button></form>"
        )
        text = pages.made_up(20).read_text().replace("</main>", f"{added}</main>")
        browser.look(width=1440)
        browser.open(pages.file("changed", text))
        for clicked in ("a[href^=javascript]", "form button"):
            browser.run(f"document.querySelector('{clicked}').click()")

        assert browser.run("return window.planted") is None
        assert server.paths == []
    assert browser.messages()


@pytest.mark.parametrize("count", [60, 1000])
def test_thousand_namespaces_open_in_a_second(browser: Chromium, pages: Pages, figures: list[str], count: int) -> None:
    page = pages.made_up(count)
    browser.look(width=1440)

    openings = opened(browser, page)

    figures.append(f"{count:,} namespaces: {openings}")
    assert openings.processor < A_SECOND


@pytest.mark.parametrize("count", [60, 1000])
def test_large_page_filters_and_sorts_at_once(browser: Chromium, pages: Pages, figures: list[str], count: int) -> None:
    browser.look(width=1440)
    browser.open(pages.made_up(count))
    matrix = table("Namespaces and registries")
    timed = "const began = performance.now(); {}; document.body.offsetHeight; return performance.now() - began"
    typed = f"const field = {matrix}.parentNode.previousElementSibling.querySelector('input'); field.value = 'shop';"

    filtered = browser.run(timed.format(f"{typed} field.dispatchEvent(new Event('input'))"))
    sorted_ = browser.run(timed.format(f"{matrix}.tHead.rows[0].cells[1].querySelector('button').click()"))

    figures.append(f"{count:,} namespaces: filtered in {filtered:,.0f} ms, sorted in {sorted_:,.0f} ms")
    assert max(filtered, sorted_) < A_SECOND
