"""What is written to and deleted from a Code Engine project: the whole table, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.errors import PullSecretError, RefusedError, UsageError
from pullsecret.model.ibmcloud.code_engine import (
    MOST_SECRETS,
    Project,
    SecretUser,
    entry_of,
    is_automatic,
    name_problem,
    registry_secret_in,
    registry_word,
    secret_data,
)
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.objects.objects import mapping_at, name_of, text_at
from pullsecret.model.plan.change import GONE
from pullsecret.model.plan.project_secrets import Wish, deleting_plan, placing_plan, refused_wishes, wishes_for

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Change, Plan

PASSWORDS = {word: made_up_password() for word in ("old", "new")}
PROJECT = Project(id="4e49b3e0", name="shop", region="us-south")
AUTOMATIC = "ce-auto-icr-private-us-south"


def entry(word: str = "old", server: str = "us.icr.io", username: str = "iamapikey", email: str = "") -> RegistryEntry:
    return RegistryEntry(server=server, username=username, password=PASSWORDS[word], email=email)


def answer(name: str, held: RegistryEntry, by: str = "user") -> Object:
    """A registry secret as Code Engine sends it."""
    data = {"server": held.server, "username": held.username, "password": held.password, "email": held.email}
    return {"id": f"id-{name}", "name": name, "format": "registry", "entity_tag": "7", "generated_by": by, "data": data}


def project_with(*secrets: Object, others: int = 0, users: tuple[SecretUser, ...] = ()) -> ProjectSecrets:
    found = {name_of(secret): secret for secret in map(registry_secret_in, secrets)}
    formats = {f"other-{number}": "generic" for number in range(others)}
    return ProjectSecrets(project=PROJECT, registry=found, others=formats, users=users)


SHOP = project_with(
    answer("icr", entry()),
    answer(AUTOMATIC, entry(), by="system"),
    answer("renewed-by-ibm", entry(), by="system"),
    others=1,
)


def change_in(plan: Plan) -> Change:
    ((change,),) = plan.sequences
    return change


def placed(name: str, wanted: RegistryEntry, *, overwrite: bool = False) -> Object:
    change = change_in(placing_plan(SHOP, [Wish(name=name, entry=wanted)], overwrite=overwrite))
    if change.refusal:
        raise change.refusal
    return change.desired(change.current)


def test_secret_is_read_as_a_pull_secret_and_sent_back_as_it_was() -> None:
    content = answer("icr", entry(email="a@example.com"))
    secret = registry_secret_in(content)
    kept = {"provider": "other", **mapping_at(content, "data")}
    assert entry_of(secret) == entry(email="a@example.com")
    assert text_at(secret, "metadata", "resourceVersion") == "7"
    assert secret_data(secret, kept) == kept


@pytest.mark.parametrize(
    ("name", "wanted", "overwrite", "is_written"),
    [
        ("new", entry(), False, True),
        ("icr", entry(), False, False),
        ("icr", entry("new"), True, True),
        ("icr", entry(server="de.icr.io"), True, True),
        ("icr", entry(email="a@example.com"), True, True),
    ],
    ids=["new name", "equal", "other password", "other registry", "email"],
)
def test_secret_is_written_where_it_differs_and_that_is_allowed(
    name: str, wanted: RegistryEntry, *, overwrite: bool, is_written: bool
) -> None:
    desired = placed(name, wanted, overwrite=overwrite)
    assert entry_of(desired) == wanted
    assert (desired != SHOP.registry.get(name)) == is_written


REFUSED = {
    "other credentials": ("icr", entry("new"), False, "with other credentials; use --overwrite"),
    "another registry": ("icr", entry(server="de.icr.io"), False, "with credentials for us.icr.io; use --overwrite"),
    "the automatic name": (AUTOMATIC, entry("new"), True, "Code Engine's own"),
    "made by the system": ("renewed-by-ibm", entry("new"), True, "Code Engine's own"),
    "equal to the system's": ("renewed-by-ibm", entry(), True, "Code Engine's own"),
    "another format": ("other-0", entry(), True, "has the format generic and is not a registry secret"),
}


@pytest.mark.parametrize(("name", "wanted", "overwrite", "words"), REFUSED.values(), ids=REFUSED)
def test_existing_secret_is_left_alone(name: str, wanted: RegistryEntry, words: str, *, overwrite: bool) -> None:
    with pytest.raises(RefusedError) as refused:
        placed(name, wanted, overwrite=overwrite)
    assert words in refused.value.message
    (known,) = refused_wishes(SHOP, [Wish(name=name, entry=wanted)], overwrite=overwrite)
    assert known.message == refused.value.message


def test_project_takes_no_more_secrets_than_it_can_have() -> None:
    wishes = [Wish(name=f"icr-{number}", entry=entry()) for number in range(2)]
    placing_plan(project_with(others=MOST_SECRETS - 2), wishes, overwrite=False)
    full = project_with(answer("icr-0", entry()), others=MOST_SECRETS - 1)
    placing_plan(full, wishes[:1], overwrite=False)  # it is there already
    with pytest.raises(RefusedError, match="has 100 secrets and can have 100: 1 more do not fit"):
        placing_plan(full, wishes, overwrite=True)


def test_lost_registry_is_named_before_it_is_overwritten() -> None:
    plan = placing_plan(SHOP, [Wish(name="icr", entry=entry(server="de.icr.io"))], overwrite=True)
    assert plan.notes == ("warning: secret/icr in project shop no longer has credentials for us.icr.io",)


NAMES = {
    "icr": True,
    "0": True,
    "team.icr-1": True,
    "a" * 253: True,
    "a" * 254: False,
    "": False,
    "Icr": False,
    "icr_1": False,
    "-icr": False,
    "icr.": False,
    "icr\n": False,
    AUTOMATIC: False,
    "ce-auto-private-icr-eu-de": False,
    "ce-auto-icr": True,
}


@pytest.mark.parametrize(("name", "is_valid"), NAMES.items())
def test_name_keeps_the_rules_of_code_engine(name: str, *, is_valid: bool) -> None:
    assert (not name_problem(name)) == is_valid


@pytest.mark.parametrize(
    ("server", "word"),
    [
        ("us.icr.io", "us.icr.io"),
        ("https://index.docker.io/v1/", "index.docker.io"),
        ("registry.example.com:5000/team", "registry.example.com-5000-team"),
        ("*.Example.com", "example.com"),
    ],
)
def test_registry_becomes_a_part_of_a_name(server: str, word: str) -> None:
    assert registry_word(server) == word


def test_each_registry_gets_a_secret_of_its_own() -> None:
    two = [entry(), entry(server="icr.io")]
    assert [wish.name for wish in wishes_for("{name}-{registry}", two, {"name": "all"})] == [
        "all-us.icr.io",
        "all-icr.io",
    ]
    assert [wish.name for wish in wishes_for("icr", two[:1], {})] == ["icr"]


@pytest.mark.parametrize(
    ("template", "servers", "words"),
    [
        ("icr", ("us.icr.io", "icr.io"), "there are 2 registries, and a secret of Code Engine has one"),
        ("{registry}", ("a.example/x", "a.example:x"), "2 secrets would be called a.example-x"),
        ("{region}", ("us.icr.io",), "unknown placeholder {region}; supported here: {registry}"),
        ("ICR", ("us.icr.io",), "must consist of lowercase letters"),
    ],
)
def test_names_that_cannot_be_are_refused(template: str, servers: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        wishes_for(template, [entry(server=server) for server in servers], {})
    assert words in refused.value.message


USERS = (
    SecretUser(kind="app", name="web", uses="icr"),
    SecretUser(kind="job", name="nightly", uses="icr"),
)


def deleted(seen: ProjectSecrets, name: str, *, in_use: bool = False) -> Object:
    change = change_in(deleting_plan(seen, [name], in_use=in_use))
    if change.refusal:
        raise change.refusal
    return change.desired(change.current)


def test_secret_that_nothing_uses_is_deleted() -> None:
    assert deleted(SHOP, "icr") == GONE
    assert deleted(project_with(answer("icr", entry()), users=USERS), "icr", in_use=True) == GONE
    assert deleting_plan(SHOP, ["gone"], ignore_not_found=True).sequences == ()


@pytest.mark.parametrize(
    ("seen", "name", "words"),
    [
        (SHOP, AUTOMATIC, "Code Engine's own"),
        (SHOP, "renewed-by-ibm", "Code Engine's own"),
        (SHOP, "other-0", "is not a registry secret"),
        (SHOP, "gone", 'secrets "gone" not found in project shop'),
        (project_with(answer("icr", entry()), users=USERS), "icr", "is used by app/web, job/nightly; use --in-use"),
        (
            ProjectSecrets(project=PROJECT, registry=SHOP.registry, unread_users=("jobs",)),
            "icr",
            "may be in use: not allowed to list jobs",
        ),
    ],
)
def test_secret_is_not_deleted(seen: ProjectSecrets, name: str, words: str) -> None:
    with pytest.raises(PullSecretError) as refused:
        deleted(seen, name)
    assert words in refused.value.message


def test_secret_that_was_changed_meanwhile_is_not_deleted() -> None:
    change = change_in(deleting_plan(SHOP, ["icr"]))
    with pytest.raises(RefusedError, match="was changed meanwhile"):
        change.desired(registry_secret_in(answer("icr", entry("new"))))
    assert change.desired(None) == GONE


def test_holders_of_a_key_are_found_by_its_value() -> None:
    assert SHOP.holders_of(PASSWORDS["new"]) == ()
    assert SHOP.holders_of(PASSWORDS["old"]) == ("icr", AUTOMATIC, "renewed-by-ibm")
    assert is_automatic(SHOP.registry[AUTOMATIC])
