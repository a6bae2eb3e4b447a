"""An import that stores nothing: OpenShift queries the registry for an image, and reports what it answered.

Source: openshift-apiserver: pkg/image/apiserver/registry/imagestreamimport/rest.go, and importer/importer.go for what
it makes of a registry's errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.model.objects.objects import Kind, mapping_at, mappings_at, text_at

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.import_credential import ImportCredential

_NAME = "kubectl-pullsecret-verify"
"""The object must have a name, which is that of an image stream; nothing of such a stream is changed."""

_PREFIX = re.compile("^Internal error occurred: |^forbidden: ")


@dataclass(frozen=True, kw_only=True)
class ImportAnswer:
    """What OpenShift says of an image: "" as the reason for success, else that of a Status, and its message."""

    reason: str = ""
    message: str = ""


def import_query(namespace: str, image: str) -> Object:
    """The ImageStreamImport that stores nothing, as of `oc import-image --dry-run`."""
    source = {"kind": "DockerImage", "name": image}
    return {
        "apiVersion": Kind.IMAGE_STREAM_IMPORT.group,
        "kind": Kind.IMAGE_STREAM_IMPORT.title,
        "metadata": {"name": _NAME, "namespace": namespace},
        "spec": {"import": False, "images": [{"from": source}]},
        "status": {},
    }


def answer_in(created: Object) -> ImportAnswer:
    """The answer for the one image of an import."""
    status = next((mapping_at(item, "status") for item in mappings_at(created, "status", "images")), {})
    if status.get("status") == "Success":
        return ImportAnswer()
    return ImportAnswer(reason=text_at(status, "reason") or "Unknown", message=text_at(status, "message"))


_REASONS = {
    "NotFound": Result.NOT_FOUND,
    "Forbidden": Result.BLOCKED,
    "Invalid": Result.INVALID_IMAGE,
    "TooManyRequests": Result.THROTTLED,
}
_ERRORS = (
    (re.compile(r": toomanyrequests: |\b429\b"), Result.THROTTLED),
    (re.compile(r": (?:name|manifest) unknown: "), Result.NOT_FOUND),
    (re.compile(r": (?:denied|unauthorized): |no basic auth credentials"), Result.UNAUTHORIZED),
    (
        re.compile(
            r"dial tcp|no such host|connection re(?:fused|set)|i/o timeout|deadline exceeded|Client\.Timeout|x509: |"
            r"tls: |server gave HTTP response|: EOF$"
        ),
        Result.UNREACHABLE,
    ),
)
"""Errors that OpenShift has no reason for, in the words of the registry (distribution: errcode) and of Go's network."""


def import_verdict(answer: ImportAnswer, image: str, credential: ImportCredential | None) -> Verdict:
    """What the answer means for a project with this credential for the image; None if that is not known.

    OpenShift has the same words for a rejected credential and for one that may not pull the image.
    """
    if not answer.reason:
        return Verdict(result=Result.WORKS)
    if credential and credential.malformed:
        return Verdict(result=Result.MALFORMED, detail=credential.malformed)
    message = _PREFIX.sub("", answer.message, count=1).removeprefix(f"{image}: ")
    result = _result_of(answer)
    if result is Result.UNAUTHORIZED and credential and not credential.name:
        result = Result.LOGIN_REQUIRED
    return Verdict(result=result, detail=message or answer.reason)


def _result_of(answer: ImportAnswer) -> Result:
    if answer.reason == "Unauthorized":
        is_login = "incorrect username or password" in answer.message
        return Result.BAD_CREDENTIAL if is_login else Result.UNAUTHORIZED
    found = (result for pattern, result in _ERRORS if pattern.search(answer.message))
    return _REASONS.get(answer.reason) or next(found, Result.FAILED)
