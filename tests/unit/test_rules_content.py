"""What the kubelet cannot read in a secret or reads otherwise than it looks, and what time has undone."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from objects import ICR_HOSTS, docker_config_secret, encoded, made_up_password, registry_entry
from pullsecret.model.check.entries import content_problems, keys_in
from pullsecret.model.check.hosts import lacking_problems, public_problems
from pullsecret.model.check.one_secret import Circumstances, notes_on, secret_problems
from pullsecret.model.check.retired import is_token_secret, retired_host_problem
from pullsecret.model.check.server_keys import shown_key
from pullsecret.model.check.tokens import dates_in, short_lived_problems, token_problems
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.objects.pullsecret import last_written

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = "reg.example.org"


def secret_of(text: str, kind: str = "kubernetes.io/dockerconfigjson") -> Object:
    key = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}[kind]
    return {"metadata": {"name": "x"}, "type": kind, "data": {key: encoded(text)}}


def config(entry: object, **more: object) -> str:
    return json.dumps({"auths": {HOST: entry}, **more})


def auth(text: str) -> Object:
    return {"auth": encoded(text)}


CONTENT = {
    "auth-only": (config(auth("u:p")), None),
    "fields-only": (config({"username": "u", "password": "p"}), None),
    "both": (config(registry_entry()), None),
    "colon-in-password": (config({**auth("u:p:q"), "username": "u", "password": "p:q"}), None),
    "unpadded": (config({"auth": encoded("u:pw").rstrip("=")}), None),
    "helper-beside-logins": (config(registry_entry(), credsStore="desktop"), None),
    "token-beside-a-password": (config({**registry_entry(), "identitytoken": "x"}), None),
    "any-case": (json.dumps({"Auths": {HOST: {"Auth": encoded("u:p")}}}), None),
    "empty-password-field": (config({**auth("u:p"), "password": ""}), None),
    "the-same-twice": (f'{{"auths":{{"{HOST}":{{"auth":"dTpw"}},"{HOST}":{{"auth":"dTpw"}}}}}}', None),
    "no-colon": (config(auth("up")), "PS101"),
    "no-base64": (config({"auth": "_-"}), "PS101"),
    "twice-in-base64": (config(auth(encoded("u:p"))), "PS101"),
    "number": (config({"auth": 1}), "PS101"),
    "auths-is-text": ('{"auths": "x"}', "PS101"),
    "entry-is-text": (config("x"), "PS101"),
    "headers": (config(registry_entry(), HttpHeaders={"a": 1}), "PS101"),
    "not-json": ("x", "PS101"),
    "list": ("[]", "PS101"),
    "null": ("null", "PS102"),
    "empty-object": ("{}", "PS102"),
    "auths-null": ('{"auths": null}', "PS102"),
    "auths-empty": ('{"auths": {}}', "PS102"),
    "older-form": (json.dumps({HOST: registry_entry()}), "PS102"),
    "helper-only": ('{"auths": {}, "credHelpers": {"a": "b"}}', "PS102"),
    "entry-null": (config(None), "PS103"),
    "entry-empty": (config({}), "PS103"),
    "identity-token": (config({**auth("u:"), "identitytoken": "x"}), "PS103"),
    "mail-only": (config({"email": "a@b.c"}), "PS103"),
    "no-password": (config(auth("u:")), "PS104"),
    "no-user-name": (config(auth(":p")), "PS104"),
    "other-password": (config({**auth("u:p"), "password": "q"}), "PS105"),
    "other-user-name": (config({**auth("u:p"), "username": "v"}), "PS105"),
    "twice": (f'{{"auths":{{"{HOST}":{{"auth":"dTpw"}},"{HOST}":{{"auth":"dTpx"}}}}}}', "PS106"),
    "auths-twice": (f'{{"auths":{{"{HOST}":{{"auth":"dTpw"}}}},"auths":{{"{HOST}":{{"auth":"dTpx"}}}}}}', "PS106"),
}


@pytest.mark.parametrize(("text", "code"), CONTENT.values(), ids=CONTENT.keys())
def test_content_has_one_problem_or_none(text: str, code: str | None) -> None:
    assert [problem.code for problem in content_problems(secret_of(text))] == ([code] if code else [])


def test_content_of_the_older_type_is_judged_by_its_own_form() -> None:
    kind = "kubernetes.io/dockercfg"

    assert list(content_problems(secret_of(json.dumps({HOST: registry_entry()}), kind))) == []
    (broken,) = content_problems(secret_of(json.dumps({HOST: auth("x")}), kind))
    assert broken.code == "PS101"
    assert keys_in(secret_of(json.dumps({HOST: auth("x"), "b": {}}), kind)) == (HOST, "b")


def token(**claims: object) -> str:
    parts = ({"alg": "HS256"}, {"jti": made_up_password(), **claims})
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{body}.{made_up_password()}"


def seconds(**ago: float) -> int:
    return int((NOW - timedelta(**ago)).timestamp())


TOKENS = {
    "no-token": (made_up_password(), None),
    "no-dates": (token(), None),
    "no-end": (token(iat=seconds(days=900)), None),
    "far-end": (token(iat=seconds(days=9), exp=seconds(days=-30)), None),
    "end-in-eight-days": (token(iat=seconds(days=9), exp=seconds(days=-8)), None),
    "end-in-six-days": (token(iat=seconds(days=9), exp=seconds(days=-6)), "PS402"),
    "end-in-six-days-issued-at-no-time": (token(exp=seconds(days=-6)), "PS402"),
    "short-lived-and-alive": (token(iat=seconds(hours=1), exp=seconds(hours=-2)), None),
    "of-two-days-and-alive": (token(iat=seconds(days=1), exp=seconds(days=-1)), None),
    "ended-now": (token(exp=seconds()), "PS401"),
    "ended": (token(iat=seconds(days=9), exp=seconds(days=1)), "PS401"),
    "fraction": (token(exp=seconds(days=1) + 0.5), "PS401"),
    "end-as-text": (token(exp="1"), None),
    "end-as-truth": (token(exp=True), None),
    "end-of-time": (token(exp=10**30), None),
    "payload-no-json": (f"eyJ0.{secrets.token_hex(8)}.x", None),
    "payload-list": (f"eyJ0.{encoded('[1]')}.x", None),
    "nested-too-deep": (f"eyJ0.{encoded('[' * 100_000)}.x", None),
    "no-base64": ("eyJ0.\udcff.x", None),
    "amazon-alive": (encoded(json.dumps({"payload": "x", "expiration": seconds(hours=-1)})), None),
    "amazon-ended": (encoded(json.dumps({"payload": "x", "expiration": seconds(hours=1)})), "PS401"),
}


@pytest.mark.parametrize(("password", "code"), TOKENS.values(), ids=TOKENS.keys())
def test_dates_of_a_token(password: str, code: str | None) -> None:
    found = list(token_problems(RegistryEntry(server=HOST, username="u", password=password), NOW, None))

    assert [problem.code for problem in found] == ([code] if code else [])
    assert not any(password in problem.message for problem in found)


WRITTEN = {
    "amazon-fresh": ("AWS", timedelta(hours=11), False),
    "amazon-old": ("AWS", timedelta(hours=13), True),
    "google-fresh": ("oauth2accesstoken", timedelta(minutes=50), False),
    "google-old": ("oauth2accesstoken", timedelta(minutes=70), True),
    "microsoft-old": ("00000000-0000-0000-0000-000000000000", timedelta(hours=4), True),
    "anybody-old": ("robot", timedelta(days=900), False),
}


@pytest.mark.parametrize(("username", "ago", "is_told"), WRITTEN.values(), ids=WRITTEN.keys())
def test_cloud_token_that_was_written_longer_ago_than_it_lives(username: str, ago: timedelta, *, is_told: bool) -> None:
    one = RegistryEntry(server=HOST, username=username, password=made_up_password())

    assert [problem.code for problem in token_problems(one, NOW, NOW - ago)] == (["PS401"] if is_told else [])
    assert list(token_problems(one, NOW, None)) == []
    assert bool(list(short_lived_problems(one))) is (username != "robot")


def test_time_of_writing_is_that_of_who_last_wrote_the_data() -> None:
    managers = [
        {"manager": "a", "time": "2026-11-20T10:00:00Z", "fieldsV1": {"f:data": {}}},
        {"manager": "b", "time": "2026-11-21T10:00:00Z", "fieldsV1": {"f:metadata": {}}},
        {"manager": "c", "time": "2026-11-20T11:00:00Z", "fieldsV1": {"f:data": {"f:x": {}}}},
    ]

    assert last_written({"metadata": {"managedFields": managers}}) == datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert last_written({"metadata": {}}) is None
    assert last_written({"metadata": {"managedFields": [{"time": "soon", "fieldsV1": {"f:data": {}}}]}}) is None


def test_dates_in_what_a_clock_of_milliseconds_wrote_are_none() -> None:
    assert dates_in(token(exp=10**15)) == (None, None)


RETIRED = {
    "international": ("registry.bluemix.net", "icr.io"),
    "us": ("https://registry.ng.bluemix.net/v1/", "us.icr.io"),
    "germany": ("registry.eu-de.bluemix.net", "de.icr.io"),
    "unknown": ("registry.xx.bluemix.net", "an icr.io host"),
}


@pytest.mark.parametrize(("key", "successor"), RETIRED.values(), ids=RETIRED.keys())
def test_retired_host_is_told_with_where_its_images_are(key: str, successor: str) -> None:
    (problem,) = (
        problem
        for problem in secret_problems(
            docker_config_secret("x", {key: registry_entry("token")}), Circumstances(now=NOW)
        )
    )

    assert problem.code == "PS404"
    assert problem.message.endswith(successor)
    assert list(retired_host_problem("x", "bluemix.net")) == []


NAMES = {
    "bluemix-default-secret": True,
    "bluemix-default-secret-regional": True,
    "bluemix-default-secret-international": True,
    "bluemix-team-a-secret-regional": True,
    "bluemix-secret": False,
    "my-bluemix-default-secret": False,
    "default-us-icr-io": False,
}


@pytest.mark.parametrize(("name", "is_one"), NAMES.items())
def test_name_of_a_secret_of_registry_tokens(name: str, *, is_one: bool) -> None:
    assert is_token_secret(name) is is_one


def test_registries_that_all_icr_io_lacks() -> None:
    public, every = ICR_HOSTS[:13], ICR_HOSTS

    assert list(lacking_problems(every)) == list(lacking_problems(public)) == []
    assert list(lacking_problems([f"https://{host}" for host in every])) == []
    (one,) = lacking_problems([host for host in every if host != "in.icr.io"])
    assert one.message == "lacks 1 of IBM Cloud's registries: in.icr.io"
    (many,) = lacking_problems([*public, "private.us.icr.io"])
    assert many.message.startswith("lacks 12 of IBM Cloud's registries: private.icr.io, ")
    assert many.message.endswith(" and 9 more")
    assert list(lacking_problems(["reg.example.org"])) == []


PRIVATE = {
    "both": (["us.icr.io", "private.us.icr.io"], []),
    "public": (["https://us.icr.io/v2/"], ["https://us.icr.io/v2/"]),
    "wildcard": (["us.icr.io", "private.*.icr.io"], []),
    "private": (["private.us.icr.io"], []),
    "others": (["reg.example.org", "cp.icr.io"], []),
    "global": (["icr.io", "private.us.icr.io"], ["icr.io"]),
}


@pytest.mark.parametrize(("keys", "told"), PRIVATE.values(), ids=PRIVATE.keys())
def test_public_names_without_private_ones(keys: list[str], told: list[str]) -> None:
    assert [key for problem in public_problems(keys) for key in problem.registries] == told


SHOWN = {
    "us.icr.io": "us.icr.io",
    "https://me:word@us.icr.io/v2": "https://us.icr.io/v2",
    "me@us.icr.io/a@b": "us.icr.io/a@b",
    "https://me:wo/rd@us.icr.io": "us.icr.io",
    "": '""',
    secrets.token_urlsafe(33): "<hidden>",
}


@pytest.mark.parametrize(
    ("key", "expected"), SHOWN.items(), ids=["plain", "user", "path", "slash", "empty", "credential"]
)
def test_key_is_shown_without_what_may_be_secret(key: str, expected: str) -> None:
    assert shown_key(key) == expected


def test_the_same_of_several_registries_is_said_once() -> None:
    secret = docker_config_secret("x", {host: registry_entry("cp") for host in ("us.icr.io", "de.icr.io")})

    (problem,) = secret_problems(secret, Circumstances(now=NOW))

    assert problem.registries == ("us.icr.io", "de.icr.io")


def test_notes_on_a_new_secret_are_warnings_without_what_is_only_worth_knowing() -> None:
    lacking = docker_config_secret("all-icr-io", {"us.icr.io": registry_entry("iamapikey", secrets.token_urlsafe(33))})
    amazon = docker_config_secret("ecr", {"1.dkr.ecr.eu-west-1.amazonaws.com": registry_entry("AWS")})

    assert notes_on([lacking], NOW, strict=True) == ()
    (note,) = notes_on([lacking, amazon], NOW, strict=False)
    assert note.startswith("warning: secret/ecr: 1.dkr.ecr.eu-west-1.amazonaws.com: the login is a token that ends ")
    assert note.endswith("(PS403)")
