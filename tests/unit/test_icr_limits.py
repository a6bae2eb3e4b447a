"""What IBM Cloud Container Registry requires of an image's name beyond the grammar."""

from __future__ import annotations

import pytest

from pullsecret.model.images.icr_limits import broken_limit
from pullsecret.model.images.reference import parsed_reference

A64 = "a" * 64
GOOD = {
    "plain": "us.icr.io/team/app:1",
    "private": "private.us.icr.io/team_a-b/app/deep@sha256:" + A64,
    "longest-namespace": f"us.icr.io/{'n' * 30}/ab",
    "longest-tag": f"us.icr.io/team/app:{'t' * 128}",
    "public-image-of-ibm": "icr.io/obs/agent",
    "entitled": "cp.icr.io/cp/cpd/x",
    "another-registry": "quay.io/ab/x@sha512:" + A64 * 2,
    "docker-hub": "nginx",
}
BAD = {
    "short-namespace": ("us.icr.io/abc/app", 'namespace "abc" must have 4 to 30 characters'),
    "long-namespace": (f"icr.io/{'n' * 31}/app", f'namespace "{"n" * 31}" must have 4 to 30 characters'),
    "period-in-namespace": (
        "us.icr.io/my.team/app",
        'namespace "my.team" may contain only lowercase letters, digits, - and _',
    ),
    "no-namespace": (
        "us.icr.io/app",
        "it has no namespace; images of us.icr.io are called us.icr.io/NAMESPACE/REPOSITORY",
    ),
    "short-repository": ("us.icr.io/team/a", "the name of the repository must have 2 to 255 characters"),
    "digest": (f"us.icr.io/team/app@sha512:{A64}{A64}", "the digest must begin with sha256:"),
}


@pytest.mark.parametrize("image", GOOD.values(), ids=GOOD.keys())
def test_a_name_within_the_limits(image: str) -> None:
    assert broken_limit(parsed_reference(image)) == ""


@pytest.mark.parametrize(("image", "reason"), BAD.values(), ids=BAD.keys())
def test_a_name_beyond_a_limit(image: str, reason: str) -> None:
    assert broken_limit(parsed_reference(image)) == reason
