"""Where the API server accepts any text: a namespace for each code of check, around one text.

Each has an object whose fault is certain, and beside it the same fault around the text.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from doctor_evidence import NOW

from objects import (
    copy_marks,
    docker_config_secret,
    encoded,
    made_up_jwt,
    named,
    pod,
    registry_entry,
    service_account,
)
from pullsecret.model.objects.sibling import as_sibling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from control_plane.api import Object


def token(issued: int, expires: int) -> str:
    """A token whose times are days from now."""
    claims = {name: (NOW + timedelta(days)).timestamp() for name, days in (("iat", issued), ("exp", expires))}
    return f"eyJ.{encoded(json.dumps(claims)).rstrip('=')}.x"


def account_token(namespace: str) -> str:
    """A token that ends soon and says to be of the account for pulls in this namespace."""
    times = {name: (NOW + timedelta(days)).timestamp() for name, days in (("iat", -9), ("exp", 3))}
    account = {"name": "pullsecret-puller", "uid": namespace}
    claims = {**times, "kubernetes.io": {"namespace": namespace, "serviceaccount": account}}
    return f"eyJ.{encoded(json.dumps(claims)).rstrip('=')}.x"


EXPIRED, SOON = token(-9, -1), token(-9, 3)


INTERNAL = "image-registry.openshift-image-registry.svc:5000"
WRITTEN_LONG_AGO = [{"time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:data": {}}}]


def owned_by(item: Object, kind: str, name: str) -> Object:
    reference = {"kind": kind, "name": name, "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [reference]}}


def config_text(name: str, text: str, kind: str = "kubernetes.io/dockerconfigjson") -> Object:
    return {**docker_config_secret(name, {}), "type": kind, "data": {".dockerconfigjson": encoded(text)}}


def faulty(key: str, username: str, password: str = "", *, text: str) -> list[Object]:
    """A secret with this fault, the same with the text in its key and username, and one with two credentials."""
    good, bad = registry_entry(username, password or None), registry_entry(text, password or None)
    return [
        docker_config_secret("certain", {key: good}),
        docker_config_secret("hostile", {f"{key}/{text}": bad, f"{text}/{key}": bad}, annotations={"note": text}),
        docker_config_secret("several", {key: good, f"other.example/{text}": registry_entry(text)}),
    ]


def broken(*entries: Object, text: str) -> list[Object]:
    """A secret for each entry, and the same with the text in its key."""
    hosts = ("reg.example", f"reg.example/{text}", f"us.icr.io/{text}")
    return [
        docker_config_secret(f"broken-{number}-{place}", {host: entry})
        for number, entry in enumerate(entries)
        for place, host in enumerate(hosts)
    ]


def key_fault(right: str, wrong: Callable[[str], str], *, text: str) -> list[Object]:
    """Secrets with a wrong key: the certain one, and those that have the text in it."""
    found = faulty(right, "puller", text=text)
    entry = registry_entry(text)
    return [*found, docker_config_secret("inside", {wrong(text): entry}), config_text("twice", _twice(wrong(text)))]


def new_format(text: str) -> str:
    return json.dumps({"auths": {"reg.example": registry_entry(), f"reg.example/{text}": registry_entry(text)}})


def _twice(key: str) -> str:
    one, other = json.dumps(registry_entry()), json.dumps(registry_entry())
    name = json.dumps(key)
    return f'{{"auths":{{{name}:{one},{name}:{other}}}}}'


def copies(text: str, source: str) -> list[Object]:
    """Copies of a source, by marks that anyone may write."""
    place = "ps504" if source == "source" else "ps505"
    return [
        docker_config_secret(
            f"copy-{number}",
            {f"reg.example/{text}": registry_entry(text)},
            annotations=copy_marks(f"default/{name}", "1", f"{place}/copy-{number}")["annotations"],
        )
        for number, name in enumerate((source, text))
    ]


def listing(*names: str) -> Object:
    return service_account("puller", names)


def running(*names: str, text: str, image: str = "") -> list[Object]:
    """Running pods of hostile owners, which list these secrets."""
    found = [
        pod(f"p{number}", image or f"reg.example/{text}:1", "n", pull_secrets=names) for number, _ in enumerate("123")
    ]
    return [found[0], owned_by(found[1], text, text), owned_by(found[2], "Job", text)]


def never_contacted(source: str, text: str) -> Object:
    """Mirrors, of which one is called as a hostile text, for images of a registry that is never contacted."""
    rule = {"source": source, "mirrors": ["m.example", text], "mirrorSourcePolicy": "NeverContactSource"}
    return named("ImageTagMirrorSet", "ours", spec={"imageTagMirrors": [rule, {"source": text, "mirrors": [text]}]})


CHECKED: dict[str, Callable[[str], Sequence[Object]]] = {
    "PS101": lambda text: broken({"auth": text}, {"auth": "@@"}, text=text),
    "PS102": lambda text: [
        config_text("nothing", "{}"),
        config_text("helper", json.dumps({"auths": {}, "credsStore": text, text: text})),
    ],
    "PS103": lambda text: broken({}, {"auth": encoded("me:"), "identitytoken": text}, text=text),
    "PS104": lambda text: broken({"username": f"x{text}"}, {"password": f"x{text}"}, text=text),
    "PS105": lambda text: broken({**registry_entry(f"x{text}"), "password": text}, text=text),
    "PS106": lambda text: [config_text("twice", _twice("reg.example")), config_text("around", _twice(text))],
    "PS107": lambda text: [
        {
            **config_text("new", new_format(text), "kubernetes.io/dockercfg"),
            "data": {".dockercfg": encoded(new_format(text))},
        }
    ],
    "PS201": lambda text: key_fault("us.icr.io ", lambda inside: f"{inside} ", text=text),
    "PS202": lambda text: key_fault("oci://us.icr.io", lambda inside: f"oci://{inside}", text=text),
    "PS203": lambda text: key_fault("https://us.icr.io/v2", lambda inside: f"https://{inside}.example/v2", text=text),
    "PS204": lambda text: key_fault("us.icr.io:443", lambda inside: f"{inside}.example:443", text=text),
    "PS205": lambda text: key_fault("US.icr.io", lambda inside: f"{inside}.EXAMPLE", text=text),
    "PS206": lambda text: key_fault("hub.docker.com", lambda inside: f"hub.docker.com/{inside}", text=text),
    "PS207": lambda text: key_fault("us.icr.io/team*", lambda inside: f"us.icr.io/{inside}*", text=text),
    "PS208": lambda text: key_fault("us.icr.io/app:1", lambda inside: f"us.icr.io/{inside}:1", text=text),
    "PS209": lambda text: key_fault("*.icr.io", lambda inside: f"*.icr.io/{inside}", text=text),
    "PS210": lambda text: key_fault("us-south.icr.io", lambda inside: f"us-south.icr.io/{inside}", text=text),
    "PS301": lambda text: faulty("us.icr.io", "cp", made_up_jwt(), text=text),
    "PS302": lambda text: faulty("cp.icr.io", "ekey", made_up_jwt(), text=text),
    "PS303": lambda text: faulty("us.icr.io", "iambearer", made_up_jwt(), text=text),
    "PS304": lambda text: faulty("us.icr.io", "iamapikey", "cut", text=text),
    "PS305": lambda text: faulty("cp.icr.io", "cp", "key", text=text),
    "PS306": lambda text: faulty("reg.example", "puller", "word\n", text=text),
    "PS307": lambda text: faulty("reg.example", "puller", "$API_KEY", text=text),
    "PS308": lambda text: [
        *faulty("nvcr.io", "oauthtoken", text=text),
        docker_config_secret("dollar", {f"reg.example/{text}": registry_entry(f"{text}$")}),
    ],
    "PS309": lambda text: faulty("ghcr.io", "me", "github_pat_x", text=text),
    "PS401": lambda text: faulty("reg.example", "puller", EXPIRED, text=text),
    "PS402": lambda text: [
        *faulty("reg.example", "puller", SOON, text=text),
        docker_config_secret("of-account", {INTERNAL: registry_entry("pullsecret-puller", account_token(text))}),
    ],
    "PS404": lambda text: faulty("registry.ng.bluemix.net", "token", text=text),
    "PS405": lambda text: [
        {**item, "metadata": {**item["metadata"], "name": "bluemix-default-secret"}}
        for item in faulty("registry.ng.bluemix.net", "token", text=text)[1:2]
    ],
    "PS406": lambda text: faulty("registry.example", "gitlab-ci-token", text=text),
    "PS407": lambda text: [
        {**item, "metadata": {**item["metadata"], "managedFields": WRITTEN_LONG_AGO}}
        for item in (
            *faulty("harbor.example", "robot$ci", text=text),
            docker_config_secret("text", {"harbor.example": registry_entry(f"robot${text}")}),
        )
    ],
    "PS408": lambda text: faulty(INTERNAL, "<token>", "x", text=text),
    "PS501": lambda text: [
        named("Secret", "opaque", type=text),
        listing("opaque", text),
        *running("opaque", text, text=text),
    ],
    "PS502": lambda text: [listing("gone", text)],
    "PS503": lambda text: [docker_config_secret("same", {f"{text}.example": registry_entry()}), _listing_twice(text)],
    "PS504": lambda text: copies(text, "source"),
    "PS505": lambda text: copies(text, "gone"),
    "PS506": lambda text: [
        listing("one", "other", text),
        *(
            {
                **docker_config_secret(name, {}),
                "data": config_text("", '{"auths":{"r.example":{"auth":"YTpi"}}}')["data"],
            }
            for name in ("one", "other")
        ),
    ],
    "PS507": lambda text: [
        docker_config_secret("all-icr-io", {"us.icr.io": registry_entry(text), f"{text}.icr.io": registry_entry(text)})
    ],
    "PS508": lambda text: [
        *faulty("us.icr.io", "iamapikey", text=text),
        *running(text=text, image="us.icr.io/a:1"),
        *running(text, text=text, image=f"us.icr.io/{text}"),
    ],
    "PS509": lambda text: [listing("", text)],
    "PS510": lambda text: [
        {
            **as_sibling(
                docker_config_secret("x", {text: registry_entry(text)}, namespace="ps510", annotations={"note": text})
            )
        }
    ],
    "PS603": lambda text: running("", text, text=text),
    "PS604": lambda text: [
        docker_config_secret("x", {"mirrored.example": registry_entry(text)}),
        *running("x", text, text=text, image="mirrored.example/a:1"),
        never_contacted("mirrored.example", text),
    ],
    "PS701": lambda text: [
        owned_by(secret, "ExternalSecret", text) for secret in copies(text, "source") if secret["kind"] == "Secret"
    ],
    "PS702": lambda text: [owned_by(secret, text, text) for secret in faulty("r.example", "puller", "x", text=text)],
    "PS703": lambda text: [_written_by(text), _written_by(text, name="certain", manager="helm")],
    "PS704": lambda text: [_written_by("helm", text), _written_by("helm", "argocd-controller", name="certain")],
    "PS601": lambda text: running("gone", text, text=text),
    "PS602": lambda text: [
        docker_config_secret("broken", {f"reg.example/{text}": {"auth": text}, "reg.example": {"auth": "@@"}}),
        *running("broken", text, text=text),
    ],
}
"""By code what its namespace has, which is called as the code."""

_AT_IBM_CLOUD = "found with --ibmcloud, from what IAM says of a key: tests/unit/test_ibm_cloud_rules.py"
_IN_OPENSHIFT = "found in OpenShift's namespaces, and never with a command: tests/unit/test_check_global.py"
_IN_MANIFESTS = "found in manifests: hostile_manifests.py"
NEVER_FOUND = {
    **{f"PS{number:03}": _IN_MANIFESTS for number in range(1, 15)},
    "PS403": "reported only of secrets that are about to be written, and then without a command",
    **{f"PS80{number}": _AT_IBM_CLOUD for number in range(1, 9)},
    **{f"PS90{number}": _IN_OPENSHIFT for number in range(1, 4)},
}


def _written_by(*managers: str, name: str = "puller", manager: str = "") -> Object:
    """A service account whose list these field managers apply."""
    entries = [
        {"manager": one, "operation": "Apply", "fieldsV1": {"f:imagePullSecrets": {}}}
        for one in (*managers, *filter(None, [manager]))
    ]
    account = service_account(name, ["x"])
    return {**account, "metadata": {**account["metadata"], "managedFields": entries}}


def _listing_twice(text: str) -> Object:
    return service_account("puller", ["same", "same", text, text])


def in_default(text: str) -> list[Object]:
    """The sources of copies."""
    return [docker_config_secret("source", {f"reg.example/{text}": registry_entry(text)}, namespace="default", uid="1")]
