"""The page of report: valid HTML that loads nothing, whatever the names in it, and shows what the report has."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from html_page import SVG, HtmlPage, text_of
from pullsecret.model.check.rule import Severity
from pullsecret.model.cluster_report.matrix import MatrixCell, PullState
from pullsecret.model.cluster_report.report import ClusterReport, ReportedCluster, ReportedFinding, ReportedNamespace
from pullsecret.model.cluster_report.reported_secret import ReportedEntry, ReportedSecret, SecretPlace
from pullsecret.model.results.copy_standing import CopyStanding
from pullsecret.report.html.page import html_page
from pullsecret.report.html.script import SCRIPT
from pullsecret.report.html.style import STYLE
from reported_clusters import NOW, made_up_report
from reported_texts import HARMLESS, MARKUP, filled

if TYPE_CHECKING:
    from collections.abc import Callable

EMPTY = ReportedCluster(context="new", server="new.kubernetes.example")
FAILED = ReportedCluster(context="gone", error="Unable to connect to the server: dial tcp: i/o timeout")


def report_of(*clusters: ReportedCluster) -> ClusterReport:
    """A report on these clusters."""
    return replace(made_up_report(3), clusters=clusters)


REPORTS: dict[str, Callable[[], ClusterReport]] = {
    "40-namespaces": lambda: made_up_report(40),
    "several-clusters": lambda: made_up_report(10, clusters=3),
    "nothing-there": lambda: report_of(EMPTY),
    "not-reachable": lambda: report_of(FAILED),
    "one-of-two-not-reachable": lambda: report_of(FAILED, made_up_report(5).clusters[0]),
    "without-a-context": lambda: report_of(replace(EMPTY, context="", server="")),
}


@pytest.fixture(params=list(REPORTS), scope="module")
def page(request: pytest.FixtureRequest) -> HtmlPage:
    """The page of each report."""
    return HtmlPage(html_page(REPORTS[request.param]()))


def test_page_is_valid_html(page: HtmlPage) -> None:
    assert page.errors == []
    assert [one.tag for one in page.root] == ["head", "body"]
    assert page.root.get("lang") == "en"
    assert [text_of(one) for one in page.all("h1")] == ["Image pull secrets"]


def test_ids_are_unique_and_every_reference_leads_to_one(page: HtmlPage) -> None:
    ids = [one.attrib["id"] for one in page.elements if "id" in one.attrib]
    links = [value.removeprefix("#") for _, name, value in page.attributes() if name == "href"]
    labels = [label for _, name, value in page.attributes() if name == "aria-labelledby" for label in value.split()]

    assert len(ids) == len(set(ids))
    assert set(links + labels) <= set(ids)


def test_page_loads_nothing_and_has_no_handlers(page: HtmlPage) -> None:
    loading = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "style", "target"}

    assert {name for _, name, _ in page.attributes() if name in loading or name.startswith("on")} == set()
    assert {value[:1] for _, name, value in page.attributes() if name.endswith("href")} <= {"#"}
    assert {one.tag for one in page.elements} & {"link", "img", "iframe", "object", "embed", "base", "form"} == set()
    assert not re.search(r"url\(|@import|image-set|src\(", STYLE)
    assert not re.search(r"https?:|fetch|XMLHttp|WebSocket|import\b|cookie|Storage", SCRIPT)
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|eval|Function|</|<!--", SCRIPT)


def test_policy_allows_this_style_and_this_script_only(page: HtmlPage) -> None:
    (policy,) = (one.get("content") for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    (style,), (script,) = page.all("style"), page.all("script")
    digests = [b64encode(sha256((one.text or "").encode()).digest()).decode() for one in (style, script)]

    assert (style.text, script.text) == (STYLE, SCRIPT)
    assert str(policy).split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digests[0]}'",
        f"script-src 'sha256-{digests[1]}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_tables_have_captions_headers_and_equal_rows(page: HtmlPage) -> None:
    for table in page.all("table"):
        head, *rows = table.iter("tr")
        assert text_of(table.find("caption"))
        assert {(cell.tag, cell.get("scope")) for cell in head} == {("th", "col")}
        assert {len(row) for row in rows} <= {len(head)}
        assert {(row[0].tag, row[0].get("scope")) for row in rows} <= {("th", "row")}


def test_headings_leave_no_level_out(page: HtmlPage) -> None:
    levels = [int(one.tag[1]) for one in page.elements if re.fullmatch("h[1-6]", one.tag)]

    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_pictures_have_a_name_and_stay_within_their_bounds(page: HtmlPage) -> None:
    for picture in page.all(f"{SVG}svg"):
        width, height = (int(picture.get(name, "0")) for name in ("width", "height"))
        assert picture.get("role") == "img"
        assert picture.get("aria-label") == text_of(picture.find(f"{SVG}title"))
        for one in (*picture.iter(f"{SVG}rect"), *picture.iter(f"{SVG}text")):
            x, y, *size = (int(one.get(name, "0")) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + size[0] <= width
            assert 0 <= y <= y + size[1] <= height


@pytest.mark.parametrize("clusters", [1, 2])
def test_markup_in_any_text_stays_text(clusters: int) -> None:
    report = made_up_report(24 // clusters, clusters=clusters)

    hostile, harmless = (HtmlPage(html_page(filled(report, text))) for text in (MARKUP, HARMLESS))

    assert hostile.errors == []
    assert hostile.shape() == harmless.shape()
    assert text_of(hostile.root).count(MARKUP) == text_of(harmless.root).count(HARMLESS) > 500
    assert MARKUP in text_of(hostile.all("title")[0])


@pytest.mark.parametrize(
    "text", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\u200bb", "a\x00b", "a\ud800b", "a\u2028b", "\xe4\U0001f511"]
)
def test_text_that_cannot_be_shown_is_escaped(text: str) -> None:
    page = html_page(filled(made_up_report(8), text))

    assert page.isascii()
    assert page.replace("\n", "").isprintable()
    assert HtmlPage(page).errors == []


def test_matrix_shows_how_each_namespace_pulls() -> None:
    cells = (
        MatrixCell(namespace="a", registry="us.icr.io", state=PullState.ACCOUNT, images=1, pods=2, secrets=("x",)),
        MatrixCell(namespace="a", registry="quay.io", state=PullState.LIST, secrets=("x",)),
        MatrixCell(namespace="b", registry="quay.io", state=PullState.BROKEN, images=1, reasons=("no entry",)),
    )
    names = (ReportedNamespace(name="a"), ReportedNamespace(name="b"), ReportedNamespace(name="c", is_known=False))
    cluster = replace(EMPTY, namespaces=names, registries=("us.icr.io", "quay.io"), cells=cells)

    page = HtmlPage(html_page(report_of(cluster)))

    assert page.table("Namespaces and registries") == [
        ["Namespace", "us.icr.io", "quay.io"],
        ["a", "account", "(list)"],
        ["b", "", "broken"],
        ["c", "(unknown)", "(unknown)"],
    ]
    assert page.table("How images are pulled") == [
        ["Registry", "State", "Credentials", "Reason", "Namespaces", "Images", "Pods"],
        ["quay.io", "broken", "", "no entry", "b", "1", "0"],
        ["us.icr.io", "account", "secret/x", "", "a", "1", "2"],
        ["quay.io", "(list)", "secret/x", "", "a", "0", "0"],
    ]


def test_equal_ways_to_pull_are_one_row_with_all_namespaces() -> None:
    names = [f"team-{number}" for number in range(9)]
    cells = tuple(MatrixCell(namespace=name, registry="quay.io", state=PullState.NONE, images=1) for name in names)
    cluster = replace(EMPTY, registries=("quay.io",), cells=cells)

    _, row = HtmlPage(html_page(report_of(cluster))).table("How images are pulled")

    assert row[4] == "team-0, team-1, team-2 and 6 more" + ", ".join(names)
    assert row[5:] == ["9", "0"]


def test_numbers_of_a_cluster_lead_to_their_sections() -> None:
    report = made_up_report(60)
    cluster = report.clusters[0]
    broken = sum(cell.state is PullState.BROKEN and cell.is_used for cell in cluster.cells)

    links = HtmlPage(html_page(report)).all("a")

    tiles = {text_of(link): link.get("href") for link in links if link.find("b") is not None}

    assert tiles[f"{broken} cannot pull"] == "#c1-pulls"
    assert tiles["60 namespaces"] == "#c1-pulls"
    assert tiles[f"{len(cluster.secrets)} pull secrets"] == "#c1-secrets"


def test_clusters_are_compared_where_there_are_several() -> None:
    good = made_up_report(5).clusters[0]

    page = HtmlPage(html_page(report_of(good, FAILED)))

    table = page.table("Clusters")
    assert [row[0] for row in table] == ["Cluster", "prod-eu", "gone could not be read"]
    assert table[1][1] == "5"
    assert set(table[2][1:]) == {""}
    assert FAILED.error in text_of(page.with_id("c2"))


def test_ends_are_sorted_and_drawn_relative_to_the_report() -> None:
    cluster = replace(EMPTY, secrets=tuple(_expiring(days) for days in (400, -3, 0, 1, 9000)))

    page = HtmlPage(html_page(report_of(cluster)))

    ends = [row[1].partition(", ")[2] for row in page.table("Credentials that expire")[1:]]
    assert ends == ["3 days ago", "today", "in 1 day", "in 400 days", "in 9,000 days"]
    drawn = [text_of(one) for one in page.all(f"{SVG}text")]
    assert [end for end in ends if any(text.endswith(end) for text in drawn)] == ends


def _expiring(days: int) -> ReportedSecret:
    entry = ReportedEntry(registry="quay.io", username="robot", kind="token", expires=NOW + timedelta(days=days))
    return ReportedSecret(namespace="a", name=f"x{days}", type="kubernetes.io/dockerconfigjson", entries=(entry,))


def test_errors_come_first_and_commands_stand_as_they_can_be_pasted() -> None:
    command = "kubectl pullsecret create x --username=USER -n 'a&b' --registry=\"<x>\""
    common = {"subject": "secret/x", "secret_name": "x", "namespaces": ("a",)}
    findings = tuple(
        ReportedFinding(code=f"PS10{at}", severity=severity, message="is bad", command=command, **common)  # type: ignore[arg-type]
        for at, severity in enumerate((Severity.INFO, Severity.ERROR, Severity.WARNING))
    )

    page = HtmlPage(html_page(report_of(replace(EMPTY, findings=findings))))

    assert [row[0] for row in page.table("Findings")[1:]] == ["error", "warning", "info"]
    assert [one.text for one in page.all("code")][1:] == [command, command, command]


def test_command_for_one_of_several_namespaces_says_for_which() -> None:
    finding = ReportedFinding(
        code="PS101",
        severity=Severity.ERROR,
        namespaces=("a", "b"),
        subject="secret/x",
        secret_name="x",  # noqa: S106 - a name
        message="is malformed",
        command="kubectl pullsecret create x -n b",
        command_namespace="b",
    )

    _, row = HtmlPage(html_page(report_of(replace(EMPTY, findings=(finding,))))).table("Findings")

    assert row[4:] == ["a, b", "in namespace b: kubectl pullsecret create x -n b"]


def test_page_stays_small_whatever_one_tenant_writes() -> None:
    many = tuple(f"name-{number}" for number in range(7000))
    entries = tuple(ReportedEntry(registry=name, username="me", kind="password") for name in many)
    secret = ReportedSecret(namespace="a", name="x", type="x", entries=entries, accounts=many, users=many)
    source = SecretPlace(namespace="a", name="x")
    copies = tuple(
        replace(secret, name=name, entries=(), accounts=(), users=(), origin=source, standing=CopyStanding.FORGED)
        for name in many * 2
    )
    cell = MatrixCell(
        namespace="a", registry="quay.io", state=PullState.BROKEN, secrets=many, accounts=many, paths=many, reasons=many
    )
    cluster = replace(EMPTY, registries=("quay.io",), cells=(cell,), secrets=(secret, *copies))

    page = html_page(report_of(cluster))

    assert len(page) < 4_000_000
    assert "name-0, name-1, name-2 and 6,997 more" in page
    assert "7,000 unproven: no valid proof (2,000 drawn)" in page


def test_page_of_a_thousand_namespaces_is_less_than_2_mb() -> None:
    assert len(html_page(made_up_report(1000)).encode()) < 2_000_000


SCHEMES = {"light": 0, "dark": 1, "paper": 2}
STATES = tuple(state.value for state in PullState)


def colors(number: int) -> dict[str, str]:
    """The colors of a scheme by their names: those of a later block replace the first ones."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]
    return {**found[0], **found[number]}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """The relative luminance of a color (WCAG 2.2)."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_and_shapes_stand_out_from_their_backgrounds(scheme: str) -> None:
    named = colors(SCHEMES[scheme])
    texts = [(text, back) for text in ("text", "muted", "link") for back in ("back", "raised")]
    texts += [(f"on-{state}", state) for state in STATES]
    shapes = [(f"fill-{state}", "back") for state in STATES]

    assert [pair for pair in texts if contrast(*(named[name] for name in pair)) < 4.5] == []
    assert [pair for pair in shapes if contrast(*(named[name] for name in pair)) < 3] == []
