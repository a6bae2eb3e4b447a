"""A few seconds of each fuzzer, with the same seeds in each run.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/fuzz -k http-responses`.
"""

from __future__ import annotations

import pytest

from fuzz.fuzzers import FUZZERS
from kubelet.kubelet_oracle import chosen_chunks


@pytest.mark.source
@pytest.mark.parametrize("name", FUZZERS)
def test_fuzzer_finds_no_fault(name: str) -> None:
    fuzzer = FUZZERS[name]

    for seeds in chosen_chunks(fuzzer.batches, fuzzer.batch):
        assert dict(fuzzer.examine(seeds)) == {}
