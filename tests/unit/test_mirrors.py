"""Which rules for mirrors cover an image, as containers/image finds them, and which credentials mirrors get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import named
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.openshift.mirrors import (
    host_of_mirror,
    mirroring_of,
    namespace_key_for,
    node_key_for,
    serves_mirrors,
)

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
    "deep-in-the-domain": (rules("imageTagMirrors", "*.example"), "a.b.example:5000/x/y", "m.example/0"),
    "port": (rules("imageTagMirrors", "a.example:5000"), "a.example:5000/x", "m.example/0"),
    "host-of-a-port": (rules("imageTagMirrors", "a.example"), "a.example:5000/x", "m.example/0"),
    "tag-and-digest": (rules("imageDigestMirrors", "a.example"), f"a.example/x:1{DIGEST}", "m.example/0"),
    "domain-over-a-shorter-host": (rules("imageTagMirrors", "*.example", "a.example/x"), "a.example/y", "m.example/0"),
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
    "domain-itself": (rules("imageTagMirrors", "*.a.example"), "a.example/x:1"),
    "domain-in-the-path": (rules("imageTagMirrors", "*.example"), "a.other/b.example/x:1"),
    "a-longer-host": (rules("imageTagMirrors", "a.example"), "a.example.org/x:1"),
    "the-source-again": (
        named("Any", "ours", spec={"imageTagMirrors": [{"source": "a.example", "mirrors": ["a.example"]}]}),
        "a.example/x:1",
    ),
    "no-mirrors": (named("Any", "ours", spec={"imageTagMirrors": [{"source": "a.example"}]}), "a.example/x:1"),
    "nothing": (named("Any", "ours"), "a.example/x:1"),
}


@pytest.mark.parametrize(("policy", "image"), OTHERS.values(), ids=OTHERS.keys())
def test_rule_for_something_else_covers_nothing(policy: Object, image: str) -> None:
    assert mirroring_of(parsed_reference(image), [policy]) is None


def rule(field: str, source: str, *mirrors: str, never: bool = False) -> Object:
    policy = {"mirrorSourcePolicy": "NeverContactSource"} if never else {}
    return named("Any", f"{field}-of", spec={field: [{"source": source, "mirrors": list(mirrors), **policy}]})


def test_the_longest_source_decides_for_tags_and_digests_alike() -> None:
    both = [rule("imageTagMirrors", "a.example", "m.example"), rule("imageDigestMirrors", "a.example/x", "n.example")]

    assert mirroring_of(parsed_reference("a.example/x/y:1"), both) is None
    tagged = mirroring_of(parsed_reference("a.example/z:1"), both)
    digested = mirroring_of(parsed_reference(f"a.example/x/y{DIGEST}"), both)
    assert tagged is not None
    assert digested is not None
    assert (tagged.repositories, digested.repositories) == (("m.example/z",), ("n.example/y",))


def test_rules_with_the_same_source_are_one() -> None:
    both = [
        rule("imageDigestMirrors", "a.example", "m.example", "n.example"),
        rule("repositoryDigestMirrors", "a.example", "n.example", "o.example"),
        rule("imageTagMirrors", "a.example", "tags.example", never=True),
    ]

    found = mirroring_of(parsed_reference(f"a.example/x{DIGEST}"), both)

    assert found is not None
    assert found.mirrors == ("m.example", "n.example", "o.example")
    assert found.is_only
    assert "ImageDigestMirrorSet/imageDigestMirrors-of and ImageContentSourcePolicy/" in found.holder


def test_an_image_by_tag_where_only_digests_are_allowed() -> None:
    found = mirroring_of(
        parsed_reference("a.example/x:1"), [rule("imageDigestMirrors", "a.example", "m.example", never=True)]
    )
    assert found is not None
    assert found.is_blocked
    assert found.mirrors == found.foreign == ()


def test_what_an_image_is_called_in_a_mirror() -> None:
    policies = [
        rule("imageTagMirrors", "*.redhat.example", "mirror.local/redhat"),
        rule("imageTagMirrors", "quay.example/acme", "quay.example/mirror", "mirror.local:5000/acme"),
    ]
    wild = mirroring_of(parsed_reference("registry.redhat.example/product/repo"), policies)
    same = mirroring_of(parsed_reference("quay.example/acme/app:1"), policies)
    assert wild is not None
    assert same is not None
    assert wild.repositories == ("mirror.local/redhat/product/repo",)
    assert same.repositories == ("quay.example/mirror/app", "mirror.local:5000/acme/app")
    assert same.foreign == ("mirror.local:5000/acme",)


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("m.example", "m.example"),
        ("m.example:5000/a/b", "m.example:5000"),
        ("localhost/a", "localhost"),
        ("mirror/a", ""),
        ("m.example/A", ""),
        ("'; touch x", ""),
        ("", ""),
    ],
)
def test_host_of_a_mirror(location: str, host: str) -> None:
    assert host_of_mirror(location) == host


@pytest.mark.parametrize(
    ("keys", "repository", "key"),
    [
        (("m.example",), "m.example/a/b", "m.example"),
        (("m.example", "m.example/a", "m.example/a/c"), "m.example/a/b", "m.example/a"),
        (("m.example/a/b",), "m.example/a/b", "m.example/a/b"),
        (("m.example/a/b",), "m.example/a/bc", ""),
        (("https://m.example/v1/",), "m.example/a", "https://m.example/v1/"),
        (("https://m.example/a",), "m.example/b", "https://m.example/a"),
        (("m.example:5000",), "m.example/a", ""),
        (("*.example",), "m.example/a", ""),
        (("https://index.docker.io/v1/",), "docker.io/a/b", "https://index.docker.io/v1/"),
        ((), "m.example/a", ""),
    ],
)
def test_key_in_the_file_of_a_node(keys: tuple[str, ...], repository: str, key: str) -> None:
    assert node_key_for(keys, repository) == key


@pytest.mark.parametrize(
    ("keys", "location", "key"),
    [
        (("m.example",), "m.example/acme", "m.example"),
        (("http://m.example:5000",), "m.example:5000", "http://m.example:5000"),
        (("m.example/acme",), "m.example/acme", "m.example/acme"),
        (("m.example/acme/app",), "m.example/acme", ""),
        (("m.exam",), "m.example", ""),
        (("*.example",), "m.example", ""),
    ],
)
def test_key_of_a_secret_that_serves_a_mirror(keys: tuple[str, ...], location: str, key: str) -> None:
    assert namespace_key_for(keys, location) == key


RENDERED = {"type": "MachineConfigRendered", "status": "True", "reason": "MachineConfigRenderingSucceeded"}
PARTIAL = {
    "type": "Validated",
    "status": "False",
    "reason": "ConfigurationPartiallyApplied",
    "message": "entries overlap with the original config. Skip rendering entries: [gcr.example *.a.example].",
}
FAILED = {"type": "Validated", "status": "False", "reason": "ValidationFailed", "message": "no"}


@pytest.mark.parametrize(
    ("patterns", "conditions", "image", "expected"),
    [
        (["a.example"], [RENDERED], "a.example/x:1", True),
        (["*.example"], [RENDERED], "a.example/x:1", True),
        (["*.example"], [RENDERED], "b.a.example/x:1", False),
        (["a.example/team"], [RENDERED], "a.example/team/x:1", True),
        (["a.example/team"], [RENDERED], "a.example/x:1", False),
        (["a.example:5000"], [RENDERED], "a.example/x:1", False),
        (["b.example", "a.example"], [RENDERED], "a.example/x:1", True),
        (["gcr.example"], [RENDERED, PARTIAL], "gcr.example/x", False),
        (["*.a.example"], [RENDERED, PARTIAL], "b.a.example/x", False),
        (["a.example"], [RENDERED, PARTIAL], "a.example/x", True),
        (["a.example"], [RENDERED, FAILED], "a.example/x", False),
        (["a.example"], [{**RENDERED, "status": "False"}], "a.example/x", False),
        (["a.example"], [], "a.example/x", False),
        ([], [RENDERED], "a.example/x", False),
    ],
)
def test_whether_the_secrets_of_namespaces_serve_mirrors(
    patterns: list[str], conditions: list[dict[str, str]], image: str, *, expected: bool
) -> None:
    spec = {"matchImages": patterns} if patterns else {}
    config = named("CRIOCredentialProviderConfig", "cluster", spec=spec, status={"conditions": conditions})
    assert serves_mirrors(config, image) is expected


def test_without_a_configuration_no_secret_serves_mirrors() -> None:
    assert serves_mirrors(None, "a.example/x") is False
    assert serves_mirrors({"spec": None}, "a.example/x") is False


def test_source_that_is_never_contacted_is_recognized() -> None:
    policy = rules("imageTagMirrors", "a.example", policy="NeverContactSource")

    found = mirroring_of(parsed_reference("a.example/x"), [policy])

    assert found is not None
    assert found.is_only is True
