"""Where the API server accepts any text: a pod that waits for each cause of doctor, around one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from doctor_evidence import HOST, IMAGE, TEAM, nameless, secret, static, template, waiting

from objects import copy_marks, docker_config_secret, made_up_jwt, made_up_password, named, registry_entry
from pull_messages import CONTAINERD, CRI_O
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.images.placeholder import has_placeholder
from pullsecret.model.objects.pod import SANDBOX, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from control_plane.api import Object


class Scene(TypedDict, total=False):
    """The arguments of evidence_of after the pods."""

    secrets: Sequence[Object]
    elsewhere: Sequence[Object]
    attached: Sequence[str]
    owner: Object
    runtime: str
    mirrors: Sequence[Object]
    unreadable: bool
    attempted: int
    sandbox: Wait


COPIED = copy_marks("default/regcred", "1", f"{TEAM}/regcred")
KNOWN = {**CONTAINERD, **{f"cri-o-{name}": row for name, row in CRI_O.items()}}


def said(name: str, text: str, image: str = IMAGE) -> Object:
    """A pod with a runtime's message, which quotes the text after its own words."""
    return waiting(text, image=image, message=f"{KNOWN[name].of(image)}: {text}")


def sent(name: str, entry: Object, text: str, image: str = IMAGE) -> tuple[Object, Scene]:
    """A pod whose secret was sent, and a runtime's message about it."""
    host = image.partition("/")[0]
    held = docker_config_secret("regcred", {host: entry, f"{host}/{text}": entry})
    item = waiting("regcred", text, image=image, message=KNOWN[name].of(image))
    return item, Scene(secrets=[secret("regcred") | {"data": held["data"]}], attached=["regcred", text])


def malformed(text: str) -> tuple[Object, Scene]:
    why = "unable to parse auth field, must be formatted as base64(username:password)"
    entries = {HOST: {"auth": "@@"}, f"{HOST}/{text}": {"auth": text}}
    held = secret("regcred") | {"data": docker_config_secret("", entries)["data"]}
    return waiting("regcred", text, reason=why, message=f"{why}: {text}"), Scene(secrets=[held])


def mirrored(text: str) -> tuple[Object, Scene]:
    message = f"reading manifest 1 in mirror.example/all: unauthorized: authentication required {text}"
    rules = {"imageTagMirrors": [{"source": HOST, "mirrors": ["mirror.example/all", text]}]}
    mirrors = [named("ImageTagMirrorSet", "ours", spec=rules)]
    scene = Scene(secrets=[secret("regcred")], runtime=f"cri-o://{text}", mirrors=mirrors)
    return waiting("regcred", message=message), scene


def without_sandbox(text: str) -> tuple[Object, Scene]:
    wait = Wait(container="", image=f"reg.example/{text}:1", reason=SANDBOX, message=f"x509: {text}")
    return waiting(text, reason="ContainerCreating"), Scene(sandbox=wait)


def of_openshift(project: str, *own: str, text: str) -> tuple[Object, Scene]:
    """A pod with an image of OpenShift's internal registry, in a project of any name."""
    image = f"image-registry.openshift-image-registry.svc:5000/{project}/{text}:1"
    return waiting(*own, image=image, message=KNOWN["basic-login"].of(image)), Scene(attached=[text])


def puller(text: str, password: str = "") -> Object:
    """A credential with the text in its username, unless that is a fault; without `auth`, which a colon would end."""
    username = "puller" if has_placeholder(text) else f"x{text}x"
    return {"username": username, "password": password or made_up_password()}


DIAGNOSED: dict[CauseCode, Callable[[str], tuple[Object, Scene]]] = {
    CauseCode.INVALID_IMAGE: lambda text: (waiting(image=f"reg.example/A{text}", reason="InvalidImageName"), Scene()),
    CauseCode.NEVER: lambda text: (waiting(text, message=text, reason="ErrImageNeverPull"), Scene()),
    CauseCode.MALFORMED: malformed,
    CauseCode.NOT_RETRIED: lambda text: (
        waiting("regcred", text),
        Scene(
            secrets=[secret("regcred", entry=puller(text), managedFields=[{"time": "2026-11-21T11:59:00Z"}])],
            attempted=2,
        ),
    ),
    CauseCode.NOT_FOUND: lambda text: (said("no-such-tag", text), Scene()),
    CauseCode.UNREACHABLE: lambda text: (said("dead-registry", text), Scene()),
    CauseCode.CERTIFICATE: lambda text: (said("unknown-authority", text), Scene()),
    CauseCode.RATE_LIMIT: lambda text: (said("token-login-429", text), Scene()),
    CauseCode.SERVER_ERROR: lambda text: (said("token-login-503", text), Scene()),
    CauseCode.SIGNATURE: lambda text: (said("cri-o-signature", text), Scene()),
    CauseCode.PRIVATE_ONLY: lambda text: (said("cri-o-private-only", text, "us.icr.io/acme/app:1"), Scene()),
    CauseCode.MIRROR: mirrored,
    CauseCode.STATIC_POD: lambda text: (static(said("basic-login", text)), Scene()),
    CauseCode.SANDBOX: without_sandbox,
    CauseCode.OTHER_PROJECT: lambda _: of_openshift("build", text="app"),
    CauseCode.ACCOUNT_TOKEN: lambda _: of_openshift("team", text="app"),
    CauseCode.KEPT: lambda text: (
        waiting("regcred"),
        Scene(
            secrets=[
                {
                    **secret("regcred", entry=puller(text), creationTimestamp="2026-11-21T11:59:58Z"),
                    "immutable": True,
                }
            ],
            elsewhere=[secret("regcred", namespace="default", entry=puller(text))],
        ),
    ),
    CauseCode.NAMELESS: lambda text: (
        nameless(waiting()),
        Scene(secrets=[secret("regcred", entry=puller(text))], attached=[text, "regcred"], owner=template("")),
    ),
    CauseCode.EMPTY: lambda text: sent("basic-login", {}, text),
    CauseCode.WHITESPACE: lambda text: sent("basic-login", puller(text, "word\n"), text),
    CauseCode.STALE: lambda text: (
        waiting("regcred", text),
        Scene(
            secrets=[secret("regcred", entry=puller(text), **COPIED)],
            elsewhere=[secret("regcred", namespace="default", uid="1", entry=puller(text))],
        ),
    ),
    CauseCode.USERNAME: lambda text: sent(
        "basic-login", registry_entry("ekey", made_up_jwt()), text, "cp.icr.io/cp/app:1"
    ),
    CauseCode.NOT_AUTHORIZED: lambda text: sent("token-without-right", puller(text), text),
    CauseCode.REJECTED: lambda text: sent("basic-login", puller(text), text),
    CauseCode.WRONG_TYPE: lambda text: (
        waiting("regcred"),
        Scene(secrets=[{**secret("regcred", entry=puller(text)), "type": text}]),
    ),
    CauseCode.CREATED_BEFORE: lambda text: (
        waiting(),
        Scene(secrets=[secret("regcred", entry=puller(text))], attached=[text, "regcred"], owner=template()),
    ),
    CauseCode.OWN_LIST: lambda text: (
        waiting("other"),
        Scene(
            secrets=[secret("regcred", entry=puller(text)), secret("other", f"other.example/{text}")],
            attached=["regcred", text],
            owner=template("other"),
        ),
    ),
    CauseCode.MISSING: lambda text: (
        waiting("gone", text),
        Scene(attached=["gone", text], elsewhere=[secret("gone", namespace="default", entry=puller(text))]),
    ),
    CauseCode.WRONG_KEY: lambda text: (
        waiting("regcred"),
        Scene(secrets=[secret("regcred", f"{HOST}:443/{text}", f"{HOST}:443", entry=puller(text))]),
    ),
    CauseCode.NOT_ATTACHED: lambda text: (waiting(), Scene(secrets=[secret("regcred", entry=puller(text))])),
    CauseCode.ELSEWHERE: lambda text: (
        waiting(),
        Scene(
            secrets=[secret("keys", f"{HOST}:443/{text}", entry=puller(text))],
            elsewhere=[secret("regcred", namespace="default", entry=puller(text))],
        ),
    ),
    CauseCode.NO_SECRET: lambda text: (
        waiting(),
        Scene(elsewhere=[secret("regcred", namespace="tools", entry=puller(text))]),
    ),
    CauseCode.UNREADABLE: lambda text: (waiting("regcred", text), Scene(unreadable=True)),
    CauseCode.UNKNOWN: lambda text: (waiting(text, message=f"unknown {text}"), Scene()),
}
"""By cause a pod that waits, and what else there is."""
