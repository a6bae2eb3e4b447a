"""The rules in tables, by the kubelet's code and by ours: matching keys, entries, documents, secrets that count."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from kubelet import keys
from kubelet.comparison import ours, theirs
from kubelet.entries import DOCUMENTS, LOGINS, MALFORMED
from kubelet.kubelet_oracle import answers
from kubelet.pods import NEW, OLD, USUAL
from pullsecret.model.images.keyring import credentials_for, lookup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pullsecret.model.images.keyring import PullCredentials

IMAGE = "h.io/ns/app:1"
Secrets = tuple["dict[str, Any]", ...]


def secret(text: str, kind: str = NEW, key: str = "", name: str = "s") -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    return {"metadata": {"name": name}, "type": kind, "data": {key or USUAL[kind]: data}}


def with_entry(entry: str, kind: str = NEW) -> Secrets:
    auths = f'{{"h.io":{entry}}}'
    return (secret(f'{{"auths":{auths}}}' if kind == NEW else auths, kind),)


LOGIN = '{"h.io":{"auth":"dTpw"}}'
CONFIG = f'{{"auths":{LOGIN}}}'
BROKEN = secret('{"auths":{"other.io":{"auth":"!"}}}', name="broken")
COUNTED: dict[str, tuple[Secrets, list[str] | str]] = {
    "both-types": ((secret(CONFIG, name="new"), secret(LOGIN, OLD, name="old")), ["new", "old"]),
    "the-order-of-the-pod": ((secret(LOGIN, OLD, name="old"), secret(CONFIG, name="new")), ["old", "new"]),
    "the-same-twice": ((secret(CONFIG), secret(CONFIG)), ["s", "s"]),
    "another-type": ((secret(CONFIG, "Opaque", ".dockerconfigjson"),), []),
    "no-type": ((secret(CONFIG, "", ".dockerconfigjson"),), []),
    "new-key-in-the-old-type": ((secret(CONFIG, OLD, ".dockerconfigjson"),), []),
    "old-key-in-the-new-type": ((secret(LOGIN, NEW, ".dockercfg"),), []),
    "old-data-in-the-new-type": ((secret(LOGIN, NEW),), []),
    "malformed-of-another-type": ((secret("nonsense", "Opaque", ".dockerconfigjson"), secret(CONFIG)), ["s"]),
    "malformed-and-of-another-registry": ((secret(CONFIG), BROKEN), "illegal base64 data at input byte 0"),
    "two-malformed": ((secret("{"), BROKEN), "unexpected end of JSON input"),
    "none": ((), []),
}
PODS: dict[str, Secrets] = {
    **{f"{name} {kind}": with_entry(entry, kind) for kind in (NEW, OLD) for name, (entry, _) in LOGINS.items()},
    **{f"malformed {name}": with_entry(entry) for name, (entry, _) in MALFORMED.items()},
    **{f"document {name}": (secret(text),) for name, (text, _) in DOCUMENTS.items()},
    **{f"counted {name}": pod for name, (pod, _) in COUNTED.items()},
}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Any]:
    """The verdicts of the kubelet's code on all pods, by their names."""
    given = answers("credentials", [{"secrets": pod, "images": [IMAGE]} for pod in PODS.values()])
    return dict(zip(PODS, given, strict=True))


def agreed(verdicts: dict[str, Any], row: str) -> PullCredentials:
    """Our answer for a pod, which is compared with that of the kubelet's code."""
    found = credentials_for(PODS[row], IMAGE)
    assert ours(found) == theirs(verdicts[row], 0, found)
    return found


@pytest.mark.parametrize(("row", "entry"), [(row, entry) for row, (_, entry) in LOGINS.items()], ids=LOGINS)
@pytest.mark.parametrize("kind", [NEW, OLD])
def test_entry_has_a_username_and_a_password(
    verdicts: dict[str, Any], row: str, kind: str, entry: tuple[str, str]
) -> None:
    found = agreed(verdicts, f"{row} {kind}")
    assert [(tried.entry.username, tried.entry.password) for tried in found.credentials] == [entry]


@pytest.mark.parametrize(("row", "reason"), [(row, reason) for row, (_, reason) in MALFORMED.items()], ids=MALFORMED)
def test_malformed_entry_blocks_every_pull(verdicts: dict[str, Any], row: str, reason: str) -> None:
    assert agreed(verdicts, f"malformed {row}").malformed == reason


@pytest.mark.parametrize(("row", "expected"), [(row, users) for row, (_, users) in DOCUMENTS.items()], ids=DOCUMENTS)
def test_document_has_usernames_or_an_error(verdicts: dict[str, Any], row: str, expected: list[str] | str) -> None:
    found = agreed(verdicts, f"document {row}")
    assert (found.malformed or [tried.entry.username for tried in found.credentials]) == expected


@pytest.mark.parametrize(("row", "expected"), [(row, names) for row, (_, names) in COUNTED.items()], ids=COUNTED)
def test_secrets_count_by_type_and_key(verdicts: dict[str, Any], row: str, expected: list[str] | str) -> None:
    found = agreed(verdicts, f"counted {row}")
    assert (found.malformed or [tried.secret for tried in found.credentials]) == expected


def matches(pods: Sequence[object]) -> list[bool]:
    """Whether the kubelet's code finds a credential for each pod's one image."""
    return [bool(verdict["lookups"][0]["credentials"]) for verdict in answers("credentials", pods)]


@pytest.mark.parametrize("asked", ["names", "images"])
def test_keys_match_as_in_the_tables(asked: str) -> None:
    rows = [
        (key, image, expected)
        for table in ((keys.OURS, keys.UPSTREAM) if asked == "names" else (keys.NODE,))
        for image, lists in table.items()
        for expected, typed in zip((True, False), lists, strict=True)
        for key in typed
    ]
    pods = [{"secrets": with_key(key), asked: [image]} for key, image, _ in rows]
    assert matches(pods) == [expected for *_, expected in rows]
    if asked == "names":
        assert [bool(lookup([key], name)) for key, name, _ in rows] == [expected for *_, expected in rows]
    else:
        found = [credentials_for(with_key(key), image).credentials for key, image, _ in rows]
        assert list(map(bool, found)) == [expected for *_, expected in rows]


def with_key(key: str) -> Secrets:
    return (secret(json.dumps({"auths": {key: {}}})),)
