"""The page of a real cluster with 60 namespaces, and of the same with 1,000."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest

from browser.filled_cluster import FilledCluster
from browser.timing import A_SECOND, opened
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from pathlib import Path

    from browser.chromium import Chromium
    from browser.pages import Pages
    from control_plane.api import Api
    from control_plane.given import Cluster

PICTURED = {60: ("#c1-credentials", 1550), 1000: ("#c1-copies", 640)}
"""The section that a picture begins with, and how high it is, in pixels."""


@pytest.fixture(scope="session")
def filled(plane: Cluster, api: Api, tmp_path_factory: pytest.TempPathFactory) -> FilledCluster:
    """The cluster, which only grows."""
    home = tmp_path_factory.mktemp("home")
    return FilledCluster(api, Program(pullsecret_command(), home, plane.admin_kubeconfig))


@pytest.mark.parametrize("count", [60, 1000])
def test_page_of_a_real_cluster_opens_in_a_second(
    browser: Chromium, pages: Pages, figures: list[str], screenshots: Path | None, filled: FilledCluster, count: int
) -> None:
    filled.grow(count)
    began = monotonic()
    text = filled.pullsecret("report", "-A").stdout
    took = monotonic() - began
    page = pages.file(f"real-{count}", text)

    browser.look(width=1280)
    openings = opened(browser, page)

    figures.append(f"a real cluster, {count:,} namespaces: read and written in {took:.1f} s; {openings}")
    assert (browser.requests(), browser.messages()) == ([page.as_uri()], [])
    assert browser.run("return document.querySelectorAll('script, style').length") == 2
    assert browser.run("return document.querySelectorAll('main img, main script').length") == 0
    assert openings.processor < A_SECOND
    if screenshots is not None:
        (screenshots / f"report-{count}.webp").write_bytes(browser.screenshot("body", 1200))
        browser.look(width=1280, scheme="dark")
        browser.open(page)
        (screenshots / f"report-{count}-dark.webp").write_bytes(browser.screenshot(*PICTURED[count]))
