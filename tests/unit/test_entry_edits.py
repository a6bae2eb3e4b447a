"""What a secret says of itself after entries of it were changed."""

from __future__ import annotations

from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.images.edited_entries import EntryEdits
from pullsecret.model.objects.objects import Object, mapping_at, merged
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID, ReplacePolicy, built, in_namespace
from pullsecret.model.plan.existing_secret import NewSecret, placed, write_consequences

MARKS = {IBM_API_KEY: "ApiKey-1", IBM_SERVICE_ID: "ServiceId-1"}


def entry(server: str, word: str = "p") -> RegistryEntry:
    return RegistryEntry(server=server, username="iamapikey", password=word)


def secret(*entries: RegistryEntry) -> Object:
    return in_namespace(built("x", encoded(entries)), "team")


def edited(current: Object, edits: EntryEdits) -> Object:
    return placed(current, NewSecret(secret=secret(*edits.added), edits=edits), ReplacePolicy())


def marks_of(item: Object) -> Object:
    return {key: value for key, value in mapping_at(item, "metadata", "annotations").items() if value is not None}


def test_marks_of_an_api_key_stay_while_the_secret_has_it() -> None:
    """A later run of `create --service-id` finds its key by them, and makes no second one."""
    current = merged(secret(entry("us.icr.io"), entry("de.icr.io")), {"metadata": {"annotations": MARKS}})
    assert marks_of(edited(current, EntryEdits(added=(entry("r.example", "q"),)))) == MARKS
    assert marks_of(edited(current, EntryEdits(removed=("us.icr.io",)))) == MARKS
    replaced = EntryEdits(added=(entry("us.icr.io", "q"), entry("de.icr.io", "q")))
    assert marks_of(edited(current, replaced)) == {}


def test_what_is_removed_on_purpose_is_no_consequence() -> None:
    current = secret(entry("us.icr.io"), entry("de.icr.io"))
    edits = EntryEdits(removed=("us.icr.io",))
    assert write_consequences(current, NewSecret(secret=secret(), edits=edits)) == ()
    assert write_consequences(current, NewSecret(secret=secret(entry("de.icr.io")))) == (
        "no longer has entries for us.icr.io",
    )


def test_secret_that_has_all_that_is_asked_for_stays_the_same_object() -> None:
    current = secret(entry("us.icr.io"))
    assert edited(current, EntryEdits(added=(entry("https://us.icr.io"),), removed=("r.example",))) is current
