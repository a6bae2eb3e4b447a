"""`can-pull` in a cluster: what new pods would be sent with, before they exist."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import deployment, docker_config_secret, made_up_password, pod, registry_entry, service_account
from pullsecret.model.objects.objects import name_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object
    from program import Program
    from registry.registry_setup import Registries


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


def test_command_for_a_system_namespace_is_shown_only_where_it_is_named(pullsecret: Program) -> None:
    found = answers(pullsecret, "us.icr.io/acme/web", "-n", "kube-*", expect=1)
    (named,) = answers(pullsecret, "us.icr.io/acme/web", "-n", "kube-system", expect=1)

    assert {item["result"] for item in (*found, named)} == {"no"}
    assert {(item["advice"], *item["commands"]) for item in found} == {
        (f"-n {item['namespace']} shows the command",) for item in found
    }
    assert all("-n kube-system" in command for command in named["commands"])
    assert named["commands"]


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


CHART = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
imagePullSecrets: [{name: regcred}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
      - {name: web, image: us.icr.io/acme/web:1}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: us.icr.io/acme/nightly:1}
"""


def test_manifests_are_answered_as_if_they_were_applied(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path
) -> None:
    api.create(docker_config_secret("regcred", {"us.icr.io": registry_entry("iamapikey", "k" * 44)}), namespace)
    file = tmp_path / "chart.yaml"
    file.write_text(CHART)

    piped = pullsecret("can-pull", "-f", "-", "-n", namespace, input=CHART, expect=1)
    found = answers(pullsecret, "-f", str(file), "-n", namespace, expect=1)

    assert [(item["object"], item["result"], item["line"]) for item in found] == [
        ("deployment/web", "yes", 17),
        ("cronjob/nightly", "no", 30),
    ]
    assert [item["file"] for item in found] == [str(file)] * 2
    assert "no      standard input:30: cronjob/nightly in namespace " in piped.stdout
    attach = f"kubectl pullsecret attach regcred -n {namespace}"
    assert [item["commands"] for item in found] == [[], [attach]]
    assert pullsecret(*attach.split()[2:]).status == 0
    assert answers(pullsecret, "-f", str(file), "-n", namespace)


def test_namespace_that_does_not_exist_yet_has_what_the_manifests_have(pullsecret: Program, tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(CHART)

    result = pullsecret("can-pull", "-f", str(file), "-n", "not-there-yet", expect=1)

    assert "note: namespace not-there-yet does not exist; it counts as empty but for the manifests\n" in result.stderr
    assert "no      " in result.stdout
    assert "namespace not-there-yet must exist first" in result.stdout


def test_offline_contacts_no_cluster(pullsecret: Program, tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(CHART)

    result = pullsecret("can-pull", "-f", str(file), "--offline", kubeconfig=tmp_path / "none")

    assert result.stdout.count("unknown ") == 2
    assert pullsecret("can-pull", "-f", str(file), "--offline", "--fail-on-unknown", expect=1).stdout == result.stdout


def test_registries_are_asked_with_what_the_kubelet_would_send(
    api: Api, pullsecret: Program, registries: Registries, namespace: str
) -> None:
    basic, token = registries.basic.host, registries.token.host
    entries = {
        basic: registry_entry("puller", made_up_password()),
        f"{basic}/acme": registry_entry("puller", registries.password),
        token: registry_entry("puller", registries.password),
    }
    api.create(docker_config_secret("regcred", entries), namespace)
    api.create(service_account("puller", ["regcred"]), namespace)
    images = (f"{basic}/acme/app:1", f"{basic}/public/app:1", f"{token}/acme/other:1", f"{token}/acme/gone:1")
    where = ("-n", namespace, "--verify", registries.ca_flag)

    found = answers(pullsecret, *images, *where, "--serviceaccount=puller", expect=1)
    bare = answers(pullsecret, f"{token}/public/app:1", f"{token}/acme/app:1", *where, expect=1)

    assert [(item["result"], item["reason"]) for item in found] == [
        ("yes", "Verified"),
        ("no", "CredentialsRejected"),
        ("no", "NotAuthorized"),
        ("no", "NotAuthorized"),
    ]
    assert [(item["result"], item["reason"]) for item in bare] == [("yes", "PublicImage"), ("no", "SecretNotAttached")]


MISUSES = {
    "nothing": ((), "specify IMAGE or TYPE/NAME, or manifests with -f"),
    "both": (("nginx", "-f", "-"), "specify IMAGE or TYPE/NAME, or manifests with -f"),
    "invalid-image": (("Foo:1",), 'invalid IMAGE "Foo:1"'),
    "empty-image": (("",), 'invalid IMAGE "": it is empty'),
    "type-alone": (("deployment",), "specify TYPE/NAME, for example deployment/NAME"),
    "account-of-a-workload": (("deploy/web", "--serviceaccount=a"), "--serviceaccount can only be used with IMAGE"),
    "offline-without-files": (("nginx", "--offline"), "--offline requires -f"),
    "offline-and-verify": (("-f", "-", "--offline", "--verify"), "--offline cannot be used with --verify"),
    "empty-standard-input": (("-f", "-"), "standard input is empty\ncheck the output of the command before the pipe"),
    "many-namespaces": (("-f", "-", "-A"), "-f takes the service accounts of the manifests"),
    "offline-context": (("-f", __file__, "--offline", "--context=gone"), 'context "gone" does not exist'),
    "ca-alone": (("nginx", "--insecure"), "--registry-ca and --insecure require --verify"),
}


@pytest.mark.parametrize(("words", "message"), MISUSES.values(), ids=MISUSES)
def test_misuse_is_refused_with_status_2(pullsecret: Program, words: tuple[str, ...], message: str) -> None:
    result = pullsecret("can-pull", *words, expect=2)

    assert result.stderr.startswith(f"error: {message}")


def test_what_does_not_exist_is_an_error(pullsecret: Program, namespace: str) -> None:
    result = pullsecret("can-pull", "deploy/gone", "nginx", "-n", namespace, expect=2)

    assert 'Error from server (NotFound): deployments.apps "gone" not found' in result.stderr
    assert result.stdout.startswith(f"unknown nginx in namespace {namespace}: ")


def test_objects_without_a_namespace_are_in_that_of_the_context(pullsecret: Program, tmp_path: Path) -> None:
    file, kubeconfig = tmp_path / "chart.yaml", tmp_path / "config"
    file.write_text(CHART)
    context = {"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}
    cluster = {"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}
    user = {"name": "u", "user": {}}
    config = {"clusters": [cluster], "contexts": [context], "users": [user], "current-context": "c"}
    kubeconfig.write_text(json.dumps(config))

    of_context = answers(pullsecret, "-f", str(file), "--offline", "--kubeconfig", str(kubeconfig))
    named = answers(pullsecret, "-f", str(file), "--offline", "-n", "other")

    assert {item["namespace"] for item in of_context} == {"shop"}
    assert {item["namespace"] for item in named} == {"other"}


def not_attached(api: Api, namespace: str, **spec: object) -> None:
    api.create(docker_config_secret("regcred", {"us.icr.io": registry_entry("iamapikey", "k" * 44)}), namespace)
    template = pod("", "us.icr.io/acme/web:1", "none")
    api.create(deployment("web", {**template, "spec": {**template["spec"], **spec}}, replicas=0), namespace)


def hidden_by_a_list(api: Api, namespace: str) -> None:
    not_attached(api, namespace, imagePullSecrets=[{"name": "other"}])


def hidden_by_an_entry_without_a_name(api: Api, namespace: str) -> None:
    not_attached(api, namespace, imagePullSecrets=[{}])
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "regcred"}]}, namespace)


def of_another_account(api: Api, namespace: str) -> None:
    api.create(service_account("puller"), namespace)
    not_attached(api, namespace, serviceAccountName="puller")


FIXED = (not_attached, hidden_by_a_list, hidden_by_an_entry_without_a_name, of_another_account)


@pytest.mark.parametrize("fault", FIXED, ids=[one.__name__ for one in FIXED])
def test_printed_command_makes_the_answer_yes(
    api: Api, pullsecret: Program, namespace: str, fault: Callable[[Api, str], None]
) -> None:
    fault(api, namespace)
    (before,) = answers(pullsecret, "deployment/web", "-n", namespace, expect=1)

    (command,) = before["commands"]
    assert command.startswith("kubectl pullsecret ")
    pullsecret(*shlex.split(command)[2:])

    (after,) = answers(pullsecret, "deployment/web", "-n", namespace)
    assert (before["result"], after["result"]) == ("no", "yes")


def test_secret_of_default_is_copied_by_the_printed_command(
    pullsecret: Program, namespace: str, in_default: Callable[[Object], None]
) -> None:
    name, host = f"shared-{namespace[-10:]}", f"reg-{namespace[-8:]}.example"
    in_default(docker_config_secret(name, {host: registry_entry()}))

    (before,) = answers(pullsecret, f"{host}/app:1", "-n", namespace)
    (command,) = before["commands"]
    pullsecret(*shlex.split(command)[2:])
    (after,) = answers(pullsecret, f"{host}/app:1", "-n", namespace)

    assert (before["reason"], after["reason"]) == ("SecretInOtherNamespace", "CredentialsMatch")
