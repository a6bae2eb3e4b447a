"""Image references: a table and random ones, parsed by the reference package and by our code.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/kubelet/test_references.py`.
"""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from kubelet.kubelet_oracle import answers, chosen_chunks
from kubelet.places import ODD, image_name, modified
from kubelet.reference_parts import parts_of
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CHUNKS = 2
CHUNK = 10_000
FORMAT = "invalid reference format"
A64, TOO_LONG = "a" * 64, "x" * 256

VALID: dict[str, tuple[str, str, str, str]] = {
    "nginx": ("docker.io", "library/nginx", "", ""),
    "nginx:1.27": ("docker.io", "library/nginx", "1.27", ""),
    "localhost": ("docker.io", "library/localhost", "", ""),
    "registry.example": ("docker.io", "library/registry.example", "", ""),
    "host:5000": ("docker.io", "library/host", "5000", ""),
    "docker.io/nginx": ("docker.io", "library/nginx", "", ""),
    "index.docker.io/nginx": ("docker.io", "library/nginx", "", ""),
    "index.docker.io/acme/app": ("docker.io", "acme/app", "", ""),
    "acme/app": ("docker.io", "acme/app", "", ""),
    "us.icr.io/ns/app:V1.0_x-Y": ("us.icr.io", "ns/app", "V1.0_x-Y", ""),
    f"us.icr.io/ns/app@sha256:{A64}": ("us.icr.io", "ns/app", "", f"sha256:{A64}"),
    f"us.icr.io/ns/app:1@sha256:{A64}": ("us.icr.io", "ns/app", "1", f"sha256:{A64}"),
    f"h.io/a@sha512:{A64}{A64}": ("h.io", "a", "", f"sha512:{A64}{A64}"),
    "localhost/app": ("localhost", "app", "", ""),
    "REG/app": ("REG", "app", "", ""),
    "127.0.0.1:5000/a/b/c": ("127.0.0.1:5000", "a/b/c", "", ""),
    "[2001:db8::1]:5000/a": ("[2001:db8::1]:5000", "a", "", ""),
    "[::1]/a": ("[::1]", "a", "", ""),
    "a--b.example/x": ("a--b.example", "x", "", ""),
    "a_b.example/x": ("", "a_b.example/x", "", ""),
    "h.io/a.b_c__d---e": ("h.io", "a.b_c__d---e", "", ""),
    "h.io/x:_": ("h.io", "x", "_", ""),
    f"h.io/x:{'t' * 128}": ("h.io", "x", "t" * 128, ""),
    f"h.io/{TOO_LONG[1:]}": ("h.io", TOO_LONG[1:], "", ""),
}

INVALID: dict[str, str] = {
    "": FORMAT,
    ":1": FORMAT,
    "/app": FORMAT,
    "h.io/": FORMAT,
    "h.io//app": FORMAT,
    "https://h.io/app": FORMAT,
    "h.io/app:": FORMAT,
    "h.io/app:.1": FORMAT,
    f"h.io/app:{'t' * 129}": FORMAT,
    "h.io/-app": FORMAT,
    "h.io/a___b": FORMAT,
    "h.io/a..b": FORMAT,
    "h.io/a ": FORMAT,
    "nginx\n": FORMAT,
    "-h.io/app": FORMAT,
    "h.io-/app": FORMAT,
    "h.io:x/app": FORMAT,
    "[::1%eth0]/app": FORMAT,
    "[::1/app": FORMAT,
    "::1/app": FORMAT,
    "h.io/\u00e9": FORMAT,
    "h.io/app@sha256:abc": FORMAT,
    "h.io/Acme/b": f"{FORMAT}: repository name (Acme/b) must be lowercase",
    "Nginx": f"{FORMAT}: repository name (library/Nginx) must be lowercase",
    "h.io/app:\u212a": "repository name must be lowercase",
    "h.io/app:\u0130": "repository name must be lowercase",
    f"h.io/{TOO_LONG}": "repository name must not be more than 255 characters",
    f"h.io/a@md5:{A64}": "unsupported digest algorithm",
    f"h.io/a@sha256:{A64}a": "invalid checksum digest length",
    f"h.io/a@sha256:{A64[1:]}A": "invalid checksum digest format",
    f"h.io/a:1@SHA256:{A64}": "invalid checksum digest format",
    A64: f"invalid repository name ({A64}), cannot specify 64-byte hexadecimal strings",
}


@pytest.fixture(scope="module")
def parsings() -> dict[str, Any]:
    """The results of the reference package for the names in the tables."""
    names = [*VALID, *INVALID]
    return dict(zip(names, answers("references", names), strict=True))


@pytest.mark.parametrize(("image", "parts"), VALID.items(), ids=range(len(VALID)))
def test_reference_has_parts(parsings: dict[str, Any], image: str, parts: tuple[str, str, str, str]) -> None:
    found = parsed_reference(image)
    assert (found.domain, found.path, found.tag, found.digest) == parts
    assert parts_of(image) == parsings[image]


@pytest.mark.parametrize(("image", "reason"), INVALID.items(), ids=range(len(INVALID)))
def test_invalid_reference_has_the_packages_error(parsings: dict[str, Any], image: str, reason: str) -> None:
    with pytest.raises(InvalidReferenceError) as caught:
        parsed_reference(image)
    assert str(caught.value) == reason
    assert parts_of(image) == parsings[image]


def name(seed: int) -> str:
    """A random image name: realistic, modified, or of characters that matter to the grammar."""
    random = Random(seed)  # noqa: S311  a scene
    chance = random.random()
    if chance < 0.1:
        return "".join(random.choices("aA0/:.-_@[]" + ODD[:8], k=random.randint(0, 12)))
    image = image_name(random)
    return modified(random, image) if chance < 0.5 else image


@pytest.mark.parametrize("seeds", chosen_chunks(CHUNKS, CHUNK), ids=lambda seeds: f"{seeds[0]} to {seeds[-1]}")
def test_references_are_the_packages_for_random_names(seeds: Sequence[int]) -> None:
    names = [name(seed) for seed in seeds]
    found = [parts_of(image) for image in names]
    for seed, image, ours, theirs in zip(seeds, names, found, answers("references", names), strict=True):
        assert ours == theirs, f"seed {seed}, image {image!r}"
    if len(seeds) == CHUNK:
        valid = sum(not parts["error"] for parts in found)
        sys.stdout.write(f"{len(found)} comparisons, {valid} of them with a valid name\n")
        assert 0.4 < valid / len(found) < 0.9
        assert len({parts["error"].partition("(")[0] for parts in found}) > 6  # kinds of refusal
