"""Copies with rejected credentials: only the real source replaces one without --overwrite."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from objects import copy_marks, docker_config_secret, pod, registry_entry, service_account
from pull_messages import RESOLVING
from pullsecret.model.doctor.automatic import NOTHING_MORE, FixPermissions, fix_plan_for
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.diagnosis import diagnoses_of
from pullsecret.model.doctor.evidence import Evidence
from pullsecret.model.doctor.waiting_container import with_rejected_logins
from pullsecret.model.objects.objects import merged
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import commands

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

EVERYTHING = FixPermissions(overwrite=True, recreate_pods=True)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLDER, NEWER = "2026-11-01T00:00:00Z", "2026-11-27T00:00:00Z"
COPIED = "2026-11-20T00:00:00Z"
IMAGE = "reg.example.org/team/app:1"
UNAUTHORIZED = RESOLVING.format(image=IMAGE) + "unexpected status code: 401 Unauthorized"


def secret(namespace: str, uid: str, created: str) -> Object:
    """A pull secret `regcred` with credentials of its own."""
    found = docker_config_secret("regcred", {"reg.example.org": registry_entry()})
    metadata = {"namespace": namespace, "uid": uid, "creationTimestamp": created}
    return {**found, "metadata": {**found["metadata"], **metadata}}


def copied(origin: str, cluster: str = "") -> Object:
    """A managed copy of a secret with the uid 1."""
    found = secret("team-a", "2", COPIED)
    marks: dict[str, dict[str, str]] = copy_marks(origin, "1", "team-a/regcred")
    if cluster:
        marks["annotations"]["kubectl-pullsecret/source-cluster"] = cluster
    return merged(found, {"metadata": marks})


def waiting_pod() -> Object:
    found = pod("app", IMAGE, "node", pull_secrets=["regcred"])
    waiting = {"reason": "ErrImagePull", "message": UNAUTHORIZED}
    status = {
        "phase": "Pending",
        "containerStatuses": [{"name": "main", "image": IMAGE, "state": {"waiting": waiting}}],
    }
    metadata = {**found["metadata"], "namespace": "team-a", "creationTimestamp": COPIED}
    return {**found, "metadata": metadata, "status": status}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A copy in team-a, and the secret that is at default/regcred in this cluster."""

    copy: Object = field(repr=False)
    there: Object = field(repr=False)
    code: CauseCode
    is_automatic: bool


TABLE = {
    "its-source-changed": Case(
        copy=copied("default/regcred"),
        there=secret("default", "1", OLDER),
        code=CauseCode.STALE,
        is_automatic=True,
    ),
    "its-source-was-recreated": Case(
        copy=copied("default/regcred"),
        there=secret("default", "3", NEWER),
        code=CauseCode.STALE,
        is_automatic=True,
    ),
    "from-another-cluster": Case(
        copy=copied("default/regcred", "other"),
        there=secret("default", "3", OLDER),
        code=CauseCode.REJECTED,
        is_automatic=False,
    ),
    "from-another-cluster-and-the-namesake-is-newer": Case(
        copy=copied("default/regcred", "other"),
        there=secret("default", "3", NEWER),
        code=CauseCode.REJECTED,
        is_automatic=False,
    ),
    "from-another-cluster-without-a-word": Case(
        copy=copied("default/regcred"),
        there=secret("default", "3", OLDER),
        code=CauseCode.REJECTED,
        is_automatic=False,
    ),
}


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_only_the_source_of_a_copy_replaces_it_without_a_flag(case: Case) -> None:
    account = {**service_account("default", ["regcred"])}
    account["metadata"] = {**account["metadata"], "namespace": "team-a"}
    evidence = Evidence(
        now=NOW,
        observed=ObservedNamespaces(
            pods=Observed(present={("team-a", "app"): waiting_pod()}),
            secrets=Observed(present={("team-a", "regcred"): case.copy}),
            accounts=Observed(present={("team-a", "default"): account}),
        ),
        elsewhere={("default", "regcred"): case.there},
    )

    (diagnosis,) = diagnoses_of(with_rejected_logins(evidence))

    assert diagnosis.cause.code is case.code
    assert bool(fix_plan_for([diagnosis]).steps) is case.is_automatic
    assert fix_plan_for([diagnosis], EVERYTHING).steps


def test_marks_of_another_namespace_move_nothing() -> None:
    """Anyone who may write a secret can forge them, and so name a secret that is not theirs."""
    copy = copied("team-pay/regcred")
    theirs = secret("team-pay", "1", OLDER)
    evidence = Evidence(
        now=NOW,
        observed=ObservedNamespaces(
            pods=Observed(present={("team-a", "app"): waiting_pod()}),
            secrets=Observed(present={("team-a", "regcred"): copy}),
        ),
        elsewhere={("team-pay", "regcred"): theirs},
    )

    (diagnosis,) = diagnoses_of(with_rejected_logins(evidence))

    assert diagnosis.cause.code is CauseCode.STALE
    assert "secret/regcred in namespace team-pay (username " in diagnosis.fix.advice
    assert commands(diagnosis, CommandStyle()) == ()
    for permissions in (NOTHING_MORE, EVERYTHING):
        assert fix_plan_for([diagnosis], permissions).steps == ()
