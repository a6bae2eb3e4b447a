"""What is wrong with the objects of manifests, in the order in which they are in the files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.declared_holders import CheckedDeclaration, Surroundings
from pullsecret.model.check.manifest_image_rules import MANIFEST_IMAGE_RULES
from pullsecret.model.check.manifest_list_rules import MANIFEST_LIST_RULES
from pullsecret.model.check.manifest_secret_rules import MANIFEST_SECRET_RULES, data_path
from pullsecret.model.check.manifest_shape_rules import MANIFEST_SHAPE_RULES
from pullsecret.model.check.rule import AnyRule, CheckedObject, Finding, findings_of
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.objects.objects import mapping_at
from pullsecret.model.objects.pullsecret import DATA_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.declared_holders import CheckedHolder
    from pullsecret.model.declared.declared import Declared
    from pullsecret.model.declared.declared_parts import DeclaredSecret

FILE_ADVICE: Final = "correct the entry in the file"

HOLDER_RULES = (*MANIFEST_SHAPE_RULES, *MANIFEST_LIST_RULES, *MANIFEST_IMAGE_RULES)

MANIFEST_RULES: tuple[AnyRule, ...] = (*MANIFEST_SECRET_RULES, *HOLDER_RULES)
"""The rules for objects of manifests among each other; those for a secret alone are SECRET_RULES."""


def manifest_findings(declared: Declared, around: Surroundings) -> Iterator[Finding]:
    """The findings of each object."""
    order = {id(item): position for position, item in enumerate(declared.objects)}
    found = [
        *((order[id(one.item)], finding) for one in around.parts.secrets for finding in _of_secret(one, around)),
        *((order[id(one.item)], finding) for one in around.holders for finding in _of_holder(one)),
    ]
    yield from (finding for _, finding in sorted(found, key=lambda pair: pair[0]))


def declared_objects(around: Surroundings) -> Iterator[CheckedObject]:
    """The objects that findings can be about, those without any included."""
    for one in around.parts.secrets:
        yield CheckedObject(namespace=one.namespace or "", subject=f"secret/{one.name}", place=one.item.place)
    for holder in around.holders:
        yield CheckedObject(namespace=holder.namespace, subject=holder.subject, place=holder.item.place)


def _of_holder(holder: CheckedHolder) -> Iterator[Finding]:
    return findings_of(HOLDER_RULES, holder)


def _of_secret(declared: DeclaredSecret, around: Surroundings) -> Iterator[Finding]:
    subject = CheckedDeclaration(declared=declared, around=around)
    if declared.content is not None and DATA_KEYS.get(declared.type) in mapping_at(declared.content, "data"):
        images = around.images.get(subject.namespace, ())
        circumstances = Circumstances(now=around.now, images=images, needs_private=around.needs_private)
        checked = CheckedSecret(secret=declared.content, circumstances=circumstances, file="-")
        for finding in secret_findings(checked):
            yield in_file(replace(finding, place=subject.place_of(*data_path(subject))))
    yield from findings_of(MANIFEST_SECRET_RULES, subject)


def in_file(finding: Finding) -> Finding:
    """The finding with words for a file, where no command fixes it."""
    return finding if finding.fix else replace(finding, advice=FILE_ADVICE)
