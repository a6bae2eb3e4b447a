"""The filters of `list`: by registry, managed, unused and stale, in one scenario; what is unknown is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from documents import items_in
from objects import (
    copy_marks,
    deployment,
    docker_config_secret,
    made_up_password,
    named,
    pod,
    registry_entry,
    rule,
    service_account,
)
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights


def shown(result: Result) -> set[tuple[str, str]]:
    return {(item["namespace"], item["name"]) for item in items_in(result.stdout)}


@pytest.fixture
def places(api: Api, pullsecret: Program, namespaces: Namespaces) -> list[str]:
    """A source, a namespace with copies of all standings, and one with users of all kinds."""
    home, team, used = places = namespaces(3, labels={"list": "filters"})
    old, new = made_up_password(), made_up_password()
    for name, host in (("icr", "us.icr.io"), ("hub", "https://index.docker.io/v1/")):
        api.create(docker_config_secret(name, {host: registry_entry("me", old)}), home)
    for name in ("icr", "hub"):
        pullsecret("copy", name, "--from", home, "-n", team)
    fresh = docker_config_secret("icr", {"us.icr.io": registry_entry("me", new)})
    api.patch("Secret", "icr", {"data": fresh["data"]}, home)
    forged = copy_marks(f"{home}/icr", "guessed", f"{team}/forged")
    api.create(docker_config_secret("forged", {"*.icr.io": registry_entry("me", old)}, **forged), team)
    role = {"labels": {"kubectl-pullsecret/role": "recreate"}}
    api.create(docker_config_secret("kept", {"us.icr.io": registry_entry()}, **role), team)
    for name in ("by-account", "by-template", "by-job", "by-pod", "by-volume", "by-none"):
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), used)
    api.create(service_account("puller", ["by-account"]), used)
    api.create(deployment("web", pod("x", "x", "nowhere", pull_secrets=["by-template"]), replicas=0), used)
    spec = {**pod("x", "x", "nowhere", pull_secrets=["by-job"])["spec"], "restartPolicy": "Never"}
    nightly = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": spec}}}}
    api.create(named("CronJob", "nightly", spec=nightly), used)
    api.create(pod("standalone", "x", "nowhere", pull_secrets=["by-pod"]), used)
    volumes = [{"name": "v", "secret": {"secretName": "by-volume"}}]
    api.create(pod("builder", "x", "nowhere", volumes=volumes), used)
    return places


def test_filters_show_what_is_asked_for_and_all_of_them_hold(pullsecret: Program, places: list[str]) -> None:
    home, team, used = places
    line = ("list", "-n", ",".join(places), "-o", "json")

    icr = pullsecret(*line, "--registry", "us.icr.io")
    both = pullsecret(*line, "--registry", "docker.io,reg.example", "--managed")
    stale = pullsecret(*line, "--stale")
    elsewhere = pullsecret("list", "-n", team, "-o", "json", "--stale")
    unused = pullsecret(*line, "--unused")

    assert shown(icr) == {(home, "icr"), (team, "icr"), (team, "forged"), (team, "kept")}
    assert shown(both) == {(team, "hub")}
    assert shown(stale) == shown(elsewhere) == {(team, "icr")}
    assert shown(unused) == {
        *((home, "icr"), (home, "hub"), (team, "icr"), (team, "hub"), (team, "forged"), (used, "by-none"))
    }
    assert f"note: secret/icr in namespace {home} is the source of 1 copy\n" in unused.stderr
    assert "--stale" not in stale.stderr
    named_ones = pullsecret("list", "icr", "absent", "-n", home, "--stale", expect=1)
    assert named_ones.stderr == 'Error from server (NotFound): secrets "absent" not found\n'


def test_what_cannot_be_read_is_unknown_and_not_shown(
    pullsecret: Program, places: list[str], restricted: Rights
) -> None:
    _, team, used = places
    may = (rule("list", "secrets"), rule("list", "serviceaccounts"))
    kubeconfig = restricted(*(Grant(*may, namespace=place) for place in (team, used)))

    result = pullsecret("list", "-n", f"{team},{used}", "-o", "json", "--unused", kubeconfig=kubeconfig)
    stale = pullsecret("list", "-n", team, "-o", "json", "--stale", kubeconfig=kubeconfig)

    assert shown(result) == set()
    assert result.stderr == (
        f"note: not allowed to list all service accounts, pods and workloads in namespaces {team}, {used}; "
        "what is unused is unknown\n"
    )
    assert shown(stale) == set()
    assert stale.stderr == (
        f"note: not allowed to read secrets in namespace {places[0]}; copies of them were not compared\n"
    )
