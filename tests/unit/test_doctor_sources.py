"""Whose credentials doctor takes, offers in a command, only names, or does not even name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from doctor_evidence import HOST, TEAM, deployed, evidence_of, secret, waiting

from objects import registry_entry
from pullsecret.model.doctor.automatic import FixPermissions, fix_plan_for
from pullsecret.model.doctor.diagnosis import diagnoses_of
from pullsecret.model.doctor.fixes import AttachStep, CopyStep
from pullsecret.model.objects.sources import SHARE_WITH
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import commands

if TYPE_CHECKING:
    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

EVERYTHING = FixPermissions(overwrite=True, recreate_pods=True)
ROBOT, OTHER = registry_entry("puller"), registry_entry("other")
ICR = "us.icr.io"
NOT_A_KEY = {ICR: registry_entry("a", "b")}


def shared(name: str, namespace: str, patterns: str, entry: Object = ROBOT) -> Object:
    return secret(name, namespace=namespace, entry=entry, annotations={SHARE_WITH: patterns})


def waiting_for(*elsewhere: Object, own: tuple[Object, ...] = (), chosen: tuple[str, ...] = ()) -> Evidence:
    return evidence_of(deployed(waiting()), secrets=own, elsewhere=elsewhere, chosen=chosen)


class Row(NamedTuple):
    """What exists; the source that --fix takes, that a command has, and that words name (`namespace/name`)."""

    evidence: Evidence
    taken: str = ""
    pasted: str = ""
    named: tuple[str, ...] = ()


ROWS = {
    "own-before-all-others": Row(
        waiting_for(
            secret("d", namespace="default"), secret("t", namespace="tools"), own=(secret("o"),), chosen=("tools",)
        ),
        taken="team/o",
        pasted="team/o",
    ),
    "chosen-before-default": Row(
        waiting_for(secret("d", namespace="default"), secret("t", namespace="tools"), chosen=("tools",)),
        taken="tools/t",
        pasted="tools/t",
    ),
    "default": Row(
        waiting_for(secret("d", namespace="default"), secret("a", namespace="a")), taken="default/d", pasted="default/d"
    ),
    "default-closed-by-its-owner": Row(waiting_for(shared("d", "default", "")), named=("default/d",)),
    "default-for-others": Row(waiting_for(shared("d", "default", "prod-*,x")), named=("default/d",)),
    "default-for-these": Row(waiting_for(shared("d", "default", "x, te*")), taken="default/d", pasted="default/d"),
    "offered": Row(waiting_for(shared("t", "tools", "team")), pasted="tools/t"),
    "offered-to-others": Row(waiting_for(shared("t", "tools", "team-*")), named=("tools/t",)),
    "offered-to-names-that-begin-otherwise": Row(waiting_for(shared("t", "tools", "[^a]*")), pasted="tools/t"),
    "offered-to-names-but-this": Row(waiting_for(shared("t", "tools", "[^t]*")), named=("tools/t",)),
    "offered-and-chosen": Row(
        waiting_for(shared("t", "tools", "*"), chosen=("tools",)), taken="tools/t", pasted="tools/t"
    ),
    "chosen-but-closed-by-its-owner": Row(waiting_for(shared("t", "tools", ""), chosen=("tools",)), named=("tools/t",)),
    "two-chosen": Row(
        waiting_for(secret("z", namespace="a"), secret("b", namespace="z", entry=OTHER), chosen=("z", "a")),
        named=("a/z", "z/b"),
    ),
    "two-offered": Row(waiting_for(shared("z", "a", "*"), shared("b", "z", "*", OTHER)), named=("a/z", "z/b")),
    "two-in-default": Row(
        waiting_for(secret("z", namespace="default"), secret("a", namespace="default", entry=OTHER)),
        named=("default/z", "default/a"),
    ),
    "two-tenants": Row(
        waiting_for(secret("z", namespace="a"), secret("b", namespace="z", entry=OTHER)), named=("a/z", "z/b")
    ),
    "annotation-of-a-system-namespace": Row(waiting_for(shared("t", "openshift-config", "*"))),
    "system-namespace-although-chosen": Row(waiting_for(secret("t", namespace="kube-system"), chosen=("kube-system",))),
    "token-of-an-account-although-shared": Row(waiting_for(shared("builder-dockercfg-a1b2c", "default", "*"))),
    "forged-marks-of-a-copy": Row(
        waiting_for(
            secret(
                "x",
                namespace="evil",
                labels={"app.kubernetes.io/managed-by": "kubectl-pullsecret", "kubectl-pullsecret/managed": "true"},
                annotations={"kubectl-pullsecret/copied-from": "default/x", "kubectl-pullsecret/proof": "1"},
                managedFields=[{"manager": "pullsecret", "fieldsV1": {"f:data": {}}}],
            )
        ),
        named=("evil/x",),
    ),
}


def place_of(step: object) -> str:
    assert isinstance(step, CopyStep | AttachStep)
    return f"{step.source}/{step.secret}" if isinstance(step, CopyStep) else f"{TEAM}/{step.secret}"


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_secret_is_taken_offered_or_named_by_its_standing(row: Row) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert [place_of(step) for _, step in fix_plan_for([found], EVERYTHING).steps] == [row.taken][: bool(row.taken)]
    lines = "".join(commands(found, CommandStyle()))
    namespace, _, name = row.pasted.partition("/")
    words = f"copy {name} --from={namespace} " if namespace not in ("", TEAM) else f"attach {name} "
    assert (words in lines) is bool(row.pasted)
    assert (" copy " in lines or " attach " in lines) is bool(row.pasted)
    said = f"{found.cause.text} {found.fix.advice}"
    assert all(f"secret/{name} in namespace {home}" in said for home, _, name in (p.partition("/") for p in row.named))


def icr_waiting(*elsewhere: Object, own: tuple[Object, ...] = ()) -> Evidence:
    return evidence_of(deployed(waiting(image=f"{ICR}/a/b:1")), secrets=own, elsewhere=elsewhere)


def test_secret_that_check_warns_of_is_named_with_the_codes() -> None:
    junk = secret("junk", ICR, namespace="default", entry=NOT_A_KEY[ICR])

    (found,) = diagnoses_of(icr_waiting(junk))

    assert fix_plan_for([found], EVERYTHING).steps == ()
    assert "secret/junk in namespace default has findings (PS301)" in found.cause.text
    assert "copy" not in "".join(commands(found, CommandStyle()))


def test_good_secret_of_default_comes_before_a_doubtful_one_of_the_namespace() -> None:
    good = secret("good", ICR, namespace="default", entry=registry_entry("iamapikey", "x" * 44))
    junk = secret("junk", ICR, entry=NOT_A_KEY[ICR])

    (with_both,) = diagnoses_of(icr_waiting(good, own=(junk,)))
    (with_junk,) = diagnoses_of(icr_waiting(own=(junk,)))

    assert [place_of(step) for step in with_both.fix.steps] == ["default/good"]
    assert [place_of(step) for step in with_junk.fix.steps] == ["team/junk"]


@pytest.mark.parametrize("username", ["x" * 44, "ghp_" + "y" * 36, "gldt-" + "z" * 20, "same"])
def test_username_that_is_a_secret_is_hidden(username: str) -> None:
    entry = registry_entry(username, username if username == "same" else "password")
    theirs = secret("t", namespace="tools", entry=entry)

    (found,) = diagnoses_of(waiting_for(theirs))

    assert found.fix.advice == "or ask the owner of secret/t in namespace tools (username <hidden>)"


def test_refusal_in_one_namespace_changes_no_answer_in_another() -> None:
    """What -A finds for a pod is what -n finds."""
    home = secret("regcred", namespace="default")
    alone = evidence_of(deployed(waiting()), elsewhere=[home])
    everywhere = replace(alone, rejected=frozenset({("other", HOST, "puller", str(ROBOT["password"]))}))

    assert diagnoses_of(alone)[0].fix == diagnoses_of(everywhere)[0].fix
