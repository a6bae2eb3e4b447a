"""One command for several namespaces: only where nothing of one of them gets into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import all_icr_io, docker_config_secret, registry_entry
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.model.check.observed import Inventory
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.joined_command import joined
from pullsecret.model.request.suggested_command import CommandStyle, Flag, Name, kubectl, pullsecret, typed
from pullsecret.model.request.targets import Selection
from pullsecret.report import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand


def copying(namespace: str, *more: Flag, name: str = "x") -> SuggestedCommand:
    return pullsecret("copy", Name(name), Flag("--from", "default"), Flag("--to", namespace), *more)


def detaching(namespace: str) -> SuggestedCommand:
    return pullsecret("detach", Name("x"), Flag("-n", namespace))


def creating(namespace: str) -> SuggestedCommand:
    return pullsecret("create", Name("x"), Flag("-n", namespace))


FIRST = pullsecret("create", Name("x"), Flag("-n", "default"))
ROWS = {
    "copies": ([copying("a"), copying("b")], "kubectl pullsecret copy x --from=default --to=a,b"),
    "one-to-recreate": (
        [copying("a"), copying("b", Flag("--recreate"))],
        "kubectl pullsecret copy x --from=default --to=a,b --recreate",
    ),
    "after-the-source": (
        [FIRST.then(copying("a")), FIRST.then(copying("b"))],
        "kubectl pullsecret create x -n default && kubectl pullsecret copy x --from=default --to=a,b",
    ),
    "equal": ([FIRST, FIRST], "kubectl pullsecret create x -n default"),
    "detached": ([detaching("a"), detaching("b")], "kubectl pullsecret detach x -n a,b"),
    "another-secret": ([copying("a"), copying("b", name="y")], ""),
    "one-to-overwrite": ([copying("a"), copying("b", Flag("--overwrite"))], ""),
    "one-password-for-all": ([creating("a"), creating("b")], ""),
    "of-kubectl": ([kubectl("delete", "pod", "x", Flag("-n", place)) for place in "ab"], ""),
    "of-different-length": ([FIRST, FIRST.then(copying("b"))], ""),
    "of-different-programs": ([FIRST.into(copying("a")), FIRST.into(copying("b"))], ""),
}


@pytest.mark.parametrize(("commands", "line"), ROWS.values(), ids=ROWS.keys())
def test_commands_for_several_namespaces_are_one(commands: Sequence[SuggestedCommand], line: str) -> None:
    whole = joined(commands)

    assert (typed(whole, CommandStyle()) if whole else "") == line


def shown(secrets: Sequence[Object], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What check prints of secrets in namespaces of their own, where default has good ones."""
    found: dict[tuple[str, str], Object] = {}
    for number, item in enumerate(secrets):
        namespace = f"team-{number}"
        found[namespace, item["metadata"]["name"]] = {**item, "metadata": {**item["metadata"], "namespace": namespace}}
    good = {**all_icr_io(f"{'k' * 44}"), "metadata": {"name": "all-icr-io", "namespace": "default"}}
    selection = Selection(names=tuple(namespace for namespace, _ in found))
    observed = ObservedNamespaces(selection=selection, secrets=Observed(present=found))
    sources = Observed(present={("default", "all-icr-io"): good})
    check.show(plan(CheckRequest(), Inventory(observed=observed, sources=sources)), Output(), CommandStyle())
    return capsys.readouterr().out.splitlines()


def test_ibm_clouds_secret_is_copied_from_default_into_all_namespaces_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cut = all_icr_io("cut")

    lines = shown([cut, {**cut, "immutable": True}, cut], capsys)

    assert [line for line in lines if "kubectl" in line] == [
        "  kubectl pullsecret copy all-icr-io --from=default --overwrite --to=team-0,team-1,team-2 --recreate"
    ]


def test_secrets_for_retired_tokens_are_each_deleted_where_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    old = docker_config_secret("bluemix-default-secret", {"registry.ng.bluemix.net": registry_entry("token")})

    lines = shown([old, old], capsys)

    assert [line.rpartition(" -n ")[2] for line in lines if "kubectl" in line] == [
        "team-0 --ignore-not-found",
        "team-1 --ignore-not-found",
    ]
