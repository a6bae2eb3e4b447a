"""Wildcards in server keys: random patterns and labels, matched by the kubelet's code and by ours.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/kubelet/test_wildcards.py`.
"""

from __future__ import annotations

import base64
import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from kubelet.kubelet_oracle import answers, chosen_chunks
from kubelet.pods import NEW
from pullsecret.model.images.keyring import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNKS = 1
CHUNK = 5_000


def key_and_name(seed: int) -> tuple[str, str]:
    """A key with wildcards in two labels, and an image name that often has the same letters."""
    random = Random(seed)  # noqa: S311  a scene
    labels = ["".join(random.choices("aab**", k=random.randint(1, 7))) for _ in range(2)]
    names = [
        label.replace("*", random.choice(("", "a", "b", "ab")))
        if random.random() < 0.7
        else random.choice(("aab", "b"))
        for label in labels
    ]
    return f"{'.'.join(labels)}.example", f"{'.'.join(names)}.example/x"


@pytest.mark.parametrize("seeds", chosen_chunks(CHUNKS, CHUNK), ids=lambda seeds: f"{seeds[0]} to {seeds[-1]}")
def test_wildcards_match_as_the_kubelets(seeds: Sequence[int]) -> None:
    pairs = [key_and_name(seed) for seed in seeds]
    verdicts = answers("credentials", [{"secrets": [secret(key)], "names": [name]} for key, name in pairs])

    theirs = [bool(verdict["lookups"][0]["credentials"]) for verdict in verdicts]
    for seed, (key, name), expected in zip(seeds, pairs, theirs, strict=True):
        assert bool(lookup([key], name)) is expected, f"seed {seed}: {key} and {name}"
    if len(seeds) == CHUNK:
        assert 0.2 < sum(theirs) / len(seeds) < 0.8


def secret(key: str) -> dict[str, object]:
    data = base64.b64encode(json.dumps({"auths": {key: {}}}).encode()).decode()
    return {"metadata": {"name": "s"}, "type": NEW, "data": {".dockerconfigjson": data}}
