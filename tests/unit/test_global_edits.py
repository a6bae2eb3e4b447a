"""Which changes of a global pull secret are refused, and what the others are said to be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from hostile_names import HOSTILE
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.go.printable import is_printable
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded, registries_of
from pullsecret.model.images.edited_entries import EntryEdits
from pullsecret.model.images.registry_credential import RegistryCredential
from pullsecret.model.objects.objects import Object, merged
from pullsecret.model.objects.pullsecret import built, in_namespace
from pullsecret.model.openshift.global_edits import required_place
from pullsecret.model.openshift.global_secrets import ADDITIONAL_PULL_SECRET, GLOBAL_PULL_SECRET, REQUIRED_HOSTS
from pullsecret.model.openshift.topology import TopologyFacts
from pullsecret.model.plan.entry_edits import absent_notes
from pullsecret.model.plan.global_rotation import GlobalRotation, chosen_entries
from pullsecret.model.plan.global_secret import EVERY_POD, NO_POD, GlobalTarget, edited_global, editing, global_plan

if TYPE_CHECKING:
    from collections.abc import Sequence


def entry(server: str, username: str = "u", word: str = "p") -> RegistryEntry:
    return RegistryEntry(server=server, username=username, password=word)


RED_HAT = tuple(entry(host, "red-hat", host) for host in REQUIRED_HOSTS)


def secret(*entries: RegistryEntry, key: tuple[str, str] = GLOBAL_PULL_SECRET, **fields: object) -> Object:
    """A global pull secret as the installer leaves it: without marks."""
    made = in_namespace(built(key[1], encoded(entries)), key[0])
    return {**merged(made, {"metadata": {"labels": None}}), **fields}


QUAY = (
    *("quay.io", "https://quay.io", "QUAY.IO:443", "quay.io/", "http://quay.io/v2/", "//quay.io", "quay.io."),
    *("me@quay.io", "quay.io?x", "quay.io/v1", " quay.io", "HTTPS://Quay.io//", "*.io", "q*.io", "https://*.io/"),
)
OURS = {
    **dict.fromkeys(QUAY, "quay.io"),
    **{host: host for host in REQUIRED_HOSTS},
    "registry.redhat.io:80": "registry.redhat.io",
    "*.redhat.io": "registry.redhat.io",
    "quay.io/openshift-release-dev": "quay.io/openshift-release-dev",
    "*.io/openshift-release-dev": "quay.io/openshift-release-dev",
    "https://quay.io/v2/openshift-release-dev/ocp-release": "quay.io/openshift-release-dev",
}
OTHERS = (
    "quay.io/acme",
    "https://quay.io/acme",
    "quay.io/openshift-release",
    "quay.io/openshift-release-dev2",
    "quay.io:5000",
    "quay.io.example.com",
    "my.quay.io",
    "registry.redhat.io/acme",
    "*.example.com",
    "*.icr.io",
    "us.icr.io",
    "not a key",
    "",
)


@pytest.mark.parametrize("key", OURS)
def test_key_that_means_a_host_of_red_hats(key: str) -> None:
    assert required_place(key) == OURS[key]


@pytest.mark.parametrize("key", OTHERS)
def test_key_that_means_another_place(key: str) -> None:
    assert required_place(key) == ""


@pytest.mark.parametrize("key", OURS)
def test_red_hats_entries_are_never_changed(key: str) -> None:
    """Neither by a new entry nor by removing one, in whatever spelling it is there."""
    reason = "cannot be changed or removed: the cluster needs the one for"
    spelled = secret(*RED_HAT, entry(key, "other"))
    for current in (secret(*RED_HAT, entry("us.icr.io")), spelled):
        with pytest.raises(RefusedError, match=reason):
            edited(current, EntryEdits(added=(entry(key, "mine", "x"),)))
    with pytest.raises(RefusedError, match=reason):
        edited(spelled, EntryEdits(removed=(key,)))


@pytest.mark.parametrize("host", REQUIRED_HOSTS)
def test_red_hats_entry_that_is_the_same_is_no_change(host: str) -> None:
    current = secret(*RED_HAT)
    assert edited(current, EntryEdits(added=(entry(host, "red-hat", host),))) is current


def test_entry_is_added_without_a_mark() -> None:
    """The secret belongs to the cluster: only its data changes."""
    current = secret(*RED_HAT, metadata={"name": "pull-secret", "namespace": "openshift-config", "uid": "1"})
    after = edited(current, EntryEdits(added=(entry("us.icr.io"),)))
    assert {**after, "data": {}} == {**current, "data": {}}
    assert registries_of(after).servers == (*registries_of(current).servers, "us.icr.io")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another type": ({"type": "Opaque"}, "has type Opaque; --global changes kubernetes.io/dockerconfigjson only"),
    "legacy type": ({"type": "kubernetes.io/dockercfg"}, "has type kubernetes.io/dockercfg"),
    "immutable": ({"immutable": True}, "is immutable, and --global recreates nothing"),
    "deleted": (
        {
            "metadata": {
                "name": "pull-secret",
                "namespace": "openshift-config",
                "deletionTimestamp": "2026-11-28T00:00:00Z",
            }
        },
        "is being deleted",
    ),
    "malformed": ({"data": {".dockerconfigjson": "e30gIA="}}, "is malformed"),
    "owned": (
        {
            "metadata": {
                "name": "pull-secret",
                "namespace": "openshift-config",
                "labels": {"app.kubernetes.io/instance": "cluster", "argocd.argoproj.io/instance": "cluster"},
                "annotations": {"argocd.argoproj.io/tracking-id": "cluster:/Secret:openshift-config/pull-secret"},
            }
        },
        "is owned by Argo CD application",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_secret_that_may_not_be_written_is_refused(name: str) -> None:
    fields, reason = REFUSED[name]
    with pytest.raises(RefusedError, match=reason):
        edited(secret(*RED_HAT, **fields), EntryEdits(added=(entry("us.icr.io"),)))


def test_owned_secret_is_written_only_by_force() -> None:
    current = secret(*RED_HAT, **REFUSED["owned"][0])
    edit = editing(EntryEdits(added=(entry("us.icr.io"),)))
    with pytest.raises(RefusedError, match="or use --force-conflicts to write it anyway"):
        edited_global(current, place=GLOBAL_PULL_SECRET, edit=edit, original=None, is_forced=False)
    found = global_plan(target(current), edit, is_forced=True)
    assert [change.line for change in found.changes] == ["+ us.icr.io (username u)"]
    assert found.plan.notes[0].startswith("warning: secret/pull-secret is owned by Argo CD application")


def test_missing_secret_is_created_only_where_users_create_it() -> None:
    edit = editing(EntryEdits(added=(entry("us.icr.io"),)))
    with pytest.raises(NotFoundError, match='secrets "pull-secret" not found in namespace openshift-config'):
        edited_global(None, place=GLOBAL_PULL_SECRET, edit=edit, original=None)
    made = edited_global(None, place=ADDITIONAL_PULL_SECRET, edit=edit, original=secret(*RED_HAT))
    assert registries_of(made).servers == ("us.icr.io",)
    with pytest.raises(NotFoundError):
        edited_global(None, place=ADDITIONAL_PULL_SECRET, edit=editing(EntryEdits(removed=("a.io",))), original=None)


def test_entry_that_the_original_has_would_have_no_effect() -> None:
    """It is refused with the advice of a path, which is written."""
    original = secret(*RED_HAT, entry("https://us.icr.io"), key=("kube-system", "original-pull-secret"))
    write = partial(edited_global, None, place=ADDITIONAL_PULL_SECRET, original=original)
    with pytest.raises(RefusedError, match="would have no effect: secret/original-pull-secret has one for") as refused:
        write(edit=editing(EntryEdits(added=(entry("us.icr.io"),))))
    assert refused.value.hint.endswith("--registry us.icr.io/ORGANIZATION")
    made = write(edit=editing(EntryEdits(added=(entry("us.icr.io/acme"),))))
    assert registries_of(made).servers == ("us.icr.io/acme",)


def test_entry_that_has_no_effect_is_removed_even_for_a_host_of_red_hats() -> None:
    """In a hosted control plane, the nodes have the original's entry; one that the original lacks is not touched."""
    current = secret(entry("quay.io"), entry("registry.redhat.io"), entry("us.icr.io"), key=ADDITIONAL_PULL_SECRET)
    original = secret(RED_HAT[1], key=("kube-system", "original-pull-secret"))
    write = partial(edited_global, current, place=ADDITIONAL_PULL_SECRET, original=original)
    after = write(edit=editing(EntryEdits(removed=("quay.io",))))
    assert set(registries_of(after).servers) == {"registry.redhat.io", "us.icr.io"}
    with pytest.raises(RefusedError, match=r"the entry for registry\.redhat\.io in secret/additional"):
        write(edit=editing(EntryEdits(removed=("registry.redhat.io",))))


def test_last_entry_stays() -> None:
    """The operator of a hosted control plane fails on a secret without entries (hypershift: globalps.go)."""
    current = secret(entry("us.icr.io"), key=ADDITIONAL_PULL_SECRET)
    edit = editing(EntryEdits(removed=("us.icr.io",)))
    with pytest.raises(RefusedError, match="would have no entries left"):
        edited_global(current, place=ADDITIONAL_PULL_SECRET, edit=edit, original=None)


def test_plan_tells_what_changes_without_passwords() -> None:
    current = secret(*RED_HAT, entry("a.io"), entry("b.io"), entry("c.io"))
    added = (
        entry("a.io", word="q"),
        entry("b.io", "v"),
        entry("d.io", "token", "token"),
        entry("registry.redhat.io/x"),
    )
    found = global_plan(target(current), editing(EntryEdits(added=added, removed=("c.io",))), ["note: x"])
    assert [change.line for change in found.changes] == [
        "~ a.io (username u, another password)",
        "~ b.io (username v instead of u)",
        "+ d.io (username <hidden>)",
        "+ registry.redhat.io/x (username u)",
        "- c.io (username u)",
    ]
    assert found.added == ("a.io", "b.io", "d.io", "registry.redhat.io/x")
    assert found.meaning == (EVERY_POD, NO_POD)
    assert found.plan.notes == (
        "note: x",
        "warning: for images below registry.redhat.io/x, this entry comes before that of registry.redhat.io",
    )


def test_plan_that_is_refused_changes_nothing() -> None:
    found = global_plan(target(secret(*RED_HAT)), editing(EntryEdits(removed=("quay.io",))))
    assert not found.changes
    assert not found.meaning


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_keys_and_usernames_stay_on_their_line(text: str) -> None:
    """The lines that are shown before the question, and those of refusals, cannot be forged by what is in a secret."""
    there = entry(f"{text}.example.com", text)
    found = global_plan(target(secret(*RED_HAT, there)), editing(EntryEdits(removed=(there.server,))))
    assert all(is_printable(line) for line in (*(change.line for change in found.changes), *found.plan.notes))
    assert len(found.changes) == 1
    notes = absent_notes([secret(entry(f"a.io/{text}"))], ["a.io", text])
    assert all(is_printable(line) for line in notes)


SHARED = (*RED_HAT, entry("quay.io/acme", "robot", "1"), entry("a.io", "robot", "1"), entry("b.io", "robot", "2"))


def test_rotation_replaces_one_credential_wherever_it_is() -> None:
    current = secret(*SHARED, entry("registry.redhat.io/a", "robot", "1"))
    credential, servers, notes = chosen_entries(current, GLOBAL_PULL_SECRET, ("quay.io/acme",))
    assert credential.username == "robot"
    assert servers == {"quay.io/acme", "a.io", "registry.redhat.io/a"}
    assert notes == ()
    after = rotated(current, credential, servers)
    assert {server for server, word in pairs(after) if word == "new"} == servers
    assert dict(pairs(after))["b.io"] == "2"


def test_rotation_leaves_red_hats_entries_and_says_so() -> None:
    current = secret(*SHARED, entry("https://quay.io", "robot", "1"))
    credential, servers, notes = chosen_entries(current, GLOBAL_PULL_SECRET, ("a.io",))
    assert notes == ("warning: the entry for https://quay.io has the same credential and is never changed",)
    after = rotated(current, credential, servers)
    assert dict(pairs(after))["https://quay.io"] == "1"


NOT_CHOSEN = {
    ("quay.io",): "the entry for quay.io in secret/pull-secret in namespace openshift-config cannot be changed",
    ("https://registry.redhat.io/",): "the entry for registry.redhat.io in secret",
    ("c.io",): "has no credentials for c.io",
    ("a.io", "c.io"): "has no credentials for c.io",
    ("a.io", "b.io"): r"has several credentials there \(a.io: robot, b.io: robot\)",
}


@pytest.mark.parametrize("registries", NOT_CHOSEN)
def test_rotation_needs_one_credential(registries: Sequence[str]) -> None:
    with pytest.raises(RefusedError, match=NOT_CHOSEN[tuple(registries)]):
        chosen_entries(secret(*SHARED), GLOBAL_PULL_SECRET, registries)


def test_rotation_of_what_was_changed_meanwhile_is_refused() -> None:
    credential, servers, _ = chosen_entries(secret(*SHARED), GLOBAL_PULL_SECRET, ("b.io",))
    with pytest.raises(RefusedError, match="was changed meanwhile; run the command again"):
        rotated(secret(*RED_HAT, entry("b.io", "other", "3")), credential, servers)


def rotated(current: Object, credential: RegistryCredential, servers: frozenset[str]) -> Object:
    after = RegistryCredential(username=credential.username, password="new")  # noqa: S106
    return GlobalRotation(before=credential, after=after, servers=servers).applied_to(current)


def pairs(item: Object) -> list[tuple[str, str]]:
    return [(found.server, found.password) for found in registries_of(item).entries]


def edited(current: Object, edits: EntryEdits) -> Object:
    return edited_global(current, place=GLOBAL_PULL_SECRET, edit=editing(edits), original=None)


def target(current: Object) -> GlobalTarget:
    return GlobalTarget(facts=TopologyFacts(is_openshift=True), place=GLOBAL_PULL_SECRET, current=current)
