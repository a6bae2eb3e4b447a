"""Everything that `check` finds, side by side in one cluster: faulty secrets in each form, and faulty references."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bad_secrets import api_key, faulty_secrets, with_entry, with_login, with_text

from objects import (
    all_icr_io,
    docker_config_of,
    docker_config_secret,
    encoded,
    made_up_password,
    pod,
    registry_entry,
    service_account,
)
from pullsecret.model.objects.sibling import as_sibling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Object

OURS = {"app.kubernetes.io/managed-by": "kubectl-pullsecret"}
REPRESENTATIVES = (
    *("no-base64", "auths-is-a-list", "helper", "empty-entry", "v2", "port", "cut-key", "newline", "expired", "hub"),
)
"""One for each way to a fix, of the secrets that have one fault."""

LOGIN = {"reg.example.org": registry_entry()}
IMAGE = "reg.example.org/a/b:1"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a namespace has, and what `default` has for it; `stale` are sources that change after they were copied."""

    objects: list[Object] = field(default_factory=list)
    shared: list[Object] = field(default_factory=list)
    copied: dict[str, str] = field(default_factory=dict)
    stale: dict[str, Object] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()


def with_metadata(item: Object, **metadata: object) -> Object:
    return {**item, "metadata": {**item["metadata"], **metadata}}


def of_each(form: Callable[[Object], Object | None], *names: str) -> Place:
    """The faulty secrets in another form, where they can have it."""
    found = (form(secret) for name, (_, secret) in faulty_secrets().items() if name in (names or (name,)))
    return Place(objects=[item for item in found if item])


def immutable(secret: Object) -> Object:
    return {**secret, "immutable": True}


def ours(secret: Object) -> Object:
    return with_metadata(secret, labels=OURS)


def _entries(secret: Object) -> Object | None:
    try:
        auths = docker_config_of(secret)["auths"]
    except (KeyError, ValueError):
        return None
    return auths if auths and isinstance(auths, dict) else None


def legacy(secret: Object) -> Object | None:
    """The same entries in the older form."""
    entries = _entries(secret)
    return entries and with_text(secret["metadata"]["name"], json.dumps(entries), "kubernetes.io/dockercfg")


def beside_another(secret: Object) -> Object | None:
    """The same with a second, good credential."""
    entries = _entries(secret)
    other = {"other.example": registry_entry("other")}
    return entries and docker_config_secret(secret["metadata"]["name"], {**other, **entries})


def beside_its_own(secret: Object) -> Object | None:
    """The same with a second host for the same credential."""
    entries = _entries(secret)
    return entries and docker_config_secret(
        secret["metadata"]["name"], {**entries, "second.example": next(iter(entries.values()))}
    )


def with_other_data(secret: Object) -> Object:
    """The same with something else beside the registries."""
    return {**secret, "data": {**secret["data"], "notes": encoded("keep")}}


def copies_of_faulty_sources() -> Place:
    """Copies whose source in `default` has the fault."""
    chosen = [with_metadata(faulty_secrets()[name][1], name=f"shared-{name}") for name in REPRESENTATIVES]
    return Place(shared=chosen, copied={name: name for item in chosen for name in [item["metadata"]["name"]]})


def running(name: str, *pull_secrets: str, image: str = IMAGE) -> Object:
    """A pod on a node that does not exist, whose status the test writes."""
    return {**pod(name, image, "nowhere", pull_secrets=pull_secrets), "status": {"phase": "Running"}}


def opaque(name: str, kind: str = "Opaque", **content: str) -> Object:
    data = {key.replace("_", "."): encoded(text) for key, text in content.items()}
    return {"kind": "Secret", "metadata": {"name": name}, "type": kind, "data": data}


CONFIG = json.dumps({"auths": LOGIN})


def other_types() -> Place:
    """Secrets of other types that are referenced."""
    names = ("made-from-config", "jenkins", "with-more", "tls", "app", "wrong-dot")
    return Place(
        objects=[
            opaque("made-from-config", config_json=CONFIG),
            opaque("jenkins", _dockerconfigjson=CONFIG),
            opaque("with-more", _dockerconfigjson=CONFIG, password=made_up_password()),
            opaque("tls", "kubernetes.io/tls", tls_crt="x", tls_key="y"),
            opaque("app", token=made_up_password()),
            opaque("wrong-dot", "kubernetes.io/.dockerconfigjson", _dockerconfigjson=CONFIG),
            *(service_account(f"uses-{name}", [name]) for name in names),
            service_account("uses-two", ["tls", "app"]),
        ]
    )


def references() -> Place:
    same = docker_config_secret("same", LOGIN)
    return Place(
        objects=[
            same,
            with_metadata(same, name="same-again"),
            with_text("only-for-pods", CONFIG, "Opaque"),
            service_account("missing", ["nowhere"]),
            service_account("missing-here", ["shared-good"]),
            service_account("missing-and-twice", ["nowhere", "same", "nowhere"]),
            service_account("twice", ["same", "same"]),
            service_account("identical", ["same", "same-again"]),
            service_account("impossible", ["$(touch x)", "same"]),
            running("lost", "gone"),
            running("lost-here", "shared-good"),
            running("other-type", "only-for-pods"),
        ],
        shared=[docker_config_secret("shared-good", LOGIN)],
    )


def malformed() -> Place:
    return Place(
        objects=[
            with_entry("broken", "reg.example.org", {"auth": "@@"}),
            running("unreadable", "broken"),
        ]
    )


def copies() -> Place:
    sources = [docker_config_secret(f"source-{name}", LOGIN) for name in ("stale", "renamed", "deleted")]
    newer = docker_config_secret("x", {"reg.example.org": registry_entry()})
    return Place(
        shared=sources,
        copied={"source-stale": "source-stale", "source-renamed": "copied"} | {"source-deleted": "source-deleted"},
        stale=dict.fromkeys(("source-stale", "source-renamed"), newer),
        deleted=("source-deleted",),
    )


def few_registries() -> Place:
    hosts = dict.fromkeys(("us.icr.io", "private.us.icr.io"), registry_entry("iamapikey", api_key()))
    return Place(objects=[docker_config_secret("all-icr-io", hosts)])


def public_hosts() -> Place:
    hosts = dict.fromkeys(("us.icr.io", "de.icr.io"), registry_entry("iamapikey", api_key()))
    mixed = {"us.icr.io": registry_entry("iamapikey", api_key()), "reg.example.org": registry_entry()}
    return Place(
        objects=[
            docker_config_secret("public", hosts),
            docker_config_secret("mixed", mixed),
            running("puller", "public", image="us.icr.io/a/b:1"),
        ]
    )


def left_over() -> Place:
    kept = as_sibling(docker_config_secret("x", LOGIN, namespace="left-over"))
    return Place(objects=[{**kept}, service_account("waiting", ["x"])])


def retired(name: str, *, referenced: bool) -> list[Object]:
    secret = with_login(name, "registry.ng.bluemix.net", "token", made_up_password())
    return [secret, *([service_account("old", [name])] if referenced else [])]


def wrong_ibm_key(*, fixed: bool = False, form: Callable[[Object], Object] = dict) -> Place:
    cut = with_metadata(all_icr_io("cut"), name="all-icr-io")
    return Place(objects=[form(immutable(cut) if fixed else cut)])


def places() -> dict[str, Place]:
    """What each namespace has."""
    return {
        "plain": of_each(dict),
        "ours": of_each(ours, *REPRESENTATIVES),
        "fixed": of_each(immutable, *REPRESENTATIVES),
        "ours-fixed": of_each(lambda secret: immutable(ours(secret)), *REPRESENTATIVES),
        "legacy": of_each(legacy),
        "two-credentials": of_each(beside_another),
        "two-hosts": of_each(beside_its_own),
        "other-data": of_each(with_other_data, *REPRESENTATIVES),
        "other-data-fixed": of_each(lambda secret: immutable(with_other_data(secret)), *REPRESENTATIVES),
        "copies-of-faulty": copies_of_faulty_sources(),
        "other-types": other_types(),
        "references": references(),
        "malformed": malformed(),
        "copies": copies(),
        "few-registries": few_registries(),
        "left-over": left_over(),
        "private": public_hosts(),
        "retired": Place(objects=retired("bluemix-default-secret-regional", referenced=True)),
        "retired-too": Place(objects=retired("bluemix-default-secret-regional", referenced=False)),
        "ibm-one": wrong_ibm_key(),
        "ibm-two": wrong_ibm_key(fixed=True),
        "ibm-three": wrong_ibm_key(form=ours),
    }


def shared_secrets() -> Iterator[Object]:
    """What `default` has in addition to the places' own sources."""
    yield all_icr_io(api_key())
