"""Names of images, read by our code and by the reference package: the same parts, or the same error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.fuzzer import Fault, Fuzzer, chance_of, faults_of
from fuzz.mutation import mutated
from kubelet.kubelet_oracle import answers
from kubelet.reference_parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

A64 = b"a" * 64
SEEDS = (
    *(b"nginx", b"nginx:1.27", b"us.icr.io/ns/app:V1.0_x-Y", b"index.docker.io/acme/app", b"[2001:db8::1]:5000/a"),
    *(b"us.icr.io/ns/app:1@sha256:" + A64, b"localhost:5000/a/b/c", b"REG/app", b"h.io/a.b_c__d---e", A64),
    *(b"h.io/a@sha512:" + A64 + A64, "bücher.example/ns/app:1".encode(), b"h.io/" + b"x" * 255),
)
WORDS = (
    *(
        b"docker.io/",
        b"library/",
        b"index.docker.io/",
        b"localhost/",
        b"//",
        b"__",
        b"..",
        b"--",
        b"@sha256:",
        b"@md5:",
    ),
    *(
        b":5000",
        b":latest",
        b"[::1]",
        b"%25eth0",
        "\u0130\u212a\u017f".encode(),
        b"https://",
        b"X" * 130,
        b"\xe2\x80\xae",
    ),
)


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Compare what the two make of each seed's name."""
    names = {seed: mutated(chance_of(seed), SEEDS, WORDS).decode("utf-8", "replace") for seed in seeds}
    verdicts = dict(zip(names, answers("references", names.values()), strict=True))

    def compare(seed: int) -> None:
        if (ours := parts_of(names[seed])) != verdicts[seed]:
            raise Fault(f"{names[seed]!r}: {ours}, and the package {verdicts[seed]}")

    return faults_of(seeds, compare)


FUZZER = Fuzzer(name="image-references", examine=examine, batches=2, batch=10_000)
