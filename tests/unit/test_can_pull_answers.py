"""Tables for can-pull: what the kubelet would have for an image of a pod that does not exist yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from can_pull_facts import EXPIRED_ENTRY, answers_of, facts_of, seen, sources_of
from doctor_evidence import TEAM, placed, secret

from objects import docker_config_secret, encoded, registry_entry, service_account
from pullsecret.model.can_pull.answer import CanPull, Reason
from pullsecret.model.can_pull.registry_checks import checks_of_fixes, checks_of_pods
from pullsecret.model.images.verdict import Result, Verdict

if TYPE_CHECKING:
    from control_plane.api import Object
    from pullsecret.model.can_pull.answer import PullAnswer

YES, NO, UNKNOWN = CanPull.YES, CanPull.NO, CanPull.UNKNOWN
IMAGE = "quay.io/acme/web:1"
MALFORMED = {
    **docker_config_secret("bad", {}),
    "data": {".dockerconfigjson": encoded('{"auths":{"x":{"auth":"eA=="}}}')},
}
OPAQUE = {**docker_config_secret("opaque", {"quay.io": registry_entry()}), "type": "Opaque"}


def one_answer(
    *secrets: Object, image: str = IMAGE, verdicts: dict[tuple[str, str, str], Verdict] | None = None
) -> PullAnswer:
    """The answer for an image, where the default account lists these secrets."""
    listed = placed(service_account("default", [item["metadata"]["name"] for item in secrets]))
    held = seen(placed(item) for item in secrets)
    (found,) = answers_of(facts_of(sources_of([image]), secrets=held, accounts=seen([listed]), verdicts=verdicts))
    return found


def with_entry(host: str = "quay.io", **entry: str) -> Object:
    return docker_config_secret("regcred", {host: {**registry_entry(), **entry}})


def with_password(password: str) -> Object:
    return docker_config_secret("a", {"quay.io": registry_entry("u", password)})


CASES: dict[str, tuple[list[Object], str, CanPull, Reason]] = {
    "match": ([with_entry()], IMAGE, YES, Reason.MATCHED),
    "path": ([with_entry("quay.io/acme")], IMAGE, YES, Reason.MATCHED),
    "wildcard": ([with_entry("*.io")], IMAGE, YES, Reason.MATCHED),
    "hub": ([with_entry("https://index.docker.io/v1/")], "nginx", YES, Reason.MATCHED),
    "none": ([], IMAGE, UNKNOWN, Reason.NO_SECRET),
    "other-registry": ([with_entry("us.icr.io")], IMAGE, UNKNOWN, Reason.NO_SECRET),
    "near-miss": ([with_entry("quay.io/acme/web/")], IMAGE, UNKNOWN, Reason.WRONG_KEY),
    "private-registry": ([], "us.icr.io/acme/web", NO, Reason.NO_SECRET),
    "private-endpoint": ([], "private.de.icr.io/acme/web", NO, Reason.NO_SECRET),
    "entitled": ([], "cp.icr.io/cp/app", NO, Reason.NO_SECRET),
    "public-entitled-host": ([], "cp.icr.io/cpopen/app", UNKNOWN, Reason.NO_SECRET),
    "public-region": ([], "icr.io/cpopen/app", UNKNOWN, Reason.NO_SECRET),
    "private-near-miss": ([with_entry("icr.io")], "us.icr.io/acme/web", NO, Reason.WRONG_KEY),
    "malformed": ([with_entry(), MALFORMED], IMAGE, NO, Reason.MALFORMED),
    "malformed-public": ([MALFORMED], "nginx", NO, Reason.MALFORMED),
    "other-type": ([OPAQUE], IMAGE, UNKNOWN, Reason.WRONG_TYPE),
    "invalid-image": ([with_entry()], "quay.io/acme/WEB", NO, Reason.INVALID_IMAGE),
    "no-image": ([], "", NO, Reason.INVALID_IMAGE),
    "empty-entry": ([docker_config_secret("a", {"quay.io": {}})], IMAGE, UNKNOWN, Reason.EMPTY),
    "empty-entry-private": ([docker_config_secret("a", {"us.icr.io": {}})], "us.icr.io/a/b", NO, Reason.EMPTY),
    "placeholder": (
        [docker_config_secret("a", {"quay.io": registry_entry("u", "${PASSWORD}")})],
        IMAGE,
        NO,
        Reason.REJECTED,
    ),
    "newline": (
        [docker_config_secret("a", {"quay.io": registry_entry("u", "secret\n")})],
        IMAGE,
        UNKNOWN,
        Reason.DOUBTFUL,
    ),
    "expired": ([docker_config_secret("a", {"quay.io": EXPIRED_ENTRY})], IMAGE, NO, Reason.EXPIRED),
    "second-entry": (
        [docker_config_secret("a", {"quay.io/acme": EXPIRED_ENTRY}), with_entry()],
        IMAGE,
        YES,
        Reason.MATCHED,
    ),
    "amazon": ([], "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app", UNKNOWN, Reason.PROVIDER),
    "google": ([], "europe-docker.pkg.dev/p/r/app", UNKNOWN, Reason.PROVIDER),
    "azure": ([], "acme.azurecr.io/app", UNKNOWN, Reason.PROVIDER),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_answer_follows_from_what_the_kubelet_has(case: tuple[list[Object], str, CanPull, Reason]) -> None:
    secrets, image, result, reason = case

    answer = one_answer(*secrets, image=image).answer

    assert (answer.result, answer.reason) == (result, reason)
    assert answer.message


VERDICTS: dict[str, tuple[list[Object], list[tuple[str, Result]], str, CanPull, Reason]] = {
    "works": ([with_entry()], [("regcred", Result.WORKS)], IMAGE, YES, Reason.VERIFIED),
    "rejected": ([with_entry()], [("regcred", Result.BAD_CREDENTIAL)], IMAGE, NO, Reason.REJECTED),
    "denied": ([with_entry()], [("regcred", Result.NO_PERMISSION)], IMAGE, NO, Reason.NOT_AUTHORIZED),
    "absent": ([with_entry()], [("regcred", Result.NOT_FOUND)], IMAGE, NO, Reason.NOT_FOUND),
    "unreachable": ([with_entry()], [("regcred", Result.UNREACHABLE)], IMAGE, UNKNOWN, Reason.NOT_TESTED),
    "second": (
        [docker_config_secret("a", {"quay.io/acme": registry_entry()}), with_entry()],
        [("a", Result.BAD_CREDENTIAL), ("regcred", Result.WORKS)],
        IMAGE,
        YES,
        Reason.VERIFIED,
    ),
    "one-untested": (
        [docker_config_secret("a", {"quay.io/acme": registry_entry()}), with_entry()],
        [("a", Result.BAD_CREDENTIAL), ("regcred", Result.THROTTLED)],
        IMAGE,
        UNKNOWN,
        Reason.NOT_TESTED,
    ),
    "public": ([], [("", Result.WORKS)], IMAGE, YES, Reason.PUBLIC),
    "private": ([], [("", Result.LOGIN_REQUIRED)], IMAGE, NO, Reason.NO_SECRET),
    "private-of-provider": ([], [("", Result.LOGIN_REQUIRED)], "acme.azurecr.io/app", UNKNOWN, Reason.PROVIDER),
    "nowhere": ([], [("", Result.NOT_FOUND)], IMAGE, NO, Reason.NOT_FOUND),
    "malformed": ([MALFORMED], [], "nginx", NO, Reason.MALFORMED),
}


@pytest.mark.parametrize("case", VERDICTS.values(), ids=VERDICTS)
def test_registries_decide_where_they_are_asked(
    case: tuple[list[Object], list[tuple[str, Result]], str, CanPull, Reason],
) -> None:
    secrets, verdicts, image, result, reason = case
    found = {(TEAM, name, image): Verdict(result=verdict) for name, verdict in verdicts}

    answer = one_answer(*secrets, image=image, verdicts=found).answer

    assert (answer.result, answer.reason) == (result, reason)


def test_credentials_are_in_the_order_of_the_kubelet() -> None:
    first = docker_config_secret("first", {"*.io": registry_entry("w"), "quay.io": registry_entry("a")})
    second = docker_config_secret("second", {"quay.io": registry_entry("b"), "quay.io/acme": registry_entry("c")})

    answer = one_answer(first, second)

    found = [(item.secret, item.entry.server) for item in answer.credentials]
    assert found == [("second", "quay.io/acme"), ("first", "quay.io"), ("second", "quay.io"), ("first", "*.io")]
    assert answer.answer.credential == answer.credentials[0]


def test_registries_are_asked_about_other_secrets_only_where_a_pod_cannot_pull() -> None:
    own, other = secret("regcred", "quay.io"), secret("other", "quay.io", "ghcr.io")
    images = [IMAGE, "ghcr.io/acme/web:1"]
    accounts = seen([placed(service_account("default", ["regcred"]))])
    facts = facts_of(sources_of(images), secrets=seen([own, other]), accounts=accounts)

    first = checks_of_pods(facts)
    verdicts = {(TEAM, "regcred", IMAGE): Verdict(result=Result.WORKS)}
    second = checks_of_fixes(replace(facts, evidence=replace(facts.evidence, verdicts=verdicts)))

    assert [(check.secret, check.image) for check in first] == [("regcred", IMAGE), ("", images[1])]
    assert [(check.secret, check.image) for check in second] == [("other", images[1])]


def test_identity_of_the_account_is_named_with_the_provider_of_its_cloud() -> None:
    marks = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/pull"}
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    account = placed(service_account("default"), annotations=marks)

    (answer,) = answers_of(facts_of(sources_of([image]), accounts=seen([account])))

    assert answer.answer.reason is Reason.PROVIDER
    assert answer.answer.message.endswith(', and service account "default" has eks.amazonaws.com/role-arn')
