"""can-pull reads manifests: their secrets and accounts count as if they were there, and words say what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from can_pull_facts import answers_to_manifest, seen
from doctor_evidence import TEAM, placed, secret

from objects import made_up_password, service_account
from pullsecret.model.can_pull.answer import CanPull, Reason
from pullsecret.model.can_pull.overlay import without_cluster
from pullsecret.model.request.suggested_command import CommandStyle, typed

if TYPE_CHECKING:
    from pathlib import Path

    from pullsecret.model.can_pull.answer import PullAnswer


def made_up_key() -> str:
    """A password of the length of an API key."""
    return (made_up_password() * 3)[:44]


YES, NO, UNKNOWN = CanPull.YES, CanPull.NO, CanPull.UNKNOWN

POD = """
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
  - name: main
    image: us.icr.io/acme/web:1
"""
LISTING = POD + "  imagePullSecrets:\n  - name: regcred\n"
DECLARED = """
---
apiVersion: v1
kind: Secret
metadata: {name: regcred}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{"auths":{"us.icr.io":{"username":"iamapikey","password":"%s"}}}'
"""
GOOD = DECLARED % made_up_key()
ACCOUNT = """
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
imagePullSecrets: [{name: regcred}]
"""
SEALED = """
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: regcred}
spec:
  encryptedData: {.dockerconfigjson: AgB}
  template: {type: kubernetes.io/dockerconfigjson}
"""

MANIFESTS = {
    "own-secret": (LISTING + GOOD, YES, Reason.MATCHED),
    "own-account": (POD + ACCOUNT + GOOD, YES, Reason.MATCHED),
    "secret-that-is-nowhere": (LISTING, NO, Reason.MISSING),
    "secret-in-no-list": (POD + GOOD, NO, Reason.NOT_ATTACHED),
    "sealed": (LISTING + SEALED, UNKNOWN, Reason.CONTENT_UNKNOWN),
    "placeholder": (LISTING + DECLARED % "${KEY}", NO, Reason.REJECTED),
    "last-one-counts": (LISTING + DECLARED % "${KEY}" + GOOD, YES, Reason.MATCHED),
    "nameless": (POD + "  imagePullSecrets: [{}]\n" + GOOD, NO, Reason.NAMELESS),
    "no-namespace": (POD.replace("{name: app}", "{name: app, namespace: 'team-*'}"), NO, Reason.NOT_ADMITTED),
    "other-account": (POD + "  serviceAccountName: gone\n", NO, Reason.NOT_ADMITTED),
}


def one_answer(folder: Path, text: str, **known: object) -> PullAnswer:
    (answer,) = answers_to_manifest(folder, text, **known)
    return answer


@pytest.mark.parametrize("case", MANIFESTS.values(), ids=MANIFESTS)
def test_manifest_counts_as_if_it_were_applied(tmp_path: Path, case: tuple[str, CanPull, Reason]) -> None:
    text, result, reason = case

    answer = one_answer(tmp_path, text).answer

    assert (answer.result, answer.reason) == (result, reason)


WITHOUT_CLUSTER = {
    "own-secret": (LISTING + GOOD, YES, Reason.MATCHED),
    "own-account": (POD + ACCOUNT + GOOD, YES, Reason.MATCHED),
    "secret-elsewhere": (LISTING, UNKNOWN, Reason.CONTENT_UNKNOWN),
    "account-elsewhere": (POD, UNKNOWN, Reason.LIST_UNKNOWN),
    "account-without-a-list": (POD + ACCOUNT.replace("imagePullSecrets: [{name: regcred}]", ""), NO, Reason.NO_SECRET),
}


@pytest.mark.parametrize("case", WITHOUT_CLUSTER.values(), ids=WITHOUT_CLUSTER)
def test_what_only_a_cluster_has_is_unknown_without_one(tmp_path: Path, case: tuple[str, CanPull, Reason]) -> None:
    text, result, reason = case
    nothing = without_cluster([TEAM])

    answer = one_answer(tmp_path, text, secrets=nothing, accounts=nothing, is_offline=True).answer

    assert (answer.result, answer.reason) == (result, reason)


def test_secret_of_the_manifest_replaces_that_of_the_cluster(tmp_path: Path) -> None:
    there = seen([secret("regcred", "us.icr.io/other")])

    answer = one_answer(tmp_path, LISTING + GOOD, secrets=there)

    assert [item.entry.server for item in answer.credentials] == ["us.icr.io"]


def test_account_without_a_list_keeps_that_of_the_cluster(tmp_path: Path) -> None:
    silent = ACCOUNT.replace("imagePullSecrets: [{name: regcred}]", "")
    there = seen([placed(service_account("default", ["regcred"]))])

    kept = one_answer(tmp_path, POD + silent + GOOD, accounts=there)
    replaced = one_answer(tmp_path, POD + ACCOUNT.replace("regcred", "other") + GOOD, accounts=there)

    assert (kept.listed, replaced.listed) == (("regcred",), ("other",))


def test_credentials_stay_while_another_secret_was_not_seen(tmp_path: Path) -> None:
    text = LISTING + "  - name: unseen\n" + GOOD
    answer = one_answer(tmp_path, text, secrets=without_cluster([TEAM]), is_offline=True)

    assert (answer.answer.result, answer.unseen) == (YES, ("unseen",))
    assert answer.notes == ("what secret/unseen holds is not known: a malformed secret would block the pull",)


WORDS = {
    "list-of-the-account": (
        POD + "  serviceAccountName: web\n" + ACCOUNT.replace("default", "web").replace("regcred", "x") + GOOD,
        "list secret/regcred in the imagePullSecrets of serviceaccount/web in {file}:12",
    ),
    "list-of-the-pod": (
        POD + "  imagePullSecrets: [{name: x}]\n" + GOOD,
        "list secret/regcred in the imagePullSecrets of pod/app in {file}:5",
    ),
    "nameless": (
        POD + "  imagePullSecrets: [{}]\n",
        "name a secret in the entry at {file}:9",
    ),
    "placeholder": (LISTING + DECLARED % "${KEY}", "correct secret/regcred in {file}:13"),
    "image": (POD.replace("web:1", "WEB:1"), "change the image in {file}:8"),
}


@pytest.mark.parametrize(("text", "words"), WORDS.values(), ids=WORDS)
def test_words_say_where_the_manifest_is_to_be_changed(tmp_path: Path, text: str, words: str) -> None:
    answer = one_answer(tmp_path, text)

    assert words.format(file=tmp_path / "app.yaml") in answer.fix.advice


def test_no_command_changes_what_the_manifest_declares(tmp_path: Path) -> None:
    entry = {"username": "iamapikey", "password": made_up_key()}
    elsewhere = [secret("shared", "us.icr.io", namespace="default", entry=entry)]
    declared = POD + ACCOUNT.replace("regcred", "other") + DECLARED.replace("us.icr.io", "quay.io") % "k"

    (copying,) = one_answer(tmp_path, declared, elsewhere=elsewhere).fix.commands

    assert typed(copying, CommandStyle()) == "kubectl pullsecret copy shared --from=default -n team"
