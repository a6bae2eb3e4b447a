"""What a rotation replaces, from the source and NAME-previous alone, and what it refuses: the whole table."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, made_up_password, registry_entry
from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.images.registry_credential import RegistryCredential, held_credentials
from pullsecret.model.objects.objects import mapping_at, merged, text_at
from pullsecret.model.objects.pullsecret import MANAGED, copied
from pullsecret.model.objects.sibling import UNDONE, as_previous
from pullsecret.model.owners.managed_secret import editor_of
from pullsecret.model.plan.credential_holders import Standing, holders_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.rotated_secret import changed_source, remembered
from pullsecret.model.plan.rotation import NewCredential, begun, remembered_rotation, undoing
from pullsecret.model.plan.rotation_stages import FIRST_WAVE, LARGEST_WAVE, RotationScope, rotation_plan
from pullsecret.model.request.targets import Selection, Targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.rotation import Rotation

PASSWORDS = {word: made_up_password() for word in ("old", "new", "else")}


def secret(host: str = "old", other: str = "", **change: object) -> Object:
    """A source whose entries for two registries have passwords by these words; no second entry for ""."""
    entries = {"reg.example": registry_entry("u", PASSWORDS[host])}
    if other:
        entries["two.example"] = registry_entry("u", PASSWORDS[other])
    found = docker_config_secret("x", entries, namespace="home", uid="1", resourceVersion="7")
    return merged(found, change)


def previous(host: str = "old", other: str = "", **change: object) -> Object:
    """The sibling of such a source, as the server sends it."""
    return merged(as_previous(secret(host, other)), {"metadata": {"uid": "2"}, **change})


def being_undone(found: Object, source: Object) -> Object:
    return merged(found, {"data": {UNDONE: text_at(source, "data", ".dockerconfigjson")}})


def start(source: Object, sibling: Object | None, password: str = "new", *registries: str) -> Rotation:  # noqa: S107
    return begun(source, sibling, NewCredential(password=PASSWORDS[password], registries=registries))


def credential(word: str) -> RegistryCredential:
    return RegistryCredential(username="u", password=PASSWORDS[word])


BEGUN = {
    "a new rotation": (secret(), None, ()),
    "only the sibling was created": (secret(), previous(), ()),
    "the source was changed, too": (secret("new"), previous(), ()),
    "two registries with the same credential": (secret("old", "old"), None, ()),
    "one of two credentials, by its registry": (secret("old", "else"), None, ("https://reg.example/v1/",)),
}


@pytest.mark.parametrize(("source", "sibling", "registries"), BEGUN.values(), ids=BEGUN)
def test_same_command_replaces_the_same_wherever_it_was_interrupted(
    source: Object, sibling: Object | None, registries: tuple[str, ...]
) -> None:
    rotation = start(source, sibling, "new", *registries)

    after = changed_source(source, rotation)
    assert (rotation.before, rotation.after) == (credential("old"), credential("new"))
    assert credential("new") in held_credentials(after)
    assert credential("old") not in held_credentials(after)
    assert held_credentials(remembered(sibling, rotation))[credential("old")] == rotation.hosts
    assert not any(password in repr(rotation) for password in PASSWORDS.values())


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "several credentials": (partial(start, secret("old", "else"), None), "has several credentials"),
    "a registry that is not there": (partial(start, secret(), None, "new", "no.example"), "no credentials for no.ex"),
    "no credentials": (
        partial(start, docker_config_secret("x", {}, namespace="home"), None),
        '"x" in namespace home has no',
    ),
    "immutable": (partial(start, secret(immutable=True), None), "is immutable; create one"),
    "no pull secret": (partial(start, secret(type="Opaque"), None), "is not a pull secret"),
    "a sibling": (partial(start, previous(), None), "is never rotated"),
    "a foreign secret in the sibling's place": (
        partial(start, secret(), previous(metadata={"labels": None})),
        "does not keep the previous secret/x",
    ),
    "the credential that is being replaced": (partial(start, secret("new"), previous(), "old"), "use --undo"),
    "a rotation that is being undone": (
        partial(start, secret(), being_undone(previous(), secret("new"))),
        "is being undone",
    ),
    "a name too long": (partial(start, secret(metadata={"name": "x" * 246}), None), "cannot be rotated: the name"),
    "nothing to undo": (partial(undoing, secret(), None), "there is no rotation"),
    "another rotation between reading and writing": (
        partial(changed_source, secret("else"), start(secret(), None)),
        "is being rotated to another credential",
    ),
    "a source recreated between reading and writing": (
        partial(changed_source, secret(metadata={"uid": "9"}), start(secret(), None)),
        "was recreated meanwhile",
    ),
    "a sibling of another rotation, created meanwhile": (
        partial(remembered, previous("else"), start(secret(), None)),
        "is being rotated to another credential",
    ),
    "a sibling deleted meanwhile": (partial(remembered, None, start(secret(), previous())), "was finished meanwhile"),
}


@pytest.mark.parametrize(("attempt", "message"), REFUSED.values(), ids=REFUSED)
def test_rotation_is_refused_with_its_reason(attempt: Callable[[], object], message: str) -> None:
    with pytest.raises(PullSecretError) as refusal:
        attempt()

    assert message in refusal.value.message
    assert not any(password in refusal.value.message for password in PASSWORDS.values())


UNDONE_FROM = {
    "a finished change": (secret("new"), previous()),
    "an undo that had begun": (secret("new"), being_undone(previous(), secret("new"))),
    "an undo that had changed the source": (secret("old"), being_undone(previous(), secret("new"))),
    "with another credential beside it": (secret("new", "else"), previous("old", "else")),
    "to a credential that the source has elsewhere, too": (secret("else", "else"), previous("old", "else")),
}


@pytest.mark.parametrize(("source", "sibling"), UNDONE_FROM.values(), ids=UNDONE_FROM)
def test_undo_knows_what_it_replaces_wherever_it_was_interrupted(source: Object, sibling: Object) -> None:
    rotation = undoing(source, sibling)

    assert rotation.after == credential("old")
    assert rotation.before in (credential("new"), credential("else"))
    assert rotation.hosts == {"reg.example"}
    assert UNDONE in json.dumps(remembered(sibling, rotation))
    assert held_credentials(changed_source(source, rotation))[credential("old")] == {"reg.example"}
    assert remembered_rotation(source, remembered(sibling, rotation)).after == credential("old")


def test_two_changed_credentials_are_told_apart_by_their_registry() -> None:
    source, sibling = secret("new", "new"), previous("old", "else")

    assert undoing(source, sibling, ["two.example"]).after == credential("else")
    with pytest.raises(RefusedError, match="has several credentials"):
        undoing(source, sibling)


def test_secret_that_a_person_edited_still_counts_as_edited_after_a_rotation() -> None:
    claim = {"operation": "Update", "time": "2026-11-01T10:00:00Z", "fieldsV1": {"f:data": {"f:.dockerconfigjson": {}}}}
    edited = secret(metadata={"labels": {MANAGED: "true"}, "managedFields": [{**claim, "manager": "kubectl-edit"}]})

    after = changed_source(edited, start(edited, None))

    written = merged(after, {"metadata": {"managedFields": [{**claim, "manager": "pullsecret"}]}})
    assert editor_of(edited) == editor_of(written) == "kubectl-edit"


def test_global_pull_secret_is_never_changed_even_where_its_namespace_is_named() -> None:
    key = ("openshift-config", "pull-secret")
    present = {key: merged(secret(), {"metadata": {"namespace": key[0], "name": key[1]}})}
    observed = ObservedNamespaces(selection=Selection(names=key[:1]), secrets=Observed(present=present))
    scope = RotationScope(targets=Targets(names=key[:1]), overwrite=True)
    rotation = start(secret(), None)

    assert rotation_plan([rotation], observed, scope).changed == ()
    (holder,) = holders_of(rotation.before, [rotation], present.values())
    assert holder.standing is Standing.GLOBAL


HELM = {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "app"}}
OTHER_SOURCE = {"metadata": {"namespace": "tools", "name": "y", "uid": "5"}}


def held_by(marks: Object | None = None, /, **change: object) -> Object:
    """A secret in `team` with the old credential."""
    found = merged(secret(), {"metadata": {"namespace": "team", "uid": "8", **(marks or {})}})
    return merged({**found, "apiVersion": "v1"}, change)


def marks_from(source: Object) -> Object:
    copy = copied({**secret(), **source}, "x", "team")
    return {key: mapping_at(copy, "metadata", key) for key in ("labels", "annotations")}


OPAQUE: dict[str, object] = {"type": "Opaque", "data": {"p": encoded(PASSWORDS["old"])}}
STANDINGS = {
    "a copy": (held_by(marks_from(secret())), Standing.COPY, "a copy"),
    "an immutable copy": (held_by(marks_from(secret()), immutable=True), Standing.COPY, "an immutable copy"),
    "marks with another uid": (
        held_by(marks_from(merged(secret(), {"metadata": {"uid": "guessed"}}))),
        Standing.UNPROVEN,
        "marked as a copy without a valid proof",
    ),
    "a copy of another": (held_by(marks_from(OTHER_SOURCE)), Standing.OTHER_COPY, "a copy of tools/y"),
    "by hand": (held_by(), Standing.UNMANAGED, "not a copy"),
    "owned": (held_by(HELM), Standing.OWNED, "owned by Helm release app"),
    "an Argo CD repository": (
        merged(held_by({"labels": {"argocd.argoproj.io/secret-type": "repository"}}), OPAQUE),
        Standing.ARGO_CD,
        "an Argo CD repository",
    ),
    "another type": (merged(held_by(), OPAQUE), Standing.OTHER_TYPE, "of type Opaque"),
}


@pytest.mark.parametrize(("holder", "standing", "reason"), STANDINGS.values(), ids=STANDINGS)
def test_holder_of_the_old_credential_is_told_by_what_it_is(holder: Object, standing: Standing, reason: str) -> None:
    rotation = start(secret(), None)

    (found,) = holders_of(rotation.before, [rotation], [holder])

    assert (found.standing, found.reason) == (standing, reason)
    assert holders_of(rotation.after, [rotation], [holder]) == ()


def test_waves_grow_and_begin_with_the_canary() -> None:
    names = tuple(f"n{number:04}" for number in range(FIRST_WAVE + 1 + 2 * LARGEST_WAVE))
    present = {(name, "x"): merged(secret(), {"metadata": {"namespace": name}}) for name in names}
    observed = ObservedNamespaces(selection=Selection(names=names), secrets=Observed(present=present))
    scope = RotationScope(targets=Targets(names=names), overwrite=True, canary=names[7])

    stages = rotation_plan([start(secret(), None)], observed, scope).stages

    sizes = [len(stage.plan.sequences) for stage in stages]
    assert sizes[:4] == [1, 1, FIRST_WAVE, FIRST_WAVE * 10]
    assert max(sizes) == LARGEST_WAVE
    assert sum(sizes) == len(names) + 1
    assert [steps[0].namespace for steps in stages[1].plan.sequences] == [names[7]]
    assert [change.name for change in stages[0].plan.sequences[0]] == ["x-previous", "x"]
