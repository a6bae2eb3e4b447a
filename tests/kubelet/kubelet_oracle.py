"""Questions to the code that a kubelet runs: the Go program's modes `credentials` and `references`."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from control_plane.build import binary

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
        """What the kubelet has for one image, or why it refuses the image's name."""

        invalid: str
        credentials: list[Tried] | None

    class Verdict(TypedDict):
        """What the kubelet has for a pod's images; nothing when a secret is malformed."""

        malformed: str
        lookups: list[Lookup]


REPLAY = "KUBECTL_PULLSECRET_TEST_SEEDS"


def answers(mode: str, questions: Iterable[object]) -> list[Any]:
    """An answer for each question, in order; one process answers them all."""
    asked = "\n".join(json.dumps(question) for question in questions)
    given = subprocess.run([str(binary()), mode], input=asked, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in given.splitlines()]


def chosen_chunks(count: int, size: int) -> Sequence[Sequence[int]]:
    """The seeds in so many chunks, or those that the environment asks for, one by one."""
    asked = os.environ.get(REPLAY)
    if asked:
        return [(int(seed),) for seed in asked.split(",")]
    return [range(number * size, (number + 1) * size) for number in range(count)]
