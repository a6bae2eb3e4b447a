"""What --diff compares: the words of the external program, the files' names, and several changes of one object."""

from __future__ import annotations

from functools import partial

import pytest

from pullsecret.model.objects.objects import CustomKind, Kind, Object
from pullsecret.model.objects.serviceaccount import attached, secret_names
from pullsecret.model.plan.change import Change, Done, Outcome, Plan
from pullsecret.report.differences import diff_command, file_name, net_outcomes

WORDS = {
    "": ("diff", "-u", "-N", "LIVE", "MERGED"),
    "meld": ("meld", "LIVE", "MERGED"),
    "diff -u --color=always": ("diff", "LIVE", "MERGED", "-u", "--color=always"),
    "diff  -U 3 $(x) a;b a/b": ("diff", "LIVE", "MERGED", "-U", "3"),
    " diff": ("", "LIVE", "MERGED", "diff"),
}


@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_command_line_is_kubectls(text: str, words: tuple[str, ...]) -> None:
    assert diff_command(text, "LIVE", "MERGED") == words


ROLLOUT = CustomKind(value="rollouts", singular="rollout", title="Rollout", api_group="argoproj.io", version="v1")
NAMES = {
    "v1.Secret.a.x": (Kind.SECRET, "a"),
    "apps.v1.Deployment.a.x": (Kind.DEPLOYMENT, "a"),
    "argoproj.io.v1.Rollout.a.x": (ROLLOUT, "a"),
    "v1.Namespace..x": (Kind.NAMESPACE, "x"),
}


@pytest.mark.parametrize(("name", "place"), NAMES.items())
def test_file_is_named_as_kubectl_names_it(name: str, place: tuple[Kind, str]) -> None:
    assert file_name(Outcome(kind=place[0], namespace=place[1], name="x", done=Done.CREATED)) == name


def test_several_changes_of_one_object_are_compared_as_one() -> None:
    account: Object = {"metadata": {"name": "default"}, "imagePullSecrets": [{"name": "theirs"}]}

    def desired(name: str, current: Object | None) -> Object:
        return attached(current or {}, [name], ["imagePullSecrets"])

    changes = [
        Change(
            kind=Kind.SERVICE_ACCOUNT, namespace="a", name="default", desired=partial(desired, name), current=account
        )
        for name in ("one", "two", "three")
    ]
    good = [change.outcome(Done.PATCHED, before=account, result=change.desired(account)) for change in changes]
    failed = changes[1].outcome(Done.FAILED)

    (net,) = net_outcomes(Plan(sequences=(tuple(changes),)), [good[0], failed, good[2]])

    assert net.before == account
    assert secret_names(net.result or {}) == ("theirs", "one", "three")
