"""Which secrets of a Code Engine project get a new credential, by rotate and by sync: the whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, made_up_password, registry_entry
from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.ibmcloud.code_engine import Project, entry_of, registry_secret_in
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
from pullsecret.model.objects.objects import Kind, merged, text_at
from pullsecret.model.objects.sibling import UNDONE, as_previous
from pullsecret.model.plan.project_rotation import ProjectRotation, project_rotation, still_holding
from pullsecret.model.plan.project_sync import SyncSource, sync_plan

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Change

PASSWORDS = {word: made_up_password() for word in ("old", "new", "else")}
PROJECT = Project(id="4e49b3e0", name="shop", region="us-south")


def held(name: str, word: str, server: str = "us.icr.io", username: str = "iamapikey") -> Object:
    data = {"server": server, "username": username, "password": PASSWORDS[word]}
    return registry_secret_in({"name": name, "format": "registry", "entity_tag": "1", "data": data})


def project_with(**secrets: Object) -> ProjectSecrets:
    return ProjectSecrets(project=PROJECT, registry={text_at(one, "metadata", "name"): one for one in secrets.values()})


SHOP = project_with(
    us=held("us", "old"),
    de=held("de", "old", "de.icr.io"),
    us_again=held("us-again", "old"),
    hub=held("hub", "old", "https://index.docker.io/v1/"),
    other_user=held("other-user", "old", username="someone"),
    other_key=held("other-key", "else"),
    automatic=held("ce-auto-icr-private-us-south", "old"),
)


def rotation(*names: str, seen: ProjectSecrets = SHOP, word: str = "new", username: str = "") -> ProjectRotation:
    return project_rotation(seen, names, password=PASSWORDS[word], username=username)


def password_after(change: Change, current: Object | None = None) -> str:
    return entry_of(change.desired(current or change.current)).password


def test_every_secret_with_the_old_credential_changes_and_the_named_one_last() -> None:
    planned = rotation("us")
    assert planned.changed == ("de", "us-again", "us")
    assert planned.unnamed == ("de", "us-again")
    ((*others, named),) = planned.plan.sequences
    assert named.needs == {(Kind.SECRET, "de"), (Kind.SECRET, "us-again")}
    assert all(password_after(change) == PASSWORDS["new"] for change in (*others, named))
    assert [note for note in planned.plan.notes if "secret/hub" in note and "another registry" in note]
    assert entry_of(others[0].desired(others[0].current)).server == "de.icr.io"


def test_two_named_credentials_are_replaced_by_one() -> None:
    planned = rotation("us", "other-key", "hub")
    assert [each.named for each in planned.replacements] == [("us", "hub"), ("other-key",)]
    assert set(planned.changed) == {"us", "de", "us-again", "hub", "other-key"}
    assert not planned.plan.notes


def test_interrupted_run_goes_on() -> None:
    half = project_with(us=held("us", "old"), de=held("de", "new", "de.icr.io"), us_again=held("us-again", "old"))
    assert rotation("us", seen=half).changed == ("us-again", "us")
    whole = project_with(us=held("us", "new"), de=held("de", "new", "de.icr.io"))
    assert rotation("us", seen=whole).changed == ()
    assert rotation("us", seen=whole).done == ("us",)


def test_new_username_is_written_and_different_ones_are_not_mixed() -> None:
    changed = rotation("us", "other-user", username="robot")
    assert {entry_of(new).username for _, new in changed.parts()} == {"robot"}
    with pytest.raises(RefusedError, match="different usernames"):
        rotation("us", "other-user")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone", 'secrets "gone" not found in project shop'),
        ("ce-auto-icr-private-us-south", "Code Engine's own"),
    ],
)
def test_secret_that_cannot_be_rotated_is_refused_before_anything(name: str, words: str) -> None:
    with pytest.raises(PullSecretError) as refused:
        rotation(name)
    assert words in refused.value.message


def test_secret_that_changes_meanwhile_is_judged_again() -> None:
    ((change, *_),) = rotation("us").plan.sequences
    assert change.desired(held("de", "new", "de.icr.io")) == held("de", "new", "de.icr.io")
    with pytest.raises(RefusedError, match="another credential meanwhile"):
        change.desired(held("de", "else", "de.icr.io"))
    with pytest.raises(PullSecretError, match="not found"):
        change.desired(None)


def test_what_still_holds_the_old_credential_is_told() -> None:
    assert still_holding(SHOP, rotation("us")) == ("us", "de", "us-again", "hub", "ce-auto-icr-private-us-south")


def source(name: str, word: str, before: str = "", undone: str = "") -> SyncSource:
    """A pull secret for us.icr.io, and the one that keeps its previous credential."""

    def at(password: str) -> Object:
        return docker_config_secret(
            name, {"us.icr.io": registry_entry("iamapikey", PASSWORDS[password])}, namespace="default", uid="1"
        )

    previous = as_previous(at(before)) if before else None
    if previous is not None and undone:
        previous = merged(previous, {"data": {UNDONE: text_at(at(undone), "data", ".dockerconfigjson")}})
    return SyncSource(secret=at(word), previous=previous)


SYNCED = {
    "a copy from before the rotation": (held("a", "old"), [source("x", "new", "old")], "new", ""),
    "a copy from before the undo": (held("a", "new"), [source("x", "old", "old", "new")], "old", ""),
    "a copy that is up to date": (held("a", "new"), [source("x", "new", "old")], "new", ""),
    "a copy of one and the past of another": (
        held("a", "old"),
        [source("x", "new", "old"), source("y", "old")],
        "old",
        "",
    ),
    "another registry": (held("a", "old", "de.icr.io"), [source("x", "new", "old")], None, "is known to be a copy"),
    "another username": (held("a", "old", username="b"), [source("x", "new", "old")], None, "is known to be a copy"),
    "a namesake": (
        held("x", "else"),
        [source("x", "new", "old")],
        None,
        "it differs from secret/x in namespace default",
    ),
    "no record of the past": (held("x", "old"), [source("x", "new")], None, "whether it is a copy is not known"),
    "two different futures": (
        held("a", "old"),
        [source("x", "new", "old"), source("y", "else", "old")],
        None,
        "which have different credentials now",
    ),
    "Code Engine's own": (held("ce-auto-icr-private-x", "old"), [source("x", "new", "old")], None, "is known to be"),
}


@pytest.mark.parametrize(("secret", "sources", "word", "note"), SYNCED.values(), ids=SYNCED)
def test_copy_is_known_by_its_value_and_nothing_else_is_written(
    secret: Object, sources: list[SyncSource], word: str | None, note: str
) -> None:
    plan = sync_plan(project_with(one=secret), (), sources)
    assert bool(note) == bool(plan.notes)
    assert note in "".join(plan.notes)
    assert [password_after(change) for (change,) in plan.sequences] == ([PASSWORDS[word]] if word else [])


def test_only_secrets_that_are_asked_for_are_synced() -> None:
    seen = project_with(a=held("a", "old"), b=held("b", "old"))
    sources = [source("x", "new", "old")]
    assert [change.name for (change,) in sync_plan(seen, ("b*",), sources).sequences] == ["b"]
    with pytest.raises(PullSecretError, match='"c" not found in project shop'):
        sync_plan(seen, ("c",), sources)
    ((change,),) = sync_plan(seen, ("a",), sources).sequences
    with pytest.raises(RefusedError, match="was changed meanwhile"):
        change.desired(held("a", "else"))
