"""The whole page: a head that allows nothing but its own style and script, and a part for each cluster."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from pullsecret.report.html.cluster import ReportSection, cluster_part, cluster_sections, cluster_title, clusters_table
from pullsecret.report.html.markup import Markup, element, joined_markup, own_text
from pullsecret.report.html.script import SCRIPT
from pullsecret.report.html.style import STYLE
from pullsecret.report.html.tables import counted_noun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.cluster_report.report import ClusterReport, ReportedCluster

_TITLE = "Image pull secrets"


def html_page(report: ClusterReport) -> str:
    """The report as one HTML document."""
    parts = [
        (cluster, f"c{number}", cluster_sections(cluster, f"c{number}", report.created))
        for number, cluster in enumerate(report.clusters, start=1)
    ]
    clusters = (cluster_part(*part, report.created) for part in parts)
    body = (
        element("a", "Skip to the report", href="#report", class_="skip"),
        _header(report),
        _navigation(parts),
        element("main", _overview(report), *clusters, id="report", tabindex=-1),
        element("script", own_text(SCRIPT)),
    )
    page = element("html", joined_markup((_head(report), element("body", joined_markup(body, "\n"))), "\n"), lang="en")
    return f"<!DOCTYPE html>\n{page}"


def _head(report: ClusterReport) -> Markup:
    title = ", ".join([_TITLE, *(cluster_title(cluster) for cluster in report.clusters)][:4])
    parts = (
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=f"kubectl-pullsecret {report.version}"),
        element("title", title),
        element("style", own_text(STYLE)),
    )
    return element("head", joined_markup(parts, "\n"))


def _policy() -> str:
    """What a browser may do for the page: apply this style and run this script, each known by its digest (CSP 2)."""
    style, script = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (STYLE, SCRIPT))
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def _header(report: ClusterReport) -> Markup:
    created = element("time", f"{report.created:%Y-%m-%d %H:%M} UTC", datetime=f"{report.created:%Y-%m-%dT%H:%M:%SZ}")
    scope = f", {report.scope}" if report.scope else ""
    clusters = counted_noun(len(report.clusters), "cluster")
    facts = element("p", f"{clusters}{scope}, as of ", created, f", by kubectl-pullsecret {report.version}.")
    command = (
        element("p", "Made by ", element("code", report.command), ".", class_="muted") if report.command else Markup()
    )
    promise = element("p", "This page loads nothing and sends nothing, and has no credentials in it.", class_="muted")
    return element("header", element("h1", _TITLE), facts, command, promise)


def _overview(report: ClusterReport) -> Markup:
    """The numbers of all clusters, where there are several."""
    if len(report.clusters) == 1:
        return Markup()
    parts = [(cluster, f"c{number}") for number, cluster in enumerate(report.clusters, start=1)]
    return element("section", element("h2", "Clusters"), clusters_table(parts, report.created))


def _navigation(parts: Sequence[tuple[ReportedCluster, str, tuple[ReportSection, ...]]]) -> Markup:
    """Links to the sections; with several clusters, to each cluster and its sections."""
    lists = (
        element(
            "ul",
            element("li", element("a", cluster_title(cluster), href=f"#{prefix}"), class_="name"),
            *(element("li", element("a", section.title, href=f"#{section.anchor}")) for section in sections),
        )
        for cluster, prefix, sections in parts
    )
    return element("nav", *lists, aria_label="Sections")
