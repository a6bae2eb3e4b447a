"""Queries to the code of the kubelet: the Go program's modes `credentials` and `references`."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from control_plane.versions import servers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, TypedDict

    class Tried(TypedDict):
        """A credential that the kubelet sends, in base64, with its secret's name."""

        secret: str
        username: str | None
        password: str | None
        email: str | None

    class Lookup(TypedDict):
        """The kubelet's credentials for one image, or why it rejects the image's name."""

        invalid: str
        credentials: list[Tried] | None

    class Verdict(TypedDict):
        """The kubelet's credentials for a pod's images; none if a secret is malformed."""

        malformed: str
        lookups: list[Lookup]


REPLAY = "KUBECTL_PULLSECRET_TEST_SEEDS"
TIMES = "KUBECTL_PULLSECRET_TEST_TIMES"
"""The variable that says how many times as many questions to ask, 1 by default."""


def answers(mode: str, questions: Iterable[object]) -> list[Any]:
    """Run one process for all questions, and return an answer for each, in order."""
    lines = "\n".join(json.dumps(question) for question in questions)
    given = subprocess.run([str(servers()), mode], input=lines, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in given.splitlines()]


def chosen_chunks(count: int, size: int) -> Sequence[Sequence[int]]:
    """The seeds in chunks, or those in the environment variable, one by one."""
    asked = os.environ.get(REPLAY)
    if asked:
        return [(int(seed),) for seed in asked.split(",")]
    chunks = count * int(os.environ.get(TIMES, "1"))
    return [range(number * size, (number + 1) * size) for number in range(chunks)]
