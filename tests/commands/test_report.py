"""`report`: what the page has of a real cluster, how few requests that takes, and what it lacks without permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from html_page import HtmlPage, text_of
from objects import copy_marks, deployment, docker_config_secret, encoded, made_up_password, pod, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

HOST = "reg.example"


class Page:
    """The rows of all tables of a page, and its whole text; the page is valid."""

    def __init__(self, page: str) -> None:
        parsed = HtmlPage(page)
        assert parsed.errors == []
        self.text = text_of(parsed.root)
        self.rows = [[text_of(cell) for cell in row if cell.tag in ("th", "td")] for row in parsed.all("tr")]

    def rows_with(self, *cells: str) -> list[list[str]]:
        """The rows that have all of these cells."""
        return [row for row in self.rows if set(cells) <= set(row)]


def workload(name: str, *names: str) -> Object:
    return deployment(name, pod("x", f"{HOST}/x", "nowhere", pull_secrets=names), replicas=0)


def test_page_has_how_namespaces_pull_and_what_copies_are_to_their_source(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, good, stale, forged = namespaces(4)
    config = {HOST: registry_entry("me", made_up_password())}
    api.create(docker_config_secret("regcred", {HOST: registry_entry("me")}), home)
    pullsecret("copy", "regcred", "--from", home, "-n", stale)
    api.patch("Secret", "regcred", {"data": docker_config_secret("regcred", config)["data"]}, home)
    pullsecret("copy", "regcred", "--from", home, "-n", good, "--attach")
    marks = copy_marks(f"{home}/regcred", "guessed", f"{forged}/regcred")
    api.create(docker_config_secret("regcred", config, **marks), forged)
    api.create(workload("by-account"), good)
    api.create(workload("by-list", "regcred"), stale)
    api.create(workload("by-none"), home)

    page = Page(pullsecret("report", "-n", f"{home},{good},{stale},{forged}").stdout)

    states = {row[0]: row[1] for row in page.rows if row[:1] in ([home], [good], [stale], [forged]) and len(row) == 2}
    assert states == {home: "none", good: "account", stale: "list", forged: "(none)"}
    source = f"{home}/regcred"
    assert {(row[1], row[3]) for row in page.rows_with(source)} == {
        ("up to date", good),
        ("stale", stale),
        ("unproven: no valid proof", forged),
    }
    assert page.rows_with("PS504", stale)
    assert f"report -n {home},{good},{stale},{forged}" in page.text


@pytest.mark.parametrize("count", [10, 30])
def test_report_sends_the_same_few_requests_for_any_number_of_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces, count: int
) -> None:
    places = namespaces(count)
    for place in places:
        api.create(docker_config_secret("regcred", {HOST: registry_entry()}), place)

    result = pullsecret("report", "-n", ",".join(places), "-v=6")

    asked = [
        line for line in result.stderr.splitlines() if "GET" in line and "/api" in line and "continue=" not in line
    ]
    assert len(asked) == 12, asked


def test_page_and_stderr_say_what_was_not_allowed_to_be_read(
    api: Api, pullsecret: Program, namespace: str, restricted: Rights
) -> None:
    api.create(docker_config_secret("regcred", {HOST: registry_entry()}), namespace)
    few = restricted(Grant(rule("list", "secrets"), namespace=namespace), namespace=namespace)
    none = restricted(namespace=namespace)

    result = pullsecret("report", kubeconfig=few)
    empty = pullsecret("report", kubeconfig=none, expect=1)

    for what in ("service accounts", "pods", "deployments"):
        assert f"not allowed to read {what}" in result.stderr
        assert any(what in cell for row in Page(result.stdout).rows for cell in row), what
    assert "pull secrets" in Page(empty.stdout).text
    assert 'cannot list resource "secrets"' in empty.stderr


def test_namespace_that_does_not_exist_is_a_failure_and_on_the_page(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    api.create(docker_config_secret("regcred", {HOST: registry_entry()}), namespace)

    result = pullsecret("report", "-n", f"{namespace},missing", expect=1)

    assert result.stderr.splitlines() == ['Error from server (NotFound): namespaces "missing" not found']
    assert 'namespaces "missing" not found' in Page(result.stdout).text
    assert Page(result.stdout).rows_with("regcred")


def test_markup_in_a_cluster_is_text_on_the_page(api: Api, pullsecret: Program, namespace: str) -> None:
    markup = "<script>alert(1)</script><b>x"
    annotations = {"kubectl-pullsecret/copied-from": f"default/{markup}", "meta.helm.sh/release-name": markup}
    labels = {"app.kubernetes.io/managed-by": "Helm"}
    keys = {f"{HOST}/{markup}": registry_entry(markup)}
    api.create(docker_config_secret("regcred", keys, annotations=annotations, labels=labels), namespace)
    api.create(pod("x", f"{HOST}/x", "nowhere"), namespace)

    page = pullsecret("report", "-n", namespace).stdout

    assert page.count("<script") == 1
    assert "<b>x" not in page
    assert markup in Page(page).text


def test_no_page_is_printed_of_a_cluster_that_cannot_be_reached(offline: Program) -> None:
    result = offline("report", "-A", expect=1)

    assert result.stdout == ""


def test_password_is_not_in_the_page_in_any_form(api: Api, pullsecret: Program, namespace: str) -> None:
    password = made_up_password()
    keys = {
        HOST: registry_entry(password, password),
        f"https://me:{password}@odd.example": registry_entry("me", password),
    }
    secret = docker_config_secret("regcred", keys, annotations={"note": password})
    api.create(secret, namespace)

    result = pullsecret("report", "-n", namespace, "-v=9")

    assert Page(result.stdout).rows_with("regcred")
    for form in (password, encoded(password), encoded(f"me:{password}"), secret["data"][".dockerconfigjson"]):
        assert form not in result.stdout + result.stderr
