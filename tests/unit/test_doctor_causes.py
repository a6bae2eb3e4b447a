"""The code of each cause, and in a golden file the whole paragraph that doctor prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from doctor_evidence import (
    HOST,
    IMAGE,
    NOW,
    deployed,
    evidence_of,
    nameless,
    placed,
    secret,
    static,
    template,
    waiting,
)

from golden_files import assert_golden
from objects import copy_marks, encoded, made_up_jwt, made_up_password, named, registry_entry
from pull_messages import CONTAINERD, CRI_O
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.doctor.waiting_container import needs_all_namespaces
from pullsecret.model.objects.pod import SANDBOX, Wait
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

HUB = "docker.io/library/nginx:1"
KEY = registry_entry("puller")
GLOBAL = placed(secret("pull-secret", "mirror.example"), "openshift-config")
RED_HATS = placed(secret("pull-secret", "quay.io"), "openshift-config")
COPY = copy_marks("default/regcred", "1", "team/regcred")
PARSE_ERROR = "unable to parse auth field, must be formatted as base64(username:password)"
MIRRORS = named(
    "ImageTagMirrorSet", "ours", spec={"imageTagMirrors": [{"source": HOST, "mirrors": ["mirror.example/all"]}]}
)

DIGESTS_ONLY = named(
    "ImageDigestMirrorSet",
    "ours",
    spec={
        "imageDigestMirrors": [
            {"source": HOST, "mirrors": ["mirror.example/all"], "mirrorSourcePolicy": "NeverContactSource"}
        ]
    },
)
BLOCKED = (
    f"pinging container registry {HOST}: registry {HOST} is blocked in "
    "/etc/containers/registries.conf or /etc/containers/registries.conf.d"
)
SAME_HOST = named(
    "ImageTagMirrorSet", "ours", spec={"imageTagMirrors": [{"source": HOST, "mirrors": [f"{HOST}/copies"]}]}
)
SERVING = named(
    "CRIOCredentialProviderConfig",
    "cluster",
    spec={"matchImages": [HOST]},
    status={"conditions": [{"type": "MachineConfigRendered", "status": "True"}]},
)


def mirrored(
    *,
    mirrors: Sequence[Object] = (MIRRORS,),
    config: Object | None = None,
    secrets: Sequence[Object] = (),
    elsewhere: Sequence[Object] = (),
    message: str = "reading manifest 1 in mirror.example/all: unauthorized: authentication required",
) -> Evidence:
    """A deployed pod with a secret for the image's own registry, on a node of OpenShift that has mirrors."""
    evidence = evidence_of(
        deployed(waiting("regcred", message=message)),
        secrets=[secret("regcred"), *secrets],
        attached=["regcred"],
        elsewhere=elsewhere,
        runtime="cri-o://1.33.1",
        mirrors=mirrors,
    )
    return replace(evidence, node_credentials=config)


def failing(message: str, image: str = IMAGE, *, reason: str = "ErrImagePull") -> Evidence:
    """A deployed pod without secrets, and with a message of a runtime."""
    known = {**CONTAINERD, **{f"cri-o-{name}": row for name, row in CRI_O.items()}}
    return evidence_of(deployed(waiting(image=image, message=known[message].of(image), reason=reason)))


def listed(entry: Object, key: str = HOST, *, image: str = IMAGE, message: str = "basic-login") -> Evidence:
    """A deployed pod with a secret of one entry."""
    item = deployed(waiting("regcred", image=image, message=CONTAINERD[message].of(image)))
    return evidence_of(item, secrets=[secret("regcred", key, entry=entry)], attached=["regcred"])


TOKEN_NAME = "default-dockercfg-d3e4f"  # noqa: S105  a name
REGISTRY = "image-registry.openshift-image-registry.svc:5000"
TOKEN = secret(
    TOKEN_NAME,
    REGISTRY,
    "172.30.11.12:5000",
    entry=registry_entry("<token>"),
    annotations={"openshift.io/internal-registry-auth-token.service-account": "default"},
    ownerReferences=[{"kind": "ServiceAccount", "name": "default"}],
)


def internal(
    project: str, *secrets: Object, listed: Sequence[str] = (), attached: Sequence[str] = (), message: str = ""
) -> Evidence:
    """A deployed pod with an image of OpenShift's internal registry; another project has its builder's token."""
    image = f"{REGISTRY}/{project}/web:1"
    said = {**CONTAINERD, **{f"cri-o-{name}": row for name, row in CRI_O.items()}}[message or "basic-login"].of(image)
    builder = secret("builder-dockercfg-a1b2c", REGISTRY, namespace="build")
    pod = deployed(waiting(*listed, image=image, message=said))
    return evidence_of(pod, secrets=secrets, attached=attached or listed, elsewhere=[builder])


def allowed_pulls(time: str, *, listed: Sequence[str] = (TOKEN_NAME,)) -> Evidence:
    """The same with a role binding in the project of the image, of this time."""
    subject = {"kind": "ServiceAccount", "name": "default", "namespace": "team"}
    role = {"kind": "ClusterRole", "name": "system:image-puller"}
    metadata = {"name": "pullsecret-image-puller-team", "namespace": "build", "creationTimestamp": time}
    binding = {"metadata": metadata, "roleRef": role, "subjects": [subject]}
    secrets = [TOKEN] if listed else []
    return replace(internal("build", *secrets, listed=listed), image_bindings={"build": (binding,)})


def through_route(project: str) -> Evidence:
    """A deployed pod with an image of OpenShift's internal registry, under the host of its route."""
    host = "registry.apps.example.com"
    image = f"{host}/{project}/web:1"
    found = evidence_of(deployed(waiting(image=image, message=CONTAINERD["basic-login"].of(image))))
    return replace(found, registry_hosts=frozenset({host}))


def without_sandbox() -> Evidence:
    """A deployed pod whose sandbox image the node cannot pull."""
    image = "reg.example/pause:3.9"
    message = f'Failed to create pod sandbox: rpc error: failed to get sandbox image "{image}": '
    wait = Wait(container="", image=image, reason=SANDBOX, message=message + CONTAINERD["basic-login"].of(image))
    item = deployed(waiting(reason="ContainerCreating"))
    return evidence_of(item, secrets=[secret("regcred")], sandbox=wait)


class Row(NamedTuple):
    """What is in the cluster, and what doctor calls the cause."""

    evidence: Evidence
    code: CauseCode


ROWS = {
    "invalid-image-name": Row(
        failing("upper-case", "reg.example/Team/App:1", reason="InvalidImageName"),
        CauseCode.INVALID_IMAGE,
    ),
    "pull-policy-never": Row(
        evidence_of(
            deployed(waiting(message=CONTAINERD["never"].of(IMAGE), reason="ErrImageNeverPull")), owner=template()
        ),
        CauseCode.NEVER,
    ),
    "malformed-secret": Row(
        evidence_of(
            deployed(waiting("regcred", reason=PARSE_ERROR, message=PARSE_ERROR)),
            secrets=[secret("regcred", entry={"auth": encoded(made_up_password())})],
        ),
        CauseCode.MALFORMED,
    ),
    "malformed-secret-fixed-since": Row(
        evidence_of(deployed(waiting("regcred", reason=PARSE_ERROR, message=PARSE_ERROR)), secrets=[secret("regcred")]),
        CauseCode.NOT_RETRIED,
    ),
    "secret-changed-since": Row(
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[secret("regcred", managedFields=[{"time": "2026-11-21T11:59:00Z"}])],
            attempted=2,
        ),
        CauseCode.NOT_RETRIED,
    ),
    "image-not-found": Row(failing("no-such-tag"), CauseCode.NOT_FOUND),
    "registry-unreachable": Row(failing("dead-registry"), CauseCode.UNREACHABLE),
    "registry-unknown-host": Row(failing("unknown-host"), CauseCode.UNREACHABLE),
    "registry-certificate": Row(failing("unknown-authority"), CauseCode.CERTIFICATE),
    "rate-limit-exceeded": Row(failing("token-login-429"), CauseCode.RATE_LIMIT),
    "registry-server-error": Row(failing("token-login-503"), CauseCode.SERVER_ERROR),
    "signature-policy": Row(failing("cri-o-signature"), CauseCode.SIGNATURE),
    "private-endpoint-only": Row(failing("cri-o-private-only", "us.icr.io/acme/app:1"), CauseCode.PRIVATE_ONLY),
    "mirror-without-secret": Row(mirrored(), CauseCode.MIRROR),
    "mirror-that-the-nodes-know": Row(mirrored(elsewhere=[GLOBAL]), CauseCode.MIRROR),
    "mirror-without-secret-of-the-namespace": Row(mirrored(config=SERVING), CauseCode.MIRROR),
    "mirror-with-a-secret-of-the-namespace": Row(
        mirrored(config=SERVING, secrets=[secret("mirror", "mirror.example")]), CauseCode.MIRROR
    ),
    "mirror-for-digests-only": Row(mirrored(mirrors=[DIGESTS_ONLY], message=BLOCKED), CauseCode.MIRROR),
    "mirror-on-the-same-host": Row(mirrored(mirrors=[SAME_HOST]), CauseCode.REJECTED),
    "static-pod": Row(evidence_of(static(waiting())), CauseCode.STATIC_POD),
    "sandbox-image": Row(without_sandbox(), CauseCode.SANDBOX),
    "entry-without-a-name": Row(
        evidence_of(
            deployed(nameless(waiting())), secrets=[secret("regcred")], attached=["regcred"], owner=template("")
        ),
        CauseCode.NAMELESS,
    ),
    "empty-entry": Row(listed({}), CauseCode.EMPTY),
    "whitespace-in-credentials": Row(listed(registry_entry("puller", f"{made_up_password()}\n")), CauseCode.WHITESPACE),
    "stale-copy": Row(
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[secret("regcred", **COPY)],
            elsewhere=[secret("regcred", namespace="default", uid="1")],
        ),
        CauseCode.STALE,
    ),
    "wrong-username": Row(
        listed(registry_entry("ekey", made_up_jwt()), "cp.icr.io", image="cp.icr.io/cp/app:1"), CauseCode.USERNAME
    ),
    "username-rejected": Row(listed(KEY, message="token-login-400"), CauseCode.USERNAME),
    "not-authorized": Row(listed(KEY, message="token-without-right"), CauseCode.NOT_AUTHORIZED),
    "credentials-rejected": Row(listed(KEY), CauseCode.REJECTED),
    "wrong-secret-type": Row(
        evidence_of(deployed(waiting("regcred")), secrets=[{**secret("regcred"), "type": "Opaque"}]),
        CauseCode.WRONG_TYPE,
    ),
    "created-before-attach": Row(
        evidence_of(deployed(waiting()), secrets=[secret("regcred")], attached=["regcred"], owner=template()),
        CauseCode.CREATED_BEFORE,
    ),
    "own-image-pull-secrets": Row(
        evidence_of(
            deployed(waiting("other")),
            secrets=[secret("regcred"), secret("other", "other.example")],
            attached=["regcred"],
            owner=template("other"),
        ),
        CauseCode.OWN_LIST,
    ),
    "missing-secret": Row(
        evidence_of(
            deployed(waiting("regcred")), attached=["regcred"], elsewhere=[secret("regcred", namespace="default")]
        ),
        CauseCode.MISSING,
    ),
    "wrong-registry-key": Row(listed(KEY, f"{HOST}:443"), CauseCode.WRONG_KEY),
    "secret-not-attached": Row(evidence_of(deployed(waiting()), secrets=[secret("regcred")]), CauseCode.NOT_ATTACHED),
    "secret-in-other-namespace": Row(
        evidence_of(deployed(waiting()), elsewhere=[secret("regcred", namespace="default")]), CauseCode.ELSEWHERE
    ),
    "no-secret": Row(failing("basic-login"), CauseCode.NO_SECRET),
    "no-secret-for-a-standalone-pod": Row(evidence_of(waiting(image=HUB)), CauseCode.NO_SECRET),
    "secrets-unreadable": Row(
        evidence_of(deployed(waiting("regcred")), attached=["regcred"], unreadable=True), CauseCode.UNREADABLE
    ),
    "image-of-another-project-that-is-allowed-since": Row(allowed_pulls("2026-11-21T12:00:00Z"), CauseCode.NOT_RETRIED),
    "image-of-another-project-that-was-allowed-before": Row(
        allowed_pulls("2026-11-01T12:00:00Z"), CauseCode.ACCOUNT_TOKEN
    ),
    "image-of-another-project-by-a-route": Row(through_route("build"), CauseCode.OTHER_PROJECT),
    "image-of-another-project-without-a-token": Row(internal("build"), CauseCode.OTHER_PROJECT),
    "image-of-another-project-without-a-token-that-is-allowed-since": Row(
        allowed_pulls("2026-11-21T12:00:00Z", listed=()), CauseCode.ACCOUNT_TOKEN
    ),
    "image-of-another-project": Row(internal("build", TOKEN, listed=[TOKEN_NAME]), CauseCode.OTHER_PROJECT),
    "image-of-another-project-in-the-words-of-cri-o": Row(
        internal("build", TOKEN, listed=[TOKEN_NAME], message="cri-o-no-login"), CauseCode.OTHER_PROJECT
    ),
    "image-of-the-project-before-the-account-has-a-token": Row(internal("team"), CauseCode.ACCOUNT_TOKEN),
    "image-of-the-project-with-a-token-since": Row(
        internal("team", TOKEN, attached=[TOKEN_NAME]), CauseCode.CREATED_BEFORE
    ),
    "token-rejected-by-the-internal-registry": Row(
        internal("team", TOKEN, listed=[TOKEN_NAME]), CauseCode.ACCOUNT_TOKEN
    ),
    "name-of-a-token-that-is-gone": Row(
        evidence_of(deployed(waiting(TOKEN_NAME)), elsewhere=[secret("regcred", namespace="default")]),
        CauseCode.ELSEWHERE,
    ),
    "immutable-secret-recreated-after-its-pods": Row(
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[{**secret("regcred", entry=KEY, creationTimestamp="2026-11-21T11:59:58Z"), "immutable": True}],
            elsewhere=[secret("regcred", namespace="default", entry=KEY)],
        ),
        CauseCode.KEPT,
    ),
    "immutable-secret-as-old-as-its-pods": Row(
        evidence_of(deployed(waiting("regcred")), secrets=[{**secret("regcred", entry=KEY), "immutable": True}]),
        CauseCode.REJECTED,
    ),
    "changed-lately-and-no-event-says-when-the-kubelet-tried": Row(
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[secret("regcred", entry=KEY, creationTimestamp="2026-11-21T11:59:58Z")],
        ),
        CauseCode.NOT_RETRIED,
    ),
    "global-pull-secret": Row(
        evidence_of(
            deployed(waiting(image="quay.io/acme/private:1")),
            elsewhere=[secret("pull-secret", "quay.io", "cp.icr.io", namespace="openshift-config")],
        ),
        CauseCode.NO_SECRET,
    ),
    "copy-of-the-global-pull-secret-in-another-namespace": Row(
        evidence_of(
            deployed(waiting(image="mirror.example/acme/private:1")), elsewhere=[GLOBAL, placed(GLOBAL, "another")]
        ),
        CauseCode.NO_SECRET,
    ),
    "copy-of-the-global-pull-secret-in-the-namespace": Row(
        evidence_of(
            deployed(waiting(image="quay.io/acme/private:1")), secrets=[placed(RED_HATS)], elsewhere=[RED_HATS]
        ),
        CauseCode.NO_SECRET,
    ),
    "global-pull-secret-with-the-entitlement-key": Row(
        evidence_of(
            deployed(waiting(image="cp.icr.io/cp/appc/ace:1")),
            elsewhere=[secret("pull-secret", "quay.io", "cp.icr.io", namespace="openshift-config")],
        ),
        CauseCode.NO_SECRET,
    ),
    "unknown-error": Row(evidence_of(deployed(waiting(message="something new"))), CauseCode.UNKNOWN),
}


@pytest.mark.parametrize(("name", "row"), ROWS.items(), ids=ROWS.keys())
def test_cause_and_its_paragraph(name: str, row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    diagnoses = diagnoses_of(row.evidence)

    status = show(Report(now=NOW, diagnoses=diagnoses), Output(), CommandStyle())

    assert [diagnosis.cause.code for diagnosis in diagnoses] == [row.code]
    assert_golden(f"doctor/{name}", capsys.readouterr().out)
    assert status == 1


def test_every_cause_has_a_row() -> None:
    assert {row.code for row in ROWS.values()} == set(CauseCode)


def test_credentials_that_were_rejected_are_not_recommended() -> None:
    rejected = secret("tried")
    pods = [deployed(waiting("tried")), {**waiting(), "metadata": {**waiting()["metadata"], "name": "other"}}]

    found = diagnoses_of(evidence_of(*pods, secrets=[rejected]))

    assert [diagnosis.cause.code for diagnosis in found] == [CauseCode.REJECTED, CauseCode.NO_SECRET]


def test_pods_of_one_cause_are_one_diagnosis() -> None:
    first = deployed(waiting())
    second = {**first, "metadata": {**first["metadata"], "name": "second"}}

    (found,) = diagnoses_of(evidence_of(first, second, waiting_elsewhere()))[:1]

    assert found.owners == {"deployment/app": ("app", "second")}


def waiting_elsewhere() -> Object:
    """A pod that waits for an image of another registry."""
    item = waiting(image="other.example/a:1")
    return {**item, "metadata": {**item["metadata"], "name": "elsewhere"}}


WORTH_READING = {
    "no-secret": (evidence_of(deployed(waiting())), True),
    "secret-in-the-namespace": (evidence_of(deployed(waiting()), secrets=[secret("regcred")]), False),
    "secret-in-default": (evidence_of(deployed(waiting()), elsewhere=[secret("regcred", namespace="default")]), False),
    "rejected-secret": (evidence_of(deployed(waiting("regcred")), secrets=[secret("regcred")]), True),
    "one-image-without": (evidence_of(deployed(waiting()), waiting_elsewhere(), secrets=[secret("regcred")]), True),
    "invalid-image-name": (failing("upper-case", "reg.example/Team/App:1", reason="InvalidImageName"), False),
}


@pytest.mark.parametrize(("evidence", "is_worth"), WORTH_READING.values(), ids=WORTH_READING.keys())
def test_all_namespaces_are_read_only_while_an_image_has_no_working_secret(
    evidence: Evidence, *, is_worth: bool
) -> None:
    assert needs_all_namespaces(evidence) is is_worth
