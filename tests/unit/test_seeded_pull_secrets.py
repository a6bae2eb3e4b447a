"""A thousand docker configs are edited: what was asked for is changed, and nothing else by a byte.

A single seed again: `KUBECTL_PULLSECRET_TEST_SEEDS=17 pytest tests/unit/test_seeded_pull_secrets.py`.
"""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING

import pytest

from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.edited_entries import edited_secret, key_meaning
from pullsecret.model.objects.objects import text_at
from seeded_pull_secrets import SeededEdit, seeded_edit

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

ASKED = os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS", "")
SEEDS = [int(seed) for seed in ASKED.split(",")] if ASKED else list(range(1000))
HUNDREDS = [SEEDS[start : start + 100] for start in range(0, len(SEEDS), 100)]


@pytest.mark.parametrize("seeds", HUNDREDS, ids=lambda seeds: f"from {seeds[0]}")
def test_edit_changes_nothing_else_by_a_byte(seeds: list[int]) -> None:
    """The text is the one that is composed of the pieces, and the same edit again changes nothing."""
    for seed in seeds:
        edit = seeded_edit(seed)
        json.loads(edit.before.decode("utf-8", "surrogatepass"))
        after = edited_secret(secret(edit.before), edit.edits)
        assert data_of(after) == edit.after, f"seed {seed}"
        assert edited_secret(after, edit.edits) is after, f"seed {seed}"


@pytest.mark.parametrize("seeds", HUNDREDS[:1], ids=lambda seeds: f"from {seeds[0]}")
def test_edit_does_what_is_asked_for(seeds: list[int]) -> None:
    """As the kubelet reads the secret, it has the new entries, not the removed ones, and all others."""
    for seed in seeds:
        check_entries(seeded_edit(seed), f"seed {seed}")


def check_entries(edit: SeededEdit, what: str) -> None:
    """Compare the entries as they are read before and after."""
    touched = {*map(key_meaning, edit.edits.removed), *(key_meaning(entry.server) for entry in edit.edits.added)}
    before = registries_of(secret(edit.before)).entries
    after = registries_of(edited_secret(secret(edit.before), edit.edits)).entries
    others = [entry for entry in before if key_meaning(entry.server) not in touched]
    assert [entry for entry in after if key_meaning(entry.server) not in touched] == others, what
    for new in edit.edits.added:
        same = [entry for entry in after if key_meaning(entry.server) == key_meaning(new.server)]
        assert same, what
        assert {(entry.username, entry.password) for entry in same} == {(new.username, new.password)}, what
    for server in edit.edits.removed:
        assert all(key_meaning(entry.server) != key_meaning(server) for entry in after), what


def secret(data: bytes) -> Object:
    """The global pull secret with these bytes."""
    return {
        "metadata": {"namespace": "openshift-config", "name": "pull-secret"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(data).decode()},
    }


def data_of(item: Object) -> bytes:
    """The bytes of a secret."""
    return base64.b64decode(text_at(item, "data", ".dockerconfigjson"))
