"""What the registry asks of an image's name beyond the grammar."""

from __future__ import annotations

import pytest

from pullsecret.model.imagelimits import broken_limits
from pullsecret.model.imagereference import parsed_reference

A64 = "a" * 64
GOOD = {
    "plain": "us.icr.io/team/app:1",
    "private": "private.us.icr.io/team_a-b/app/deep@sha256:" + A64,
    "longest-namespace": f"us.icr.io/{'n' * 30}/ab",
    "a-public-image-of-ibm": "icr.io/obs/agent",
    "entitled": "cp.icr.io/cp/cpd/x",
    "another-registry": "quay.io/ab/x@sha512:" + A64 * 2,
    "docker-hub": "nginx",
    "longest-label": f"{'a' * 63}.example/x",
}
BAD = {
    "short-namespace": ("us.icr.io/abc/app", 'namespace "abc" must be 4 to 30 characters long'),
    "long-namespace": (f"icr.io/{'n' * 31}/app", f'namespace "{"n" * 31}" must be 4 to 30 characters long'),
    "period-in-namespace": (
        "us.icr.io/my.team/app",
        'namespace "my.team" may hold lower-case letters, digits, hyphens and underscores only',
    ),
    "no-namespace": (
        "us.icr.io/app",
        '"app" has no namespace: an image of us.icr.io is us.icr.io/NAMESPACE/REPOSITORY',
    ),
    "short-repository": ("us.icr.io/team/a", "the repository's name must be 2 to 255 characters long"),
    "digest": (f"us.icr.io/team/app@sha512:{A64}{A64}", "the image's digest must begin with sha256:"),
    "long-label": (
        f"{'a' * 64}.example/x",
        "the registry's name is too long: it may have 253 characters, 127 periods, 63 characters between two of them",
    ),
}


@pytest.mark.parametrize("image", GOOD.values(), ids=GOOD.keys())
def test_a_name_within_the_limits(image: str) -> None:
    assert broken_limits(parsed_reference(image)) == ()


@pytest.mark.parametrize(("image", "reason"), BAD.values(), ids=BAD.keys())
def test_a_name_beyond_a_limit(image: str, reason: str) -> None:
    assert broken_limits(parsed_reference(image)) == (reason,)
