"""The secrets of build configs: what is named and what no longer is, what is refused, and what to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import NotFoundError, PullSecretError, RefusedError
from pullsecret.model.objects.build_config import BuildUse, build_secret, secrets_of_builds
from pullsecret.model.objects.objects import Kind, merge_patch, merged
from pullsecret.model.openshift.builds import half_linked, is_of_openshift, push_problem
from pullsecret.model.plan.build_secrets import (
    BuildEdit,
    push_warnings,
    sharing_notes,
    step_after_attaching,
    step_after_detaching,
)
from pullsecret.model.plan.named_objects import NamedObject
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.request.build_names import BuildNames
from pullsecret.model.request.suggested_command import CommandStyle, typed

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

FROM: Object = {"kind": "DockerImage", "name": "registry.example/base:1"}
STRATEGIES: dict[str, Object] = {
    "dockerStrategy": {},
    "sourceStrategy": {"from": FROM, "env": [{"name": "A", "value": "planted"}]},
    "customStrategy": {"from": FROM},
}


def config(strategy: str = "dockerStrategy", push: str = "", pull: str = "", **metadata: object) -> Object:
    """A build config that pushes to a private registry, with the secrets that it names."""
    names: Object = {"pullSecret": {"name": pull}} if pull else {}
    output: Object = {"to": {"kind": "DockerImage", "name": "us.icr.io/acme/app:1"}}
    return {
        "metadata": {"name": "app", "namespace": "a", "resourceVersion": "7", **metadata},
        "spec": {
            "output": {**output, **({"pushSecret": {"name": push}} if push else {})},
            "strategy": {strategy: {**STRATEGIES.get(strategy, {}), **names}},
        },
    }


def named(current: Object | None) -> NamedObject:
    return NamedObject(kind=Kind.BUILD_CONFIG, namespace="a", name="app", current=current)


def edit(*uses: BuildUse, overwrites: bool = False, is_forced: bool = False) -> BuildEdit:
    wanted = BuildNames(names=("app",), uses=uses or tuple(BuildUse), overwrites=overwrites)
    return BuildEdit(builds=wanted, is_forced=is_forced)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("use", BuildUse)
def test_attaching_names_the_secret_and_changes_nothing_else(strategy: str, use: BuildUse) -> None:
    before = config(strategy)

    after = edit(use).attaching(named(before), "x").desired(before)

    assert {one: build_secret(after, one) for one in BuildUse} == {one: "x" if one is use else "" for one in BuildUse}
    where: Object = {"output": {"pushSecret": {"name": "x"}}}
    if use is BuildUse.PULL:
        where = {"strategy": {strategy: {"pullSecret": {"name": "x"}}}}
    assert merge_patch(before, after) == {"spec": where}


def test_attaching_again_changes_nothing() -> None:
    before = config(push="x", pull="x")
    assert edit().attaching(named(before), "x").desired(before) == before


def test_attaching_over_another_secret_needs_overwrite() -> None:
    before = config(push="other")
    with pytest.raises(RefusedError, match='"app" in namespace a has push secret other already; use --overwrite'):
        edit().attaching(named(before), "x").desired(before)
    after = edit(overwrites=True).attaching(named(before), "x").desired(before)
    assert build_secret(after, BuildUse.PUSH) == build_secret(after, BuildUse.PULL) == "x"


@pytest.mark.parametrize("use", BuildUse)
@pytest.mark.parametrize("strategy", ["jenkinsPipelineStrategy", "unknownStrategy"])
def test_a_strategy_without_secrets_is_refused(strategy: str, use: BuildUse) -> None:
    before = config(strategy)
    with pytest.raises(RefusedError, match=f"strategy has no {use.value} secret"):
        edit(use).attaching(named(before), "x").desired(before)


def test_a_build_config_that_does_not_exist() -> None:
    with pytest.raises(NotFoundError, match=r'buildconfigs\.build\.openshift\.io "app" not found'):
        edit().attaching(named(None), "x").desired(None)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_detaching_removes_only_what_is_named(strategy: str) -> None:
    before = config(strategy, push="x", pull="theirs")

    after = edit().detaching(named(before), lambda name: name == "x").desired(before)

    assert merge_patch(before, after) == {"spec": {"output": {"pushSecret": None}}}


FIELDS = {
    BuildUse.PUSH: {"f:spec": {"f:output": {"f:pushSecret": {}}}},
    BuildUse.PULL: {"f:spec": {"f:strategy": {"f:dockerStrategy": {"f:pullSecret": {"f:name": {}}}}}},
}
HELM = {"app.kubernetes.io/managed-by": "Helm"}


def owned(use: BuildUse, manager: str, operation: str) -> Object:
    record = {"manager": manager, "operation": operation, "fieldsType": "FieldsV1", "fieldsV1": FIELDS[use]}
    return config(push="old", pull="old", managedFields=[record])


@pytest.mark.parametrize("use", BuildUse)
@pytest.mark.parametrize(
    ("manager", "operation", "refusal"),
    [
        ("helm", "Apply", "the next helm upgrade fails on a conflict"),
        ("argocd-controller", "Update", "is owned by Argo CD"),
        ("something", "Apply", "its next apply fails on a conflict"),
        ("something", "Update", ""),
        ("oc", "Update", ""),
        ("kubectl-set", "Update", ""),
        ("Mozilla", "Update", ""),
        ("pullsecret", "Update", ""),
    ],
)
def test_the_owner_of_exactly_that_field_decides(use: BuildUse, manager: str, operation: str, refusal: str) -> None:
    before = owned(use, manager, operation)
    change = edit(use, overwrites=True).attaching(named(before), "x")
    others = edit(*(one for one in BuildUse if one is not use), overwrites=True).attaching(named(before), "x")

    if refusal:
        with pytest.raises(RefusedError, match=refusal):
            change.desired(before)
        forced = edit(use, overwrites=True, is_forced=True).attaching(named(before), "x")
        assert build_secret(forced.desired(before), use) == "x"
        assert list_warnings([forced])
    else:
        assert build_secret(change.desired(before), use) == "x"
    assert bool(list_warnings([change])) == (manager == "something" and operation == "Update")
    assert others.desired(before) != before


def test_a_build_config_that_a_controller_makes_is_refused() -> None:
    owner = {"kind": "Pipeline", "name": "p", "controller": True}
    before = config(ownerReferences=[owner])
    with pytest.raises(RefusedError, match="is owned by Pipeline p"):
        edit().attaching(named(before), "x").desired(before)


@pytest.mark.parametrize(
    ("to", "keys", "problem"),
    [
        ({"kind": "DockerImage", "name": "us.icr.io/acme/app:1"}, ("us.icr.io",), ""),
        ({"kind": "DockerImage", "name": "us.icr.io/acme/app:1"}, ("us.icr.io/acme",), ""),
        ({"kind": "DockerImage", "name": "us.icr.io/acme/app:1"}, ("*.icr.io",), ""),
        (
            {"kind": "DockerImage", "name": "us.icr.io/acme/app:1"},
            ("de.icr.io", "us.icr.io/other"),
            "push to us.icr.io/acme/app:1, for which secret/x has no entry",
        ),
        ({"kind": "DockerImage", "name": "acme/app"}, ("https://index.docker.io/v1/",), ""),
        (
            {"kind": "ImageStreamTag", "name": "app:latest"},
            ("us.icr.io",),
            "push to ImageStreamTag app:latest, in the internal registry, for which secret/x has no entry",
        ),
        (
            {"kind": "ImageStreamTag", "name": "app:latest"},
            ("image-registry.openshift-image-registry.svc:5000",),
            "",
        ),
        ({"kind": "DockerImage", "name": "us.icr.io/\x1b[31m"}, ("us.icr.io",), r"push to us.icr.io/\x1b[31m"),
        (None, ("us.icr.io",), "push no image"),
    ],
)
def test_whether_builds_push_with_a_secret(to: Object | None, keys: tuple[str, ...], problem: str) -> None:
    found = push_problem({"spec": {"output": {"to": to} if to else {}}}, "x", keys)
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


def test_what_is_said_of_a_push_secret() -> None:
    before = config(push="other")
    change = edit(BuildUse.PUSH, overwrites=True).attaching(named(before), "x")

    assert push_warnings(change, "x", ("us.icr.io",)) == ()
    assert push_warnings(change, "x", ("de.icr.io",)) == (
        (
            "warning: buildconfig/app in namespace a: its builds push to us.icr.io/acme/app:1, "
            "for which secret/x has no entry"
        ),
    )
    assert sharing_notes([change, change], "x") == (
        "note: everyone who may create or edit builds in namespace a can push with secret/x",
    )
    for said in (edit(BuildUse.PULL), edit(BuildUse.PUSH)):
        quiet = said.attaching(named(config(push="other")), "x")
        assert push_warnings(quiet, "x", ()) == sharing_notes([quiet], "x") == ()


def test_the_next_step_is_a_build() -> None:
    step = step_after_attaching(edit().attaching(named(config()), "x"), "x")
    assert step.note == (
        "the next builds of buildconfig/app in namespace a push and pull with secret/x; to start one, run:"
    )
    assert step.command is not None
    assert typed(step.command, CommandStyle()) == "oc start-build app -n a"
    before = merged(config(push="x"), {"spec": {"serviceAccount": "robot"}})
    removed = step_after_detaching(edit().detaching(named(before), lambda _: True))
    assert 'push with the secrets of service account "robot"' in removed.note


def test_each_place_where_a_build_config_names_a_secret() -> None:
    def ref(name: str) -> Object:
        return {"name": name}

    build: Object = {
        "spec": {
            "output": {"pushSecret": ref("push")},
            "source": {
                "sourceSecret": ref("source"),
                "images": [{"pullSecret": ref("image")}],
                "secrets": [{"secret": ref("input"), "destinationDir": "x"}],
            },
            "strategy": {
                "customStrategy": {
                    "pullSecret": ref("pull"),
                    "secrets": [{"secretSource": ref("custom"), "mountPath": "/x"}],
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "env", "key": "k"}}}],
                    "buildArgs": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "args", "key": "k"}}}],
                    "volumes": [{"source": {"type": "Secret", "secret": {"secretName": "volume"}}}],
                }
            },
            "triggers": [
                {"type": "GitHub", "github": {"secretReference": ref("github")}},
                {"type": "Generic", "generic": {"secret": "not-a-reference"}},
                {"type": "GitLab", "gitlab": {"secretReference": ref("push")}},
            ],
        }
    }
    expected = {"push", "pull", "source", "image", "input", "custom", "env", "args", "volume", "github"}
    assert set(secrets_of_builds(build)) == expected
    assert len(secrets_of_builds(build)) == len(expected)
    assert secrets_of_builds({"spec": {"strategy": {"dockerStrategy": None}}}) == ()


def account(name: str, *listed: str, annotations: Object | None = None) -> Object:
    metadata = {"name": name, "namespace": "a", "annotations": annotations or {}}
    return {"metadata": metadata, "imagePullSecrets": [{"name": one} for one in listed]}


MARK = {"openshift.io/internal-registry-pull-secret-ref": "default-dockercfg-x"}


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([account("default")], False),
        ([account("default", "all-icr-io"), account("robot")], False),
        ([account("default"), account("builder")], True),
        ([account("default", "default-dockercfg-4xk2p")], True),
        ([account("default", annotations=MARK)], True),
        ([], False),
    ],
)
def test_only_accounts_of_openshift_make_build_configs_likely(accounts: list[Object], *, expected: bool) -> None:
    assert is_of_openshift(accounts) is expected


def test_one_list_of_builder_is_half_of_it() -> None:
    theirs = account("builder", "builder-dockercfg-4xk2p")
    assert "use --for pull,mount for both" in half_linked(theirs, ("secrets",))
    assert half_linked(theirs, ("secrets", "imagePullSecrets")) == ""
    assert half_linked(account("builder"), ("secrets",)) == half_linked(account("default", annotations=MARK), ()) == ""


def test_errors_are_one_line() -> None:
    for build in (config("jenkinsPipelineStrategy"), config(push="o\nther")):
        with pytest.raises(PullSecretError) as caught:
            edit().attaching(named(build), "x").desired(build)
        assert "\n" not in caught.value.message
