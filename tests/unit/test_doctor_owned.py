"""What doctor says where its fix would write what another party owns: words, and no command that would be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doctor_evidence import HOST, deployed, evidence_of, secret, template, waiting

from objects import registry_entry
from pullsecret.model.doctor.automatic import FixPermissions, fix_plan_for
from pullsecret.model.doctor.diagnosis import diagnoses_of
from pullsecret.model.doctor.fixes import CopyStep
from pullsecret.model.objects.objects import merged
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import advice, commands

if TYPE_CHECKING:
    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

KEY = registry_entry("puller", "")
AT_HOME = secret("regcred", namespace="default")
ESO: dict[str, Any] = {"ownerReferences": [{"kind": "ExternalSecret", "name": "icr", "controller": True}]}


def with_list_of(manager: str, evidence: Evidence) -> Evidence:
    """The same evidence, with a field manager that applies the list of the service account."""
    entry = {"manager": manager, "operation": "Apply", "fieldsV1": {"f:imagePullSecrets": {}}}
    (key,) = evidence.observed.accounts.present
    account = merged(evidence.observed.accounts.present[key], {"metadata": {"managedFields": [entry]}})
    evidence.observed.accounts.present[key] = account  # type: ignore[index]
    return evidence


def controlled(owner: Object) -> Object:
    reference = {"kind": "Shop", "name": "main", "controller": True}
    return {**owner, "metadata": {**owner["metadata"], "ownerReferences": [reference]}}


TABLE = {
    "secret": (
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[secret("regcred", entry=KEY, **ESO)],
            attached=["regcred"],
            elsewhere=[AT_HOME],
        ),
        "secret/regcred is owned by ExternalSecret icr: change the value in the store that it reads",
    ),
    "account": (
        with_list_of("argocd-controller", evidence_of(deployed(waiting()), secrets=[secret("regcred", HOST)])),
        "the list of serviceaccount/default is owned by Argo CD application: add the entry in Git",
    ),
    "account-of-a-copy": (
        with_list_of("argocd-controller", evidence_of(deployed(waiting()), elsewhere=[AT_HOME])),
        "the list of serviceaccount/default is owned by Argo CD application: add the entry in Git",
    ),
    "workload": (
        evidence_of(
            deployed(waiting("other")),
            secrets=[secret("other", "other.example"), secret("regcred", HOST)],
            owner=controlled(template("other")),
        ),
        "deployment/app is owned by Shop main: change it in Shop main",
    ),
}


@pytest.mark.parametrize(("evidence", "words"), TABLE.values(), ids=TABLE.keys())
def test_fix_of_what_another_party_owns_is_words(evidence: Evidence, words: str) -> None:
    (found,) = diagnoses_of(evidence)

    assert commands(found, CommandStyle()) == ()
    assert words in advice(found, CommandStyle())
    plan = fix_plan_for([found], FixPermissions(overwrite=True, recreate_pods=True))
    assert not plan.steps
    assert not plan.fixes


@pytest.mark.parametrize(("row", "account"), [("account-of-a-copy", "default"), ("secret", "")])
def test_fix_of_what_another_party_owns_is_applied_with_force_conflicts(row: str, account: str) -> None:
    (found,) = diagnoses_of(TABLE[row][0])

    plan = fix_plan_for([found], FixPermissions(force_conflicts=True))

    copies = [step for _, step in plan.steps if isinstance(step, CopyStep)]
    assert [(step.name, step.account, step.overwrite) for step in copies] == [("regcred", account, False)]
    assert not plan.manual
