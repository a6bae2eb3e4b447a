"""PS006, PS007 and PS013: secrets in manifests that no image needs, or that the API server rejects; and their type.

Source: kubernetes pkg/apis/core/validation (ValidateSecret: a pull secret must have its data key).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.reference_rules import REFERENCE_RULES
from pullsecret.model.check.rule import Match, Rule, Severity, listed, no_fix
from pullsecret.model.check.secret import content_of
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import is_registry_host
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.near_misses import near_misses
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import mapping_at
from pullsecret.model.objects.pullsecret import DATA_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.declared_holders import CheckedDeclaration

_WRONG_TYPE = next(rule for rule in REFERENCE_RULES if rule.code == "PS501")


def _matches_nothing(subject: CheckedDeclaration) -> Iterator[Match]:
    """A secret whose keys are good in themselves, and for none of the images that are pulled with it."""
    content = content_of(subject.declared.content or {})
    pulled = subject.around.pulled_with.get(id(subject.declared), ())
    if content.key_problems or not subject.around.matches_nothing(subject.declared):
        return
    holder, image = pulled[0]
    more = f" and {len(pulled) - 1} more" if len(pulled) > 1 else ""
    message = f"matches none of the images that are pulled with it: {printable(image)} of {holder.subject}{more}"
    message += _nearest(content.keys, [image for _, image in pulled])
    yield Match(message=message, keys=content.keys, place=subject.place_of(*data_path(subject)))


def _unmatched_keys(subject: CheckedDeclaration) -> Iterator[Match]:
    """Good keys that match no image while others do; not the other regions of a registry that is used."""
    content = content_of(subject.declared.content or {})
    pulled = subject.around.pulled_with.get(id(subject.declared), ())
    used = {key for _, image in pulled for key in matching_keys(content.keys, image)}
    faulty = {problem.key for problem in content.key_problems}
    has_icr = any(map(_is_of_icr, used))
    keys = [key for key in content.keys if key not in used | faulty and not (has_icr and _is_of_icr(key))]
    if used and keys:
        message = "matches none of the images that are pulled with it, while other entries do"
        yield Match(message=message, keys=tuple(keys), place=subject.place_of(*data_path(subject)))


def _is_of_icr(key: str) -> bool:
    return is_registry_host((index_key(key) or "").partition("/")[0])


def _nearest(keys: tuple[str, ...], images: Sequence[str]) -> str:
    """What is wrong with the key that was probably meant for one of the images; "" if no key was."""
    for image in images:
        try:
            found = near_misses(keys, parsed_reference(image))
        except InvalidReferenceError:
            continue
        if found:
            return f"; {shown_key(found[0].key)}: {found[0].sentence}"
    return ""


def _rejected(subject: CheckedDeclaration) -> Iterator[Match]:
    key = DATA_KEYS.get(subject.declared.type, "")
    content = subject.declared.content
    if key and content is not None and key not in mapping_at(content, "data"):
        message = f"has type {subject.declared.type} and no data[{key}], so the API server rejects it"
        yield Match(message=message, place=subject.place_of("type"))


def _wrong_type(subject: CheckedDeclaration) -> Iterator[Match]:
    """A secret that pods would use, of a type that is known and is not a pull secret's."""
    declared = subject.declared
    if subject.listed_by and declared.type and declared.type not in DATA_KEYS:
        by = f"; it is referenced by {listed(subject.listed_by)}"
        promised = f" (from {declared.promised_by})" if declared.promised_by else ""
        message = f"has type {printable(declared.type)}{promised}, which the kubelet ignores{by}"
        yield Match(message=message, place=subject.place_of())


def data_path(subject: CheckedDeclaration) -> tuple[str, str]:
    """The path of the content of a pull secret in its manifest."""
    key = DATA_KEYS.get(subject.declared.type, "")
    is_plain = key in mapping_at(subject.declared.item.content, "stringData")
    return ("stringData" if is_plain else "data", key)


MANIFEST_SECRET_RULES: tuple[Rule[CheckedDeclaration], ...] = (
    Rule(
        code="PS006",
        severity=Severity.WARNING,
        title="No entry of the secret matches an image",
        explanation=(
            "Workloads of the manifests list the secret, and none of its registry keys matches any of their images: "
            "they are pulled without credentials. A key matches if host and port are the same, and its path is the "
            "beginning of the image's name."
        ),
        condition=_matches_nothing,
        fix=no_fix,
        advice="correct the registry in the secret, or the images",
    ),
    Rule(
        code="PS013",
        severity=Severity.INFO,
        title="Entry of the secret matches no image",
        explanation=(
            "Other entries of the secret match images of the manifests, and this one matches none that are pulled with "
            "the secret. It may be for images elsewhere. The other regions of IBM Cloud Container Registry are not "
            "reported where one of them is used."
        ),
        condition=_unmatched_keys,
        fix=no_fix,
        advice="remove the entry if nothing else needs it, or correct it",
    ),
    Rule(
        code="PS007",
        severity=Severity.ERROR,
        title="The API server rejects the secret",
        explanation=(
            "A secret of type kubernetes.io/dockerconfigjson must have data[.dockerconfigjson], and one of type "
            "kubernetes.io/dockercfg data[.dockercfg]: Required value."
        ),
        condition=_rejected,
        fix=no_fix,
        advice="`create NAME --dry-run=client -o yaml` prints a complete manifest",
    ),
    Rule(
        code=_WRONG_TYPE.code,
        severity=_WRONG_TYPE.severity,
        title=_WRONG_TYPE.title,
        explanation=_WRONG_TYPE.explanation,
        condition=_wrong_type,
        fix=no_fix,
        advice="set the type kubernetes.io/dockerconfigjson in the manifest",
    ),
)
"""The rules for a secret among the other objects of manifests."""
