"""Which logins are tried for which images, and what their verdicts come to."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.model.images.login_checks import (
    LoginCheck,
    anonymous_check,
    image_checks,
    images_to_pull,
    secret_checks,
    unaided_checks,
)
from pullsecret.model.images.verdict import Identity, RegistryQuery, Result, Verdict

if TYPE_CHECKING:
    from control_plane.api import Object

IMAGE = "us.icr.io/team/app:1"
TOKEN_ONLY = {"auth": base64.b64encode(b"iamapikey:").decode(), "identitytoken": "refresh"}


def secret(entries: dict[str, Object], name: str = "regcred") -> Object:
    return docker_config_secret(name, entries, namespace="team")


def asked(login_check: LoginCheck) -> list[tuple[str, str, str, str]]:
    return [
        (query.host, query.repository, query.reference, query.identity.username if query.identity else "")
        for query in login_check.queries
    ]


ADDRESSES = {
    "tag": (IMAGE, ("us.icr.io", "team/app", "1")),
    "no-tag": ("us.icr.io/team/app", ("us.icr.io", "team/app", "latest")),
    "digest": (f"us.icr.io/a:1@sha256:{'a' * 64}", ("us.icr.io", "a", f"sha256:{'a' * 64}")),
    "docker-hub": ("nginx", ("docker.io", "library/nginx", "latest")),
    "port": ("localhost:5000/a:b", ("localhost:5000", "a", "b")),
}


@pytest.mark.parametrize(("image", "address"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_anybody_asks_for_an_image_by_its_parts(image: str, address: tuple[str, str, str]) -> None:
    assert asked(anonymous_check("team", image)) == [(*address, "")]


def test_no_registry_is_asked_for_what_is_no_image() -> None:
    login_check = anonymous_check("team", "us.icr.io/Team/app")

    assert login_check.queries == ()
    assert login_check.known
    assert login_check.known.result is Result.INVALID_IMAGE


def test_no_registry_is_asked_where_the_first_part_is_no_host() -> None:
    (login_check,) = secret_checks(secret({"a_b.example": registry_entry()}), ["a_b.example/app"])

    assert login_check.known
    assert login_check.known.result is Result.INVALID_IMAGE


def test_entries_are_tried_in_the_kubelets_order() -> None:
    held = secret(
        {
            "us.icr.io": registry_entry("host"),
            "us.icr.io/team": registry_entry("team"),
            "de.icr.io": registry_entry("other"),
        }
    )

    (login_check,) = secret_checks(held, [IMAGE])

    assert [name for *_, name in asked(login_check)] == ["team", "host"]
    assert (login_check.namespace, login_check.secret, login_check.image) == ("team", "regcred", IMAGE)


def test_without_an_image_each_host_is_tried_once() -> None:
    one = registry_entry("me")
    held = secret({"us.icr.io/a": one, "us.icr.io/b": one, "https://index.docker.io/v1/": registry_entry("you")})

    login_checks = secret_checks(held, ["quay.io/a/b"])

    assert [(login_check.image, asked(login_check)) for login_check in login_checks] == [
        ("us.icr.io", [("us.icr.io", "", "", "me")]),
        ("index.docker.io", [("index.docker.io", "", "", "you")]),
    ]


KNOWN = {
    "pattern": (secret({"*.icr.io": registry_entry()}), "*.icr.io", Result.UNTRIED),
    "no-host": (secret({"a b": registry_entry()}), "a b", Result.UNTRIED),
    "no-password": (secret({"us.icr.io": {"auth": encoded("robot:")}}), "us.icr.io", Result.NO_PASSWORD),
    "no-login": (secret({}), "", Result.NO_PASSWORD),
    "malformed": (secret({"us.icr.io": {"auth": "!"}}), "", Result.MALFORMED),
}


@pytest.mark.parametrize(("held", "image", "result"), KNOWN.values(), ids=KNOWN.keys())
def test_nobody_is_asked_where_the_secret_says_it_all(held: Object, image: str, result: Result) -> None:
    (login_check,) = secret_checks(held, [])

    assert login_check.queries == ()
    assert login_check.image == image
    assert login_check.known
    assert login_check.known.result is result


def test_named_images_are_all_told() -> None:
    held = secret({"us.icr.io": registry_entry()})

    told = {
        login_check.image: login_check.known for login_check in image_checks(held, [IMAGE, "nginx"], all_images=True)
    }
    some = [login_check.image for login_check in image_checks(held, [IMAGE, "nginx"], all_images=False)]

    assert told == {IMAGE: None, "nginx": Verdict(result=Result.NO_ENTRY)}
    assert some == [IMAGE]


def test_identity_token_is_tried_and_never_good() -> None:
    (login_check,) = secret_checks(secret({"us.icr.io": TOKEN_ONLY}), [IMAGE])
    identity = Identity(username="iamapikey", identity_token="refresh")  # noqa: S106  made up

    verdict = login_check.judged({login_check.queries[0]: Verdict(result=Result.WORKS)})

    assert [query.identity for query in login_check.queries] == [identity]
    assert verdict.result is Result.NO_PASSWORD
    assert "identity token" in verdict.detail


def test_password_goes_before_an_identity_token() -> None:
    (login_check,) = secret_checks(secret({"us.icr.io": {**registry_entry("me"), "identitytoken": "refresh"}}), [IMAGE])

    assert [query.identity.identity_token for query in login_check.queries if query.identity] == [""]


def test_first_good_answer_counts() -> None:
    held = secret({"us.icr.io": registry_entry("host"), "us.icr.io/team": registry_entry("team")})
    (login_check,) = secret_checks(held, [IMAGE])
    bad, good = Verdict(result=Result.BAD_CREDENTIAL), Verdict(result=Result.WORKS)

    assert login_check.judged(dict(zip(login_check.queries, [bad, good], strict=True))) == good
    assert login_check.judged(dict(zip(login_check.queries, [bad, bad], strict=True))) == bad


PRIVATE = {
    "login-at-ibms-private-name": ("private.us.icr.io", "", Result.UNTRIED),
    "image-at-ibms-private-name": ("private.us.icr.io", "team/app", Result.UNREACHABLE),
    "login-elsewhere": ("private.example.com", "", Result.UNREACHABLE),
}


@pytest.mark.parametrize(("host", "repository", "result"), PRIVATE.values(), ids=PRIVATE.keys())
def test_private_names_need_not_answer_here(host: str, repository: str, result: Result) -> None:
    query = RegistryQuery(host=host, repository=repository)
    login_check = LoginCheck(namespace="team", secret="regcred", image=host, queries=(query,))  # noqa: S106  a name

    assert login_check.judged({query: Verdict(result=Result.UNREACHABLE)}).result is result


def pod(images: dict[str, str], pull_secrets: tuple[str, ...] = (), phase: str = "Pending") -> Object:
    fields: dict[str, list[Object]] = {}
    for image, field in images.items():
        fields.setdefault(field, []).append({"name": "c", "image": image})
    names = [{"name": name} for name in pull_secrets]
    return {"spec": {**fields, "imagePullSecrets": names}, "status": {"phase": phase}}


def test_images_of_all_containers_count_once() -> None:
    images = {"a": "containers", "b": "initContainers", "c": "ephemeralContainers"}

    assert sorted(images_to_pull(pod(images))) == ["a", "b", "c"]
    assert images_to_pull(pod({"a": "containers"}, phase="Succeeded")) == ()


def test_image_without_an_entry_in_the_pods_own_secrets_is_asked_for_by_nobody() -> None:
    held = {"mine": secret({"us.icr.io": registry_entry()}, "mine"), "bad": secret({"x": {"auth": "!"}}, "bad")}
    pods = [
        pod({IMAGE: "containers", "nginx": "initContainers"}, ("mine",)),
        pod({"us.icr.io/other/app:1": "containers"}, ("gone",)),
        pod({"quay.io/a/b": "containers"}, ("bad",)),
    ]

    login_checks = unaided_checks("team", pods, held)

    assert [login_check.image for login_check in login_checks] == ["nginx", "us.icr.io/other/app:1"]
    assert all(login_check.secret == "" for login_check in login_checks)


def test_no_value_shows_a_credential() -> None:
    held = secret({"us.icr.io": registry_entry("me", "hunter"), "de.icr.io": TOKEN_ONLY})

    text = repr(secret_checks(held, [])) + repr(secret_checks(held, [IMAGE]))

    assert "hunter" not in text
    assert "refresh" not in text
    assert json.dumps(encoded("me:hunter")) not in text
