"""`can-pull` in a cluster: what new pods would be sent with, before they exist."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from control_plane.waiting import until
from objects import deployment, docker_config_secret, made_up_password, pod, registry_entry, service_account
from pullsecret.model.objects.objects import name_of

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program


def answers(pullsecret: Program, *arguments: str, expect: int = 0) -> list[Object]:
    """The items of `can-pull -o json`."""
    result = pullsecret("can-pull", *arguments, "-o", "json", expect=expect)
    document: Object = json.loads(result.stdout)
    assert document["kind"] == "CanPullList"
    items: list[Object] = document["items"]
    return items


def test_answer_has_the_entry_of_the_accounts_list(api: Api, pullsecret: Program, namespace: str) -> None:
    entries = {"quay.io": registry_entry("a", made_up_password()), "quay.io/acme": registry_entry("b")}
    api.create(docker_config_secret("regcred", entries), namespace)
    api.create(service_account("puller", ["regcred"]), namespace)
    where = ("--serviceaccount", "puller", "-n", namespace)

    result = pullsecret("can-pull", "quay.io/acme/web:1", *where)
    (item,) = answers(pullsecret, "quay.io/acme/web:1", *where)

    line = f"quay.io/acme/web:1 in namespace {namespace}: secret/regcred (key quay.io/acme, username b)"
    assert (result.stdout, result.stderr) == (f"yes     {line}\n", "1 image: 1 yes\n")
    assert item["result"] == "yes"
    assert [entry["registry"] for entry in item["credentials"]] == ["quay.io/acme", "quay.io"]


def test_image_without_credentials_is_unknown_unless_its_registry_has_private_ones_only(
    pullsecret: Program, namespace: str
) -> None:
    found = answers(pullsecret, "quay.io/acme/web", "us.icr.io/acme/web", "-n", namespace, expect=1)

    assert [item["result"] for item in found] == ["unknown", "no"]


def test_workload_is_answered_for_its_new_pods(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"quay.io": registry_entry()}), namespace)
    template = pod("", "quay.io/acme/web:1", "none", pull_secrets=["regcred", "gone"])
    api.create(deployment("web", template, replicas=0), namespace)

    (item,) = answers(pullsecret, "deploy/web", "-n", namespace)

    assert (item["object"], item["result"]) == ("deployment/web", "yes")
    assert (item["pullSecrets"], item["missingSecrets"]) == (["regcred", "gone"], ["gone"])


def test_pods_created_before_the_account_changed_keep_their_list(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"quay.io": registry_entry("new")}), namespace)
    api.create(service_account("puller"), namespace)
    template = pod("", "quay.io/acme/web:1", "none", serviceAccountName="puller")
    api.create(deployment("web", template), namespace)
    name = until(lambda: next((name_of(item) for item in api.list("Pod", namespace)), ""), "a pod")
    pullsecret("attach", "regcred", "--serviceaccount", "puller", "-n", namespace)

    (item,) = answers(pullsecret, "deploy/web", "-n", namespace)
    result = pullsecret("can-pull", "deploy/web", f"pod/{name}", "-n", namespace)

    assert (item["result"], item["pullSecrets"]) == ("yes", ["regcred"])
    (old,) = item["existingPods"]
    assert (old["name"], old["result"], old["reason"], old["pullSecrets"]) == (
        name,
        "unknown",
        "CreatedBeforeAttach",
        [],
    )
    assert f"  note: pod/{name} keeps the list that it was created with (no pull secret): unknown: " in result.stdout
    assert "  to fix: create pod/" in result.stdout
