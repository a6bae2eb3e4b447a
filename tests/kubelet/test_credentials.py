"""The credentials of a pod for an image, or the error: random pods, by the kubelet's code and by ours.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/kubelet/test_credentials.py`.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from kubelet.comparison import ours, theirs
from kubelet.kubelet_oracle import answers, chosen_chunks
from kubelet.pods import pod
from pullsecret.model.images.keyring import credentials_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.images.keyring import PullCredentials

CHUNKS = 2
CHUNK = 5_000


@pytest.mark.parametrize("seeds", chosen_chunks(CHUNKS, CHUNK), ids=lambda seeds: f"{seeds[0]} to {seeds[-1]}")
def test_credentials_are_the_kubelets_for_random_pods(seeds: Sequence[int]) -> None:
    pods = [pod(seed) for seed in seeds]
    seen: Counter[str] = Counter()
    for seed, asked, verdict in zip(seeds, pods, answers("credentials", pods), strict=True):
        for number, image in enumerate(asked["images"]):
            found = credentials_for(asked["secrets"], image)
            assert ours(found) == theirs(verdict, number, found), f"seed {seed}, image {image!r}"
            seen[kind_of(found)] += 1
    if len(seeds) == CHUNK:
        check_shares(seen)


def kind_of(found: PullCredentials) -> str:
    """The kind of an answer, for counting."""
    if found.malformed:
        known = ("json: cannot unmarshal", "invalid character", "unexpected end", "illegal base64", "unable to parse")
        return next(words for words in known if found.malformed.startswith(words))
    return "invalid image" if found.invalid_image else f"{min(len(found.credentials), 3)} found"


SHARES = {
    "0 found": 0.1,
    "1 found": 0.15,
    "2 found": 0.05,
    "3 found": 0.03,
    "invalid image": 0.03,
    "json: cannot unmarshal": 0.02,
    "invalid character": 0.01,
    "unexpected end": 0.002,
    "illegal base64": 0.02,
    "unable to parse": 0.01,
}
"""The minimum share of each kind: random pods that all fail in the same way would prove nothing."""


def check_shares(seen: Counter[str]) -> None:
    total = seen.total()
    sys.stdout.write(f"{total} comparisons: {dict(seen.most_common())}\n")
    assert {kind: share for kind, share in SHARES.items() if seen[kind] < share * total} == {}
