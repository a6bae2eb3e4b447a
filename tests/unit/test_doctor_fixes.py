"""The commands that fix a cause: a row for each kind of step, and for each flag that a step may need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from doctor_evidence import HOST, deployed, evidence_of, secret, template, waiting

from objects import MANAGED, copy_marks, encoded, made_up_jwt, made_up_password, registry_entry
from pullsecret.model.doctor.automatic import NOTHING_MORE, FixPermissions, fix_plan_for
from pullsecret.model.doctor.diagnosis import diagnoses_of
from pullsecret.model.doctor.fixes import AttachStep, CopyStep, CreateStep, KubectlStep
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle
from pullsecret.report.doctor import advice, commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

EVERYTHING = FixPermissions(overwrite=True, recreate_pods=True)
RESTART = "kubectl -n team rollout restart deployment/app"
KEY = registry_entry("puller")
AT_HOME = secret("regcred", namespace="default", uid="shared")
THEIRS = secret("regcred", entry=KEY)
LEGACY = {**THEIRS, "type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded("[]")}}
OURS = secret("regcred", entry=KEY, **copy_marks("default/regcred", "shared", "team/regcred"))


CREATED = secret("regcred", entry=KEY, labels=MANAGED)


def listing(theirs: Object, *, elsewhere: Sequence[Object] = (AT_HOME,)) -> Evidence:
    """A deployed pod that references `regcred`, which another namespace has, too."""
    return evidence_of(deployed(waiting("regcred")), secrets=[theirs], attached=["regcred"], elsewhere=elsewhere)


class Row(NamedTuple):
    """What is in the cluster, the commands, and how the pods recover."""

    evidence: Evidence
    command: str
    recovery: Recovery | None
    steps: tuple[type, ...]


ROWS = {
    "copy-and-attach": Row(
        evidence_of(deployed(waiting()), elsewhere=[AT_HOME]),
        f"kubectl pullsecret copy regcred --from=default --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-for-another-account": Row(
        evidence_of(deployed(waiting(), account="puller"), elsewhere=[AT_HOME], account="puller"),
        f"kubectl pullsecret copy regcred --from=default --serviceaccount=puller -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-of-default-and-not-of-another-namespace": Row(
        evidence_of(deployed(waiting()), elsewhere=[secret("a", namespace="a"), AT_HOME]),
        f"kubectl pullsecret copy regcred --from=default --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-beside-pods-that-serve": Row(
        evidence_of(deployed(waiting()), elsewhere=[AT_HOME], serving=True),
        "kubectl pullsecret copy regcred --from=default --attach -n team"
        " && kubectl -n team delete pod app --ignore-not-found",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-of-the-one-that-ibm-cloud-writes": Row(
        evidence_of(deployed(waiting()), elsewhere=[AT_HOME, secret("all-icr-io", namespace="default")]),
        f"kubectl pullsecret copy all-icr-io --from=default --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-of-the-same-name": Row(
        evidence_of(deployed(waiting("regcred")), elsewhere=[secret("a", namespace="default"), AT_HOME]),
        "kubectl pullsecret copy regcred --from=default -n team",
        Recovery.WAIT,
        (CopyStep,),
    ),
    "copy-where-the-name-is-taken": Row(
        evidence_of(deployed(waiting()), secrets=[secret("regcred", "other.example")], elsewhere=[AT_HOME]),
        f"kubectl pullsecret copy regcred --from=default --name=reg-example --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-over-our-own": Row(
        listing(OURS), "kubectl pullsecret copy regcred --from=default -n team", Recovery.WAIT, (CopyStep,)
    ),
    "copy-over-an-unmanaged-one": Row(
        listing(THEIRS),
        "kubectl pullsecret copy regcred --from=default --overwrite -n team",
        Recovery.WAIT,
        (CopyStep,),
    ),
    "copy-beside-an-immutable-one": Row(
        listing({**THEIRS, "immutable": True}),
        f"kubectl pullsecret copy regcred --from=default --name=reg-example --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-beside-another-type": Row(
        listing({**THEIRS, "type": "Opaque"}),
        f"kubectl pullsecret copy regcred --from=default --name=reg-example --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-that-would-lose-another-registry": Row(
        listing(secret("regcred", HOST, "other.example", entry=KEY)),
        f"kubectl pullsecret copy regcred --from=default --name=reg-example --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CopyStep,),
    ),
    "copy-into-the-pods-own-list": Row(
        evidence_of(deployed(waiting("other")), elsewhere=[AT_HOME], owner=template("other")),
        "kubectl pullsecret copy regcred --from=default -n team && kubectl -n team patch deployment/app "
        """-p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"regcred"}]}}}}'""",
        Recovery.EDIT_TEMPLATE,
        (CopyStep,),
    ),
    "attach": Row(
        evidence_of(deployed(waiting()), secrets=[THEIRS]),
        f"kubectl pullsecret attach regcred -n team && {RESTART}",
        Recovery.RECREATE,
        (AttachStep,),
    ),
    "attach-to-another-account": Row(
        evidence_of(deployed(waiting(), account="puller"), secrets=[THEIRS], account="puller"),
        f"kubectl pullsecret attach regcred --serviceaccount=puller -n team && {RESTART}",
        Recovery.RECREATE,
        (AttachStep,),
    ),
    "attach-what-works-instead-of-what-is-rejected": Row(
        evidence_of(deployed(waiting("regcred")), secrets=[THEIRS, secret("works")], attached=["regcred"]),
        f"kubectl pullsecret attach works -n team && {RESTART}",
        Recovery.RECREATE,
        (AttachStep,),
    ),
    "restart-alone": Row(
        evidence_of(deployed(waiting()), secrets=[THEIRS], attached=["regcred"], owner=template()),
        RESTART,
        Recovery.RECREATE,
        (),
    ),
    "recreate-a-standalone-pod": Row(
        evidence_of(waiting(), secrets=[THEIRS], attached=["regcred"]),
        "kubectl -n team get pod/app -o yaml | kubectl -n team replace --force -f -",
        Recovery.RECREATE,
        (),
    ),
    "create": Row(
        evidence_of(deployed(waiting())),
        f"kubectl pullsecret create reg-example --registry=reg.example --username=USER --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "create-for-docker-hub": Row(
        evidence_of(deployed(waiting(image="nginx"))),
        f"kubectl pullsecret create docker-io --username=USER --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "create-for-ibm-cloud": Row(
        evidence_of(deployed(waiting(image="us.icr.io/acme/app:1"))),
        "kubectl pullsecret create us-icr-io --registry=us.icr.io --username=iamapikey --attach -n team && " + RESTART,
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "create-entitled": Row(
        evidence_of(deployed(waiting(image="cp.icr.io/cp/app:1"))),
        f"kubectl pullsecret entitled entitled-cp-icr-io --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "create-entitled-staging": Row(
        evidence_of(deployed(waiting(image="cp.stg.icr.io/cp/app:1"))),
        f"kubectl pullsecret entitled entitled-cp-stg-icr-io --staging --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "create-over-our-own": Row(
        listing(CREATED, elsewhere=[]),
        "kubectl pullsecret create regcred --registry=reg.example --username=puller -n team",
        Recovery.WAIT,
        (CreateStep,),
    ),
    "create-over-an-unmanaged-one": Row(
        listing(THEIRS, elsewhere=[]),
        "kubectl pullsecret create regcred --registry=reg.example --username=puller --overwrite -n team",
        Recovery.WAIT,
        (CreateStep,),
    ),
    "create-over-the-legacy-type": Row(
        listing(
            theirs={**THEIRS, "type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded("[]")}}, elsewhere=[]
        ),
        "kubectl pullsecret create regcred --registry=reg.example --username=USER --overwrite --recreate -n team",
        Recovery.WAIT,
        (CreateStep,),
    ),
    "create-from-docker-credentials": Row(
        listing(secret("regcred", entry={}), elsewhere=[]),
        "kubectl pullsecret create regcred --from-docker-config --registry=reg.example --overwrite -n team",
        Recovery.WAIT,
        (CreateStep,),
    ),
    "create-beside-other-registries": Row(
        listing(secret("regcred", HOST, "other.example", entry=KEY), elsewhere=[]),
        f"kubectl pullsecret create reg-example --registry=reg.example --username=USER --attach -n team && {RESTART}",
        Recovery.RECREATE,
        (CreateStep,),
    ),
    "set-image": Row(
        evidence_of(deployed(waiting(image="reg.example/A:1", reason="InvalidImageName"))),
        "kubectl -n team set image deployment/app main=reg.example/a:1",
        None,
        (KubectlStep,),
    ),
    "set-image-to-a-placeholder": Row(
        evidence_of(deployed(waiting(image="reg.example/a b", reason="InvalidImageName"))),
        "kubectl -n team set image deployment/app main=IMAGE",
        None,
        (KubectlStep,),
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_commands_of_a_fix(row: Row) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert commands(found, CommandStyle()) == (row.command,)
    assert found.fix.recovery is row.recovery
    assert tuple(map(type, found.fix.steps)) == row.steps


def test_every_kind_of_step_has_a_row() -> None:
    assert {kind for row in ROWS.values() for kind in row.steps} == {CopyStep, AttachStep, CreateStep, KubectlStep}


def test_password_of_no_secret_is_in_a_command() -> None:
    password = made_up_password()
    held = secret("regcred", entry=registry_entry("puller", password))

    (found,) = diagnoses_of(listing(held, elsewhere=[]))

    assert password not in repr(found) + str(commands(found, CommandStyle()))


CREATING = "kubectl pullsecret create reg-example --registry=reg.example --username=USER --attach -n team"
FAULTY = secret("regcred", HOST, "US.icr.io", namespace="default")
TOKEN = secret("default-dockercfg-7xk2p", entry=KEY)
NOT_TAKEN = {
    "of-another-namespace": (
        evidence_of(deployed(waiting()), elsewhere=[secret("pay", namespace="team-pay", entry=KEY)]),
        (f"{CREATING} && {RESTART}",),
        "or ask the owner of secret/pay in namespace team-pay (username puller)",
    ),
    "of-the-first-namespace-in-the-alphabet": (
        evidence_of(
            deployed(waiting()),
            elsewhere=[
                secret("poison", namespace="aaa", entry=KEY),
                secret("right", namespace="zz", entry=registry_entry("owner")),
            ],
        ),
        (f"{CREATING} && {RESTART}",),
        (
            "or ask the owner of secret/poison in namespace aaa (username puller), "
            "secret/right in namespace zz (username owner)"
        ),
    ),
    "of-a-system-namespace": (
        evidence_of(
            deployed(waiting()),
            elsewhere=[
                secret("pull-secret", namespace="openshift-config", entry=KEY),
                secret("a", namespace="kube-system"),
            ],
        ),
        (f"{CREATING} && {RESTART}",),
        "",
    ),
    "of-a-service-account": (evidence_of(deployed(waiting()), secrets=[TOKEN]), (f"{CREATING} && {RESTART}",), ""),
    "with-a-finding": (
        evidence_of(deployed(waiting()), elsewhere=[FAULTY]),
        (f"{CREATING} && {RESTART}",),
        "or fix what check reports of secret/regcred in namespace default (username puller): PS205",
    ),
    "of-equal-standing": (
        evidence_of(deployed(waiting()), secrets=[secret("b", entry=KEY), secret("a", entry=registry_entry("other"))]),
        (),
        "choose one: secret/a in namespace team (username other), secret/b in namespace team (username puller)",
    ),
    "of-equal-standing-in-default": (
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[THEIRS],
            elsewhere=[
                secret("b", namespace="default", entry=registry_entry("one")),
                secret("a", namespace="default", entry=registry_entry("other")),
            ],
        ),
        (),
        "choose one: secret/a in namespace default (username other), secret/b in namespace default (username one)",
    ),
}
"""The evidence, the commands, and what is said of the secrets that are not taken."""


@pytest.mark.parametrize(("evidence", "lines", "words"), NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_credentials_are_named_and_not_taken(evidence: Evidence, lines: tuple[str, ...], words: str) -> None:
    (found,) = diagnoses_of(evidence)

    assert commands(found, CommandStyle()) == lines
    assert found.fix.advice == words
    for permissions in (NOTHING_MORE, EVERYTHING):
        assert fix_plan_for([found], permissions).steps == ()


@pytest.mark.parametrize("name", ["a\u202eb", made_up_jwt(), "x" * 44, " \t"], ids=["hidden", "token", "key", "blank"])
def test_username_that_cannot_be_shown_is_left_to_fill_in(name: str) -> None:
    (found,) = diagnoses_of(listing(secret("regcred", entry=registry_entry(name)), elsewhere=[]))

    (line,) = commands(found, CommandStyle())
    assert "--username=USER " in line


@pytest.mark.parametrize(
    ("elsewhere", "command"),
    [((AT_HOME,), "kubectl pullsecret copy regcred --from=default --attach -n team"), ((), CREATING)],
    ids=["copied", "created"],
)
def test_name_that_no_secret_can_have_is_in_no_step(elsewhere: Sequence[Object], command: str) -> None:
    (found,) = diagnoses_of(evidence_of(deployed(waiting("$(x)")), attached=["$(x)"], elsewhere=elsewhere))

    assert commands(found, CommandStyle()) == (f"{command} && {RESTART}",)


def test_command_that_cannot_be_pasted_is_replaced_by_words() -> None:
    item = waiting()
    reference = {"kind": "Job", "name": "$(x)", "controller": True}
    owned = {**item, "metadata": {**item["metadata"], "ownerReferences": [reference]}}

    (found,) = diagnoses_of(evidence_of(owned, secrets=[THEIRS]))

    assert commands(found, CommandStyle()) == ()
    assert advice(found, CommandStyle()) == NOT_PASTEABLE
