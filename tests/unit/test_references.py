"""Who references a secret, in objects as the server sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pullsecret.errors import ForbiddenError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.observed import Observed
from pullsecret.model.plan.references import References, known_references, with_uses

if TYPE_CHECKING:
    from collections.abc import Mapping

_PULLING = {"imagePullSecrets": [{"name": "regcred"}, {"name": ""}]}
_MOUNTING = {"volumes": [{"secret": {"secretName": "regcred"}}]}
_PROJECTING = {"volumes": [{"projected": {"sources": [{"secret": {"name": "regcred"}}, {"configMap": {"name": "c"}}]}}]}
_NAMING = {"containers": [{"env": [{"valueFrom": {"secretKeyRef": {"name": "regcred", "key": "k"}}}]}]}
_LOADING = {"initContainers": [{"envFrom": [{"secretRef": {"name": "regcred"}}]}]}


def item(
    name: str, spec: Mapping[str, object], *, owner: tuple[str, str] | None = None, **rest: object
) -> dict[str, Any]:
    owners = {"ownerReferences": [{"kind": owner[0], "name": owner[1], "controller": True}]} if owner else {}
    return {"metadata": {"name": name, "namespace": "a", **owners}, "spec": spec, **rest}


def template(spec: Mapping[str, object]) -> dict[str, Any]:
    return {"template": {"spec": spec}}


def seen(kind: Kind, *items: dict[str, Any]) -> References:
    present = {("a", one["metadata"]["name"]): with_uses(kind, one) for one in items}
    return known_references({kind: Observed(present=present)}, Observed())


@pytest.mark.parametrize("spec", [_PULLING, _MOUNTING, _PROJECTING, _NAMING, _LOADING])
def test_secret_is_used_by_pod(spec: dict[str, Any]) -> None:
    assert seen(Kind.POD, item("p", spec)).workloads == {("a", "regcred"): ("pod/p",)}


@pytest.mark.parametrize(
    ("kind", "spec", "user"),
    [
        (Kind.DEPLOYMENT, template(_PULLING), "deployment/w"),
        (Kind.STATEFUL_SET, template(_MOUNTING), "statefulset/w"),
        (Kind.DAEMON_SET, template(_PULLING), "daemonset/w"),
        (Kind.REPLICATION_CONTROLLER, template(_PULLING), "replicationcontroller/w"),
        (Kind.JOB, template(_PULLING), "job/w"),
        (Kind.CRON_JOB, {"jobTemplate": {"spec": template(_PULLING)}}, "cronjob/w"),
        (
            Kind.BUILD_CONFIG,
            {"output": {"pushSecret": {"name": "regcred"}}, "strategy": {"dockerStrategy": {}}},
            "buildconfig/w",
        ),
    ],
)
def test_secret_is_used_by_template(kind: Kind, spec: dict[str, Any], user: str) -> None:
    assert seen(kind, item("w", spec)).workloads == {("a", "regcred"): (user,)}


@pytest.mark.parametrize(
    ("kind", "over"),
    [
        (Kind.POD, item("p", _PULLING, status={"phase": "Succeeded"})),
        (Kind.JOB, item("j", template(_PULLING), status={"conditions": [{"type": "Complete", "status": "True"}]})),
        (
            Kind.REPLICA_SET,
            item(
                "d-5f",
                template(_PULLING),
                owner=("Deployment", "d"),
            ),
        ),
    ],
)
def test_secret_is_not_used_by_what_is_over(kind: Kind, over: dict[str, Any]) -> None:
    assert seen(kind, over).workloads == {}


def test_pods_of_an_owner_are_counted() -> None:
    pods = [item(f"s-{number}", _PULLING, owner=("StatefulSet", "s")) for number in range(3)]
    assert seen(Kind.POD, *pods).workloads == {("a", "regcred"): ("3 pods of statefulset/s",)}


def test_accounts_are_named_once_for_both_lists() -> None:
    account = {
        "metadata": {"name": "default", "namespace": "a"},
        "imagePullSecrets": [{"name": "regcred"}],
        "secrets": [{"name": "regcred"}, {"name": "other"}],
    }
    found = known_references({}, Observed(present={("a", "default"): account}))
    assert found.accounts == {("a", "regcred"): ("default",), ("a", "other"): ("default",)}


def test_use_is_unknown_where_pods_cannot_be_listed() -> None:
    hidden = Observed(unreadable={("b", ""): ForbiddenError("no", code=403, reason="Forbidden")})
    found = known_references({Kind.POD: hidden}, Observed())
    assert found.is_used(("b", "regcred")) is None
    assert found.is_used(("a", "regcred")) is False
