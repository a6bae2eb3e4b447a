"""What the kubelet cannot parse in a secret or reads differently than it looks, and what has expired or is retired."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import ICR_HOSTS, docker_config_secret, encoded, made_up_password, registry_entry
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.check.expiry_rules import is_token_secret
from pullsecret.model.check.secret import CheckedSecret, Circumstances, content_of
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.images.token_dates import dates_in
from pullsecret.model.objects.objects import merged
from pullsecret.model.objects.pullsecret import last_written
from pullsecret.model.request.command_request import CheckLevel
from pullsecret.model.request.suggested_command import CommandStyle, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.objects.objects import Object

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = "reg.example.org"
AMAZON = "1.dkr.ecr.eu-west-1.amazonaws.com"


def secret_of(text: str, kind: str = "kubernetes.io/dockerconfigjson") -> Object:
    key = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}[kind]
    return {"metadata": {"name": "x"}, "type": kind, "data": {key: encoded(text)}}


def config(entry: object, **more: object) -> str:
    return json.dumps({"auths": {HOST: entry}, **more})


def auth(text: str) -> Object:
    return {"auth": encoded(text)}


def checked(
    secret: Object, *, written: datetime | None = None, is_new: bool = False, needs_private: bool = False
) -> CheckedSecret:
    """A secret as rules check it; `written` is when its data was last written."""
    if written:
        record = {"time": written.isoformat(), "fieldsV1": {"f:data": {}}}
        secret = merged(secret, {"metadata": {"managedFields": [record]}})
    return CheckedSecret(
        secret=secret, circumstances=Circumstances(now=NOW, is_new=is_new, needs_private=needs_private)
    )


def codes_of(subject: CheckedSecret) -> list[str]:
    return [finding.code for finding in secret_findings(subject)]


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
    "legacy-form": (json.dumps({HOST: registry_entry()}), "PS102"),
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
def test_content_has_one_finding_or_none(text: str, code: str | None) -> None:
    assert codes_of(checked(secret_of(text))) == ([code] if code else [])


def test_legacy_content_is_checked_in_its_own_format() -> None:
    kind = "kubernetes.io/dockercfg"

    assert codes_of(checked(secret_of(json.dumps({HOST: registry_entry()}), kind))) == []
    assert codes_of(checked(secret_of(json.dumps({HOST: auth("x")}), kind))) == ["PS101"]
    assert content_of(secret_of(json.dumps({HOST: auth("x"), "b": {}}), kind)).keys == (HOST, "b")


def test_new_format_under_the_legacy_type_is_one_finding() -> None:
    secret = checked(secret_of(config(registry_entry()), "kubernetes.io/dockercfg"))

    (finding,) = secret_findings(secret)

    assert finding.code == "PS107"
    assert finding.fix
    assert_golden("check/new-format-under-legacy-type", f"{finding.sentence}\n{typed(finding.fix, CommandStyle())}")


def internal_token(**metadata: object) -> Object:
    password = token(**{"kubernetes.io": {"namespace": "a", "secret": {"name": "x", "uid": "1"}}})
    entry = {"image-registry.openshift-image-registry.svc:5000": registry_entry("<token>", password)}
    return merged(docker_config_secret("x", entry), {"metadata": metadata})


GENERATED = {
    "annotations": {"openshift.io/internal-registry-auth-token.service-account": "default"},
    "ownerReferences": [{"apiVersion": "v1", "kind": "ServiceAccount", "name": "default", "uid": "9"}],
}


@pytest.mark.parametrize(
    ("metadata", "codes"),
    [
        ({**GENERATED, "uid": "1"}, []),
        (GENERATED, []),
        ({**GENERATED, "uid": "2"}, ["PS408"]),
        ({"name": "default-dockercfg-abcde", "uid": "2"}, ["PS408"]),
        ({"name": "default-dockercfg-abcde"}, ["PS408"]),
        ({"uid": "1"}, []),
    ],
    ids=["own", "own-in-a-file", "with-all-marks", "with-the-name", "with-the-name-in-a-file", "own-without-marks"],
)
def test_token_in_another_secret_than_the_one_it_is_bound_to_is_a_copy(metadata: Object, codes: list[str]) -> None:
    assert codes_of(checked(internal_token(**metadata))) == codes


def test_copied_token_of_an_openshift_service_account_is_found() -> None:
    (finding,) = secret_findings(checked(internal_token(namespace="team")))
    assert finding.code == "PS408"
    assert_golden("check/copied-token", f"{finding.sentence}\n{finding.advice}")
    assert codes_of(checked(internal_token(**GENERATED), is_new=True)) == ["PS408"]


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
    "amazon-alive": (encoded(json.dumps({"payload": "x", "expiration": seconds(hours=-1)})), None),
    "amazon-ended": (encoded(json.dumps({"payload": "x", "expiration": seconds(hours=1)})), "PS401"),
}


STEADY = {name: pair for name, pair in TOKENS.items() if name != "ended-now"}


@pytest.mark.parametrize("minutes", [-5, 5], ids=["clock-behind", "clock-ahead"])
@pytest.mark.parametrize(("password", "code"), STEADY.values(), ids=STEADY)
def test_clock_that_is_minutes_off_changes_no_finding(password: str, code: str | None, minutes: int) -> None:
    secret = docker_config_secret("x", {HOST: registry_entry("u", password)})
    circumstances = Circumstances(now=NOW + timedelta(minutes=minutes))
    found = secret_findings(CheckedSecret(secret=secret, circumstances=circumstances))

    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize(("password", "code"), TOKENS.values(), ids=TOKENS.keys())
def test_dates_of_a_token(password: str, code: str | None) -> None:
    found = list(secret_findings(checked(docker_config_secret("x", {HOST: registry_entry("u", password)}))))

    assert [finding.code for finding in found] == ([code] if code else [])
    assert not any(password in finding.message for finding in found)


WRITTEN = {
    "amazon-fresh": (AMAZON, "AWS", timedelta(hours=11), False),
    "amazon-old": (AMAZON, "AWS", timedelta(hours=13), True),
    "amazon-elsewhere": (HOST, "AWS", timedelta(days=900), None),
    "google-fresh": ("eu.gcr.io", "oauth2accesstoken", timedelta(minutes=50), False),
    "google-old": ("us-docker.pkg.dev", "oauth2accesstoken", timedelta(minutes=70), True),
    "google-of-gcloud": ("us-docker.pkg.dev", "_token", timedelta(minutes=70), True),
    "microsoft-old": ("x.azurecr.io", "00000000-0000-0000-0000-000000000000", timedelta(hours=4), True),
    "anybody-old": (HOST, "puller", timedelta(days=900), None),
}
"""By name: the host, the username, how long ago it was written, and whether it has expired; None: it never does."""


@pytest.mark.parametrize(("host", "username", "ago", "is_expired"), WRITTEN.values(), ids=WRITTEN.keys())
def test_cloud_token_older_than_its_validity_has_expired(
    host: str, username: str, ago: timedelta, *, is_expired: bool | None
) -> None:
    secret = docker_config_secret("x", {host: registry_entry(username)})

    assert codes_of(checked(secret, written=NOW - ago)) == (["PS401"] if is_expired else [])
    assert codes_of(checked(secret)) == []
    assert codes_of(checked(secret, is_new=True)) == ([] if is_expired is None else ["PS403"])


JOBS = {
    "gitlab-username": ("registry.gitlab.example.net", "gitlab-ci-token", "", ["PS406"]),
    "gitlab-token": (HOST, "whoever", "glcbt-", ["PS406"]),
    "gitlab-deploy-token": (HOST, "gitlab+deploy-token-1", "gldt-", []),
    "github-job": ("ghcr.io", "x-access-token", "ghs_", ["PS406"]),
    "github-app-in-the-new-form": ("ghcr.io", "me", "ghs_123_eyJ0.", ["PS406"]),
    "github-person": ("ghcr.io", "me", "ghp_", []),
    "github-fine-grained": ("ghcr.io", "me", "github_pat_", ["PS309"]),
}


@pytest.mark.parametrize(("host", "username", "prefix", "codes"), JOBS.values(), ids=JOBS.keys())
def test_token_of_a_job_ends_with_it(host: str, username: str, prefix: str, codes: list[str]) -> None:
    password = prefix + made_up_password()
    secret = docker_config_secret("x", {host: registry_entry(username, password)})

    found = list(secret_findings(checked(secret)))

    assert [finding.code for finding in found] == codes
    assert not any(password in finding.message for finding in found)
    assert codes_of(checked(secret, is_new=True)) == ["PS403" if code == "PS406" else code for code in codes]


HARBOR = {
    "new": ("robot$ci", timedelta(days=29), []),
    "old": ("robot$ci", timedelta(days=31), ["PS407"]),
    "old-of-a-project": ("robot$team+ci", timedelta(days=31), ["PS407"]),
    "person": ("me", timedelta(days=31), []),
}


@pytest.mark.parametrize(("username", "ago", "codes"), HARBOR.values(), ids=HARBOR.keys())
def test_robot_account_of_harbor_is_told_by_age(username: str, ago: timedelta, codes: list[str]) -> None:
    secret = docker_config_secret("x", {HOST: registry_entry(username)})

    assert codes_of(checked(secret, written=NOW - ago)) == codes


def test_time_of_writing_is_the_last_write_of_the_data() -> None:
    managers = [
        {"manager": "a", "time": "2026-11-20T10:00:00Z", "fieldsV1": {"f:data": {}}},
        {"manager": "b", "time": "2026-11-21T10:00:00Z", "fieldsV1": {"f:metadata": {}}},
        {"manager": "c", "time": "2026-11-20T11:00:00Z", "fieldsV1": {"f:data": {"f:x": {}}}},
    ]

    assert last_written({"metadata": {"managedFields": managers}}) == datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert last_written({"metadata": {}}) is None
    assert last_written({"metadata": {"managedFields": [{"time": "soon", "fieldsV1": {"f:data": {}}}]}}) is None


def test_dates_in_milliseconds_are_none() -> None:
    assert dates_in(token(exp=10**15)) == (None, None)


def test_dates_in_text_that_is_not_base64_are_none() -> None:
    assert dates_in("eyJ0.\udcff.x") == (None, None)


RETIRED = {
    "international": ("registry.bluemix.net", "icr.io"),
    "us": ("https://registry.ng.bluemix.net/v1/", "us.icr.io"),
    "germany": ("registry.eu-de.bluemix.net", "de.icr.io"),
    "unknown": ("registry.xx.bluemix.net", "an icr.io host"),
}


@pytest.mark.parametrize(("key", "successor"), RETIRED.values(), ids=RETIRED.keys())
def test_retired_host_is_reported_with_the_host_of_its_images(key: str, successor: str) -> None:
    (finding,) = secret_findings(checked(docker_config_secret("x", {key: registry_entry("token")})))

    assert finding.code == "PS404"
    assert finding.message.endswith(successor)


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
def test_name_of_a_secret_for_registry_tokens(name: str, *, is_one: bool) -> None:
    assert is_token_secret(checked(docker_config_secret(name, {}))) is is_one


def messages_of(code: str, name: str, keys: Sequence[str], *, needs_private: bool = False) -> list[str]:
    """The messages and keys of one code for a secret with these keys."""
    entries = {key: registry_entry("iamapikey", secrets.token_urlsafe(33)) for key in keys}
    subject = checked(docker_config_secret(name, entries), needs_private=needs_private)
    return [finding.statement for finding in secret_findings(subject) if finding.code == code]


def test_registries_that_all_icr_io_is_missing() -> None:
    def statements(keys: Sequence[str]) -> list[str]:
        return messages_of("PS507", "all-icr-io", keys)

    public = ICR_HOSTS[:13]
    assert statements(ICR_HOSTS) == statements(public) == statements([f"https://{host}" for host in ICR_HOSTS]) == []
    assert statements([host for host in ICR_HOSTS if host != "in.icr.io"]) == [
        " is missing 1 of IBM Cloud's registries: in.icr.io"
    ]
    (many,) = statements([*public, "private.us.icr.io"])
    assert many.startswith(" is missing 12 of IBM Cloud's registries: private.icr.io, ")
    assert many.endswith(" and 9 more")
    assert statements(["reg.example.org"]) == []


PRIVATE = {
    "both": (["us.icr.io", "private.us.icr.io"], []),
    "public": (["https://us.icr.io/v2/"], ["https://us.icr.io/v2/"]),
    "wildcard": (["us.icr.io", "private.*.icr.io"], []),
    "private": (["private.us.icr.io"], []),
    "others": (["reg.example.org", "cp.icr.io"], []),
    "global": (["icr.io", "private.us.icr.io"], ["icr.io"]),
}


@pytest.mark.parametrize(("keys", "expected"), PRIVATE.values(), ids=PRIVATE.keys())
def test_public_hosts_without_a_private_entry(keys: list[str], expected: list[str]) -> None:
    found = messages_of("PS508", "x", keys, needs_private=True)

    assert [statement.split(": ")[1] for statement in found] == expected


def test_several_registries_with_the_same_problem_are_one_finding() -> None:
    secret = docker_config_secret("x", {host: registry_entry("cp") for host in ("us.icr.io", "de.icr.io")})

    (finding,) = secret_findings(checked(secret))

    assert finding.registries == ("us.icr.io", "de.icr.io")


def test_warnings_about_a_new_secret_are_without_hints() -> None:
    lacking = docker_config_secret("all-icr-io", {"us.icr.io": registry_entry("iamapikey", secrets.token_urlsafe(33))})
    amazon = docker_config_secret("ecr", {"1.dkr.ecr.eu-west-1.amazonaws.com": registry_entry("AWS")})

    assert new_secret_warnings([lacking], NOW, CheckLevel.STRICT) == ()
    (note,) = new_secret_warnings([lacking, amazon], NOW, CheckLevel.ERRORS)
    assert note.startswith("warning: secret/ecr: 1.dkr.ecr.eu-west-1.amazonaws.com: the password is a token that ")
    assert note.endswith("(PS403)")
