"""What OpenShift's answers to an import mean, and which pull secret of a project it uses."""

from __future__ import annotations

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.model.images.verdict import Result
from pullsecret.model.openshift.import_credential import ImportCredential, import_credential
from pullsecret.model.openshift.import_query import ImportAnswer, answer_in, import_query, import_verdict

IMAGE = "reg.example/acme/app:1"
USED, NONE = ImportCredential(name="regcred"), ImportCredential()
INTERNAL = f"Internal error occurred: {IMAGE}: "
ACCESS = f'you may not have access to the container image "{IMAGE}"'
VERDICTS = {
    "imported": (ImportAnswer(), USED, "works"),
    "no entry": (ImportAnswer(reason="Unauthorized", message=ACCESS), NONE, f"login required: {ACCESS}"),
    "refused": (ImportAnswer(reason="Unauthorized", message=ACCESS), USED, f"unauthorized: {ACCESS}"),
    "secrets unknown": (ImportAnswer(reason="Unauthorized", message=ACCESS), None, f"unauthorized: {ACCESS}"),
    "wrong password": (
        ImportAnswer(reason="Unauthorized", message=f'incorrect username or password for image "{IMAGE}"'),
        USED,
        f'bad credential: incorrect username or password for image "{IMAGE}"',
    ),
    "denied": (
        ImportAnswer(reason="InternalError", message=f"{INTERNAL}denied: requested access to the resource is denied"),
        USED,
        "unauthorized: denied: requested access to the resource is denied",
    ),
    "no tag": (
        ImportAnswer(reason="NotFound", message=f'dockerimage.image.openshift.io "{IMAGE}" not found'),
        USED,
        f'image not found: dockerimage.image.openshift.io "{IMAGE}" not found',
    ),
    "no repository": (
        ImportAnswer(reason="InternalError", message=f"{INTERNAL}name unknown: repository name not known to registry"),
        USED,
        "image not found: name unknown: repository name not known to registry",
    ),
    "no host": (
        ImportAnswer(
            reason="InternalError",
            message=f'{INTERNAL}Get "https://reg.example/v2/": dial tcp: lookup reg.example: no such host',
        ),
        USED,
        'cannot reach the registry: Get "https://reg.example/v2/": dial tcp: lookup reg.example: no such host',
    ),
    "no trust": (
        ImportAnswer(reason="InternalError", message=f"{INTERNAL}tls: failed to verify certificate: x509: unknown"),
        NONE,
        "cannot reach the registry: tls: failed to verify certificate: x509: unknown",
    ),
    "throttled": (
        ImportAnswer(reason="InternalError", message=f"{INTERNAL}toomanyrequests: slow down"),
        USED,
        "too many requests: toomanyrequests: slow down",
    ),
    "blocked": (
        ImportAnswer(reason="Forbidden", message="forbidden: registry reg.example blocked"),
        USED,
        "blocked by the cluster: registry reg.example blocked",
    ),
    "malformed secret": (
        ImportAnswer(reason="InternalError", message=f"{INTERNAL}invalid character 'x' looking for"),
        ImportCredential(name="broken", malformed="invalid character 'x'"),
        "malformed: invalid character 'x'",
    ),
    "anything else": (ImportAnswer(reason="InternalError", message=f"{INTERNAL}odd"), USED, "unexpected response: odd"),
    "no answer": (ImportAnswer(reason="Unknown"), USED, "unexpected response: Unknown"),
}


@pytest.mark.parametrize(("answer", "credential", "text"), VERDICTS.values(), ids=VERDICTS)
def test_verdict_on_an_answer(answer: ImportAnswer, credential: ImportCredential | None, text: str) -> None:
    assert import_verdict(answer, IMAGE, credential).text == text


def test_refusals_of_openshift_are_findings() -> None:
    assert not Result.BLOCKED.is_untested
    assert not Result.UNAUTHORIZED.is_untested
    assert not Result.UNAUTHORIZED.is_good
    assert not Result.BLOCKED.is_good


def test_the_query_stores_nothing_and_has_no_tag() -> None:
    spec = import_query("team", IMAGE)["spec"]
    assert spec == {"import": False, "images": [{"from": {"kind": "DockerImage", "name": IMAGE}}]}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"images": [{"status": {"status": "Success"}, "image": {}}]}, ImportAnswer()),
        (
            {"images": [{"status": {"status": "Failure", "reason": "NotFound", "message": "no"}}]},
            ImportAnswer(reason="NotFound", message="no"),
        ),
        ({"images": [{"status": {}}]}, ImportAnswer(reason="Unknown")),
        ({"images": None}, ImportAnswer(reason="Unknown")),
        ({}, ImportAnswer(reason="Unknown")),
    ],
)
def test_answer_in_what_the_server_created(status: dict[str, object], expected: ImportAnswer) -> None:
    assert answer_in({"status": status}) == expected


def secret(name: str, *keys: str, **about: object) -> dict[str, object]:
    return docker_config_secret(name, {key: registry_entry() for key in keys}, **about)


BROKEN = {**secret("broken"), "data": {".dockerconfigjson": encoded("{")}}
CREDENTIALS = {
    "the longest key, whatever the name": (
        [secret("a", "reg.example"), secret("b", "reg.example/acme")],
        ImportCredential(name="b", server="reg.example/acme"),
    ),
    "the first name among equal keys": (
        [secret("b", "reg.example"), secret("a", "reg.example")],
        ImportCredential(name="a", server="reg.example"),
    ),
    "none that matches": ([secret("a", "other.example")], NONE),
    "none that is excluded": (
        [secret("a", "reg.example", annotations={"openshift.io/image.excludeSecret": "true"})],
        NONE,
    ),
    "none of another type": ([{**secret("a", "reg.example"), "type": "Opaque"}], NONE),
    "none where one is malformed": (
        [secret("a", "reg.example"), BROKEN],
        ImportCredential(name="broken", malformed="unexpected end of JSON input"),
    ),
}


@pytest.mark.parametrize(("secrets", "expected"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_secret_that_openshift_uses(secrets: list[dict[str, object]], expected: ImportCredential) -> None:
    assert import_credential(secrets, IMAGE) == expected
