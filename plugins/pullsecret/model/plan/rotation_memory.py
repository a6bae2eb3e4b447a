"""What NAME-previous keeps beside the old data of a source, so that an interrupted run goes on from any point.

A key that a run has made exists nowhere else until a secret has it: NAME-previous has it before the source does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import RegistryCredential, credential_of, held_credentials
from pullsecret.model.objects.objects import Object, mapping_at, merged, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON, IBM_API_KEY, IBM_SERVICE_ID
from pullsecret.model.objects.sibling import NEXT, UNDONE, as_previous, is_previous

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FINISHING: Final = "kubectl-pullsecret/finishing"
"""The annotation of NAME-previous while its key is disabled or deleted: from then on there is no way back."""


def new_memory(source: Object) -> Object:
    """The sibling as it is created for a source, with the annotations that name the source's API key."""
    memory = as_previous(source)
    marks = marks_in(source)
    return merged(memory, {"metadata": {"annotations": marks}}) if marks else memory


def marks_in(secret: Object) -> Mapping[str, str]:
    """The annotations that name an API key and its service ID, as they are; they prove nothing."""
    there = mapping_at(secret, "metadata", "annotations")
    return {key: text_at(there, key) for key in (IBM_API_KEY, IBM_SERVICE_ID) if text_at(there, key)}


def is_finishing(memory: Object) -> bool:
    """Whether the end of a rotation has begun, with the old key."""
    return FINISHING in mapping_at(memory, "metadata", "annotations")


def check_memory(memory: Object, source: Object) -> None:
    """Refuse a secret that has the name of a source's sibling, and is none.

    Raises:
        RefusedError: it is not ours, or not of the source's type.
    """
    if not is_previous(memory) or text_at(memory, "type") != text_at(source, "type"):
        raise RefusedError(
            f'secrets "{name_of(memory)}" already exists in namespace {namespace_of(memory)} and does not keep the '
            f"previous secret/{name_of(source)}, which cannot be rotated without that name"
        )


def check_not_finishing(memory: Object, source: Object) -> None:
    """Refuse to go back to a key that may be disabled or deleted already.

    Raises:
        RefusedError: the end of the rotation has begun.
    """
    if is_finishing(memory):
        raise RefusedError(
            f"the rotation of secret/{name_of(source)} in namespace {namespace_of(source)} is being finished, and its "
            "old key may be disabled or deleted already; run that command again"
        )


def undone_source(source: Object, previous: Object) -> Object:
    """The source as an undo found it, which NAME-previous remembers from then on; the source itself before that."""
    text = text_at(previous, "data", UNDONE)
    return {**source, "data": {data_key(source): text}} if text else source


def next_entries(previous: Object) -> Object:
    """The entries with the new key that a run was about to write, as a secret of their own; empty if there are none."""
    text = text_at(previous, "data", NEXT)
    return {"type": DOCKER_CONFIG_JSON, "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: text}} if text else {}


def held_by_both(source: Object, previous: Object) -> Iterator[tuple[RegistryCredential, RegistryCredential]]:
    """The credentials that the previous secret and the source have for the same server key."""
    now = {entry.server: credential_of(entry) for entry in registries_of(source).entries}
    for entry in registries_of(previous).entries:
        if entry.has_password and entry.server in now:
            yield credential_of(entry), now[entry.server]


def has_next(previous: Object) -> bool:
    """Whether a run was about to write a key that it had made."""
    return bool(text_at(previous, "data", NEXT))


def has_unwritten_next(memory: Object, source: Object) -> bool:
    """Whether NAME-previous has a new key that the source does not have, nor had when it was changed back."""
    held = {*held_credentials(source), *held_credentials(undone_source(source, memory))}
    return has_next(memory) and not held_credentials(next_entries(memory)).keys() <= held


def check_next(memory: Object, source: Object, after: RegistryCredential) -> None:
    """Refuse a rotation to another credential than the key that a run was about to write.

    Raises:
        RefusedError: it is another one.
    """
    entries = registries_of(next_entries(memory)).entries if has_next(memory) else ()
    if any(credential_of(entry) != after for entry in entries):
        raise RefusedError(other_rotation(source))


def data_key(secret: Object) -> str:
    """The data key of a pull secret's type."""
    return DATA_KEYS.get(text_at(secret, "type"), "")


def other_rotation(source: Object) -> str:
    """Why a rotation is refused while another one has begun, and what to do."""
    return (
        f'secrets "{name_of(source)}" in namespace {namespace_of(source)} is being rotated to another credential, or '
        "that was not finished; run that command again, or use --status, --undo or --finish"
    )
