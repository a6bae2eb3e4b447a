"""The credentials that are checked for each image, and the verdicts."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.model.images.credential_checks import (
    CredentialCheck,
    anonymous_check,
    anonymous_checks,
    image_checks,
    images_to_pull,
    secret_checks,
)
from pullsecret.model.images.verdict import Identity, RegistryQuery, Result, Verdict

if TYPE_CHECKING:
    from control_plane.api import Object

IMAGE = "us.icr.io/team/app:1"
TOKEN_ONLY = {"auth": base64.b64encode(b"iamapikey:").decode(), "identitytoken": "refresh"}


def secret(entries: dict[str, Object], name: str = "regcred") -> Object:
    return docker_config_secret(name, entries, namespace="team")


def queried(check: CredentialCheck) -> list[tuple[str, str, str, str]]:
    return [
        (query.host, query.repository, query.reference, query.identity.username if query.identity else "")
        for query in check.queries
    ]


ADDRESSES = {
    "tag": (IMAGE, ("us.icr.io", "team/app", "1")),
    "no-tag": ("us.icr.io/team/app", ("us.icr.io", "team/app", "latest")),
    "digest": (f"us.icr.io/a:1@sha256:{'a' * 64}", ("us.icr.io", "a", f"sha256:{'a' * 64}")),
    "docker-hub": ("nginx", ("docker.io", "library/nginx", "latest")),
    "port": ("localhost:5000/a:b", ("localhost:5000", "a", "b")),
}


@pytest.mark.parametrize(("image", "address"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_anonymous_check_queries_the_parts_of_the_reference(image: str, address: tuple[str, str, str]) -> None:
    assert queried(anonymous_check("team", image)) == [(*address, "")]


def test_invalid_reference_needs_no_query() -> None:
    check = anonymous_check("team", "us.icr.io/Team/app")

    assert check.queries == ()
    assert check.known
    assert check.known.result is Result.INVALID_IMAGE


def test_reference_without_a_valid_host_needs_no_query() -> None:
    (check,) = secret_checks(secret({"a_b.example": registry_entry()}), ["a_b.example/app"])

    assert check.known
    assert check.known.result is Result.INVALID_IMAGE


def test_entries_are_checked_in_the_kubelets_order() -> None:
    held = secret(
        {
            "us.icr.io": registry_entry("host"),
            "us.icr.io/team": registry_entry("team"),
            "de.icr.io": registry_entry("other"),
        }
    )

    (check,) = secret_checks(held, [IMAGE])

    assert [name for *_, name in queried(check)] == ["team", "host"]
    assert (check.namespace, check.secret, check.image) == ("team", "regcred", IMAGE)


def test_secret_without_an_image_is_checked_once_for_each_host() -> None:
    one = registry_entry("me")
    held = secret({"us.icr.io/a": one, "us.icr.io/b": one, "https://index.docker.io/v1/": registry_entry("you")})

    checks = secret_checks(held, ["quay.io/a/b"])

    assert [(check.image, queried(check)) for check in checks] == [
        ("us.icr.io", [("us.icr.io", "", "", "me")]),
        ("index.docker.io", [("index.docker.io", "", "", "you")]),
    ]


KNOWN = {
    "wildcard": (secret({"*.icr.io": registry_entry()}), "*.icr.io", Result.NOT_TRIED),
    "not-a-host": (secret({"a b": registry_entry()}), "a b", Result.NOT_TRIED),
    "no-password": (secret({"us.icr.io": {"auth": encoded("puller:")}}), "us.icr.io", Result.NO_PASSWORD),
    "no-entries": (secret({}), "", Result.NO_PASSWORD),
    "malformed": (secret({"us.icr.io": {"auth": "!"}}), "", Result.MALFORMED),
}


@pytest.mark.parametrize(("held", "image", "result"), KNOWN.values(), ids=KNOWN.keys())
def test_secret_with_a_known_verdict_needs_no_query(held: Object, image: str, result: Result) -> None:
    (check,) = secret_checks(held, [])

    assert check.queries == ()
    assert check.image == image
    assert check.known
    assert check.known.result is result


def test_all_named_images_have_a_check() -> None:
    held = secret({"us.icr.io": registry_entry()})

    known = {check.image: check.known for check in image_checks(held, [IMAGE, "nginx"], all_images=True)}
    some = [check.image for check in image_checks(held, [IMAGE, "nginx"], all_images=False)]

    assert known == {IMAGE: None, "nginx": Verdict(result=Result.NO_ENTRY)}
    assert some == [IMAGE]


def test_identity_token_is_checked_and_never_good() -> None:
    (check,) = secret_checks(secret({"us.icr.io": TOKEN_ONLY}), [IMAGE])
    identity = Identity(username="iamapikey", identity_token="refresh")  # noqa: S106  made up

    verdict = check.verdict_from({check.queries[0]: Verdict(result=Result.WORKS)})

    assert [query.identity for query in check.queries] == [identity]
    assert verdict.result is Result.NO_PASSWORD
    assert "identity token" in verdict.detail


def test_password_takes_precedence_over_an_identity_token() -> None:
    (check,) = secret_checks(secret({"us.icr.io": {**registry_entry("me"), "identitytoken": "refresh"}}), [IMAGE])

    assert [query.identity.identity_token for query in check.queries if query.identity] == [""]


def test_first_good_verdict_wins() -> None:
    held = secret({"us.icr.io": registry_entry("host"), "us.icr.io/team": registry_entry("team")})
    (check,) = secret_checks(held, [IMAGE])
    bad, good = Verdict(result=Result.BAD_CREDENTIAL), Verdict(result=Result.WORKS)

    assert check.verdict_from(dict(zip(check.queries, [bad, good], strict=True))) == good
    assert check.verdict_from(dict(zip(check.queries, [bad, bad], strict=True))) == bad


PRIVATE = {
    "login-at-a-private-ibm-host": ("private.us.icr.io", "", Result.NOT_TRIED),
    "image-at-a-private-ibm-host": ("private.us.icr.io", "team/app", Result.UNREACHABLE),
    "login-elsewhere": ("private.example.com", "", Result.UNREACHABLE),
}


@pytest.mark.parametrize(("host", "repository", "result"), PRIVATE.values(), ids=PRIVATE.keys())
def test_unreachable_private_host_is_not_an_error_for_a_login(host: str, repository: str, result: Result) -> None:
    query = RegistryQuery(host=host, repository=repository)
    check = CredentialCheck(namespace="team", secret="regcred", image=host, queries=(query,))  # noqa: S106  a name

    assert check.verdict_from({query: Verdict(result=Result.UNREACHABLE)}).result is result


def pod(images: dict[str, str], pull_secrets: tuple[str, ...] = (), phase: str = "Pending") -> Object:
    fields: dict[str, list[Object]] = {}
    for image, field in images.items():
        fields.setdefault(field, []).append({"name": "c", "image": image})
    names = [{"name": name} for name in pull_secrets]
    return {"spec": {**fields, "imagePullSecrets": names}, "status": {"phase": phase}}


def test_images_to_pull_has_each_image_of_all_containers_once() -> None:
    images = {"a": "containers", "b": "initContainers", "c": "ephemeralContainers"}

    assert sorted(images_to_pull(pod(images))) == ["a", "b", "c"]
    assert images_to_pull(pod({"a": "containers"}, phase="Succeeded")) == ()


def test_images_to_pull_has_those_of_volumes() -> None:
    item = pod({"a": "containers"})
    volumes = [{"name": "weights", "image": {"reference": "b"}}, {"name": "data", "emptyDir": {}}]

    assert images_to_pull({**item, "spec": {**item["spec"], "volumes": volumes}}) == ("a", "b")


def test_image_of_a_static_pod_is_not_taken_for_an_anonymous_pull() -> None:
    item = pod({"a.example/a:1": "containers"})
    marks = {"kubernetes.io/config.mirror": "c0ffee"}

    assert [check.image for check in anonymous_checks("team", [item], {})] == ["a.example/a:1"]
    assert anonymous_checks("team", [{**item, "metadata": {"annotations": marks}}], {}) == ()


def test_image_without_an_entry_in_the_pods_own_secrets_is_checked_anonymously() -> None:
    held = {"mine": secret({"us.icr.io": registry_entry()}, "mine"), "bad": secret({"x": {"auth": "!"}}, "bad")}
    pods = [
        pod({IMAGE: "containers", "nginx": "initContainers"}, ("mine",)),
        pod({"us.icr.io/other/app:1": "containers"}, ("gone",)),
        pod({"quay.io/a/b": "containers"}, ("bad",)),
    ]

    checks = anonymous_checks("team", pods, held)

    assert [check.image for check in checks] == ["nginx", "us.icr.io/other/app:1"]
    assert all(check.secret == "" for check in checks)


def test_repr_contains_no_credential() -> None:
    held = secret({"us.icr.io": registry_entry("me", "hunter"), "de.icr.io": TOKEN_ONLY})

    text = repr(secret_checks(held, [])) + repr(secret_checks(held, [IMAGE]))

    assert "hunter" not in text
    assert "refresh" not in text
    assert json.dumps(encoded("me:hunter")) not in text


WILDCARDS = {
    "wildcard": (("*.evil.example",), "registry.evil.example/app:1", ()),
    "wildcard-in-a-label": (("reg*.evil.example",), "registry.evil.example/app:1", ()),
    "wildcard-with-a-path": (("https://*.evil.example/team",), "registry.evil.example/team/app:1", ()),
    "wildcard-and-the-host": (("*.good.example", "reg.good.example"), "reg.good.example/app:1", ("reg.good.example",)),
    "the-host": (("reg.good.example",), "reg.good.example/app:1", ("reg.good.example",)),
    "docker-hub": (("https://index.docker.io/v1/",), "nginx", ("https://index.docker.io/v1/",)),
}
"""The keys of a secret, an image, and the keys whose credentials may be sent when only a pod names the image."""


@pytest.mark.parametrize(("keys", "image", "sent"), WILDCARDS.values(), ids=WILDCARDS.keys())
def test_no_credentials_of_a_wildcard_are_sent_to_a_host_that_only_a_pod_names(
    keys: tuple[str, ...], image: str, sent: tuple[str, ...]
) -> None:
    users = {key: f"user-{number}" for number, key in enumerate(keys)}
    held = secret({key: registry_entry(user) for key, user in users.items()})

    (check,) = secret_checks(held, [image])
    (of_doctor,) = image_checks(held, [image], all_images=False, is_named=False)
    (named,) = image_checks(held, [image], all_images=False)

    assert [name for *_, name in queried(check)] == [users[key] for key in sent]
    assert of_doctor == check
    assert len(named.queries) == len(keys)
    if not sent:
        assert check.known == Verdict(
            result=Result.NOT_TRIED,
            detail=f"{keys[0]} is a wildcard, and only a pod names this host; use verify --image",
        )
