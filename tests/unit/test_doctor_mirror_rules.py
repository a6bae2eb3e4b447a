"""Which rule for mirrors covers an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import named
from pullsecret.model.doctor.mirrors import mirroring_of
from pullsecret.model.images.reference import parsed_reference

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

DIGEST = f"@sha256:{'b' * 64}"


def rules(field: str, *sources: str, policy: str = "") -> Object:
    found = [{"source": source, "mirrors": [f"m.example/{number}"]} for number, source in enumerate(sources)]
    return named(
        "Any", "ours", spec={field: [{**rule, **({"mirrorSourcePolicy": policy} if policy else {})} for rule in found]}
    )


COVERED = {
    "repository": (rules("imageTagMirrors", "a.example/x/y"), "a.example/x/y:1", "m.example/0"),
    "part-of-the-path": (rules("imageTagMirrors", "a.example/x"), "a.example/x/y:1", "m.example/0"),
    "host": (rules("imageTagMirrors", "a.example"), "a.example/x/y", "m.example/0"),
    "domain": (rules("imageTagMirrors", "*.example"), "a.example/x/y", "m.example/0"),
    "the-longest": (rules("imageTagMirrors", "a.example", "a.example/x"), "a.example/x/y", "m.example/1"),
    "digest": (rules("imageDigestMirrors", "a.example"), f"a.example/x{DIGEST}", "m.example/0"),
    "policy": (rules("repositoryDigestMirrors", "a.example"), f"a.example/x{DIGEST}", "m.example/0"),
    "hub": (rules("imageTagMirrors", "docker.io/library"), "nginx", "m.example/0"),
}


@pytest.mark.parametrize(("policy", "image", "mirror"), COVERED.values(), ids=COVERED.keys())
def test_rule_covers_an_image(policy: Object, image: str, mirror: str) -> None:
    found = mirroring_of(parsed_reference(image), [policy])

    assert found is not None
    assert found.mirrors == (mirror,)
    assert found.is_only is False


OTHERS = {
    "tag-for-digests": (rules("imageDigestMirrors", "a.example"), "a.example/x:1"),
    "digest-for-tags": (rules("imageTagMirrors", "a.example"), f"a.example/x{DIGEST}"),
    "half-a-step": (rules("imageTagMirrors", "a.example/x"), "a.example/xy:1"),
    "another-host": (rules("imageTagMirrors", "b.example"), "a.example/x:1"),
    "no-mirrors": (named("Any", "ours", spec={"imageTagMirrors": [{"source": "a.example"}]}), "a.example/x:1"),
    "nothing": (named("Any", "ours"), "a.example/x:1"),
}


@pytest.mark.parametrize(("policy", "image"), OTHERS.values(), ids=OTHERS.keys())
def test_rule_for_something_else_covers_nothing(policy: Object, image: str) -> None:
    assert mirroring_of(parsed_reference(image), [policy]) is None


def test_source_that_is_never_contacted_is_recognized() -> None:
    policy = rules("imageTagMirrors", "a.example", policy="NeverContactSource")

    found = mirroring_of(parsed_reference("a.example/x"), [policy])

    assert found is not None
    assert found.is_only is True
