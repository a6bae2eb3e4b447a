"""Server keys that serve no image, and that the key proposed instead does; right ones are left alone."""

from __future__ import annotations

import pytest

from pullsecret.model.check.server_keys import is_refuted, key_problem, key_problems
from pullsecret.model.images.keyring import is_match

RIGHT = (
    *("us.icr.io", "https://us.icr.io", "http://us.icr.io", "https://us.icr.io/", "https://us.icr.io/v1/"),
    *("https://us.icr.io/v2/", "us.icr.io/v2/ns", "us.icr.io/ns", "us.icr.io/ns/", "us.icr.io/ns/app", "us.icr.io?x=1"),
    *("private.us.icr.io", "icr.io", "cp.icr.io", "cp.icr.io/cp", "cp.stg.icr.io", "*.*.icr.io", "private.*.icr.io"),
    *(
        "https://index.docker.io/v1/",
        "https://index.docker.io/v2/",
        "index.docker.io",
        "docker.io",
        "https://docker.io",
    ),
    *("docker.io/myorg", "ghcr.io", "https://ghcr.io", "ghcr.io/org", "quay.io", "quay.io/org/repo", "gcr.io"),
    *("https://us-docker.pkg.dev", "us-docker.pkg.dev/project/repo", "https://eu.gcr.io", "public.ecr.aws"),
    *("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "https://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    *("example.azurecr.io", "registry.redhat.io", "registry.connect.redhat.com", "cloud.openshift.com"),
    *("example.jfrog.io", "docker-local.artifactory.example.com", "art.example.com/docker-local", "https://art:8443"),
    *("172.30.0.1:5000", "image-registry.openshift-image-registry.svc:5000", "mirror.local:5000/v2/", "*:5000"),
    *("10.0.0.5", "[::1]:5000", "localhost", "localhost:5000", "registry:5000", "*.example.org", "pre-*.example.org"),
    *(
        "my_registry.example.org",
        "registry.gitlab.com/group/project",
        "user@reg.example.org",
        "reg.example.org/a__b/c-d.e_f",
        "k8s.example:80443",
    ),
)


@pytest.mark.parametrize("key", RIGHT)
def test_nothing_is_said_of_a_right_key(key: str) -> None:
    assert key_problem(key) is None


ICR, HUB, ORG = "us.icr.io/ns/app:1", "nginx", "reg.example.org/a/b:1"
WRONG = {
    "leading-blank": (" us.icr.io", "PS201", ICR),
    "trailing-blank": ("us.icr.io ", "PS201", ICR),
    "newline": ("us.icr.io\n", "PS201", ICR),
    "newline-and-scheme": ("https://us.icr.io\r\n", "PS201", ICR),
    "port-wildcard": ("reg.example.org:*", "PS201", ORG),
    "port-of-letters": ("reg.example.org:abc", "PS201", ""),
    "bracket": ("[us].icr.io", "PS201", ""),
    "empty": ("", "PS201", ""),
    "only-a-scheme": ("https://", "PS201", ""),
    "capital-scheme": ("HTTPS://us.icr.io", "PS202", ICR),
    "oci": ("oci://us.icr.io/ns", "PS202", ICR),
    "docker": ("docker://us.icr.io", "PS202", ICR),
    "no-scheme": ("//us.icr.io", "PS202", ICR),
    "v1": ("https://us.icr.io/v1", "PS203", ICR),
    "v2": ("us.icr.io/v2", "PS203", ICR),
    "hub-v1": ("https://index.docker.io/v1", "PS203", HUB),
    "https-port": ("us.icr.io:443", "PS204", ICR),
    "https-port-and-scheme": ("https://us.icr.io:443/v2/", "PS204", ICR),
    "http-port": ("http://reg.example.org:80", "PS204", ORG),
    "hub-port": ("docker.io:443", "PS204", HUB),
    "capitals": ("US.icr.io", "PS205", ICR),
    "capitals-and-scheme": ("https://Reg.Example.org/a", "PS205", ORG),
    "hub-site": ("hub.docker.com", "PS206", HUB),
    "hub-registry": ("https://registry-1.docker.io/v2/", "PS206", HUB),
    "hub-registry-of-old": ("registry.hub.docker.com", "PS206", HUB),
    "hub-path": ("index.docker.io/myorg", "PS206", HUB),
    "hub-wildcard": ("*.docker.io", "PS206", HUB),
    "all": ("*", "PS207", ""),
    "path-wildcard": ("us.icr.io/n*", "PS207", ""),
    "question-mark": ("u?.icr.io", "PS207", ""),
    "class-in-path": ("us.icr.io/[a-z]", "PS207", ""),
    "trailing-dot": ("us.icr.io.", "PS208", ICR),
    "no-registry": ("myregistry", "PS208", ""),
    "label-ends-in-a-dash": ("reg-.example.org", "PS208", ""),
    "tag": ("us.icr.io/ns/app:1", "PS208", ICR),
    "digest": ("us.icr.io/ns/app@sha256:0", "PS208", ICR),
    "capital-path": ("us.icr.io/NS", "PS208", ICR),
    "double-slash": ("us.icr.io//ns", "PS208", ICR),
    "blank-path": ("us.icr.io/ns ", "PS208", ICR),
    "icr-wildcard": ("*.icr.io", "PS209", ""),
    "icr-place": ("us-south.icr.io", "PS210", ICR),
    "icr-private-place": ("private.us-south.icr.io", "PS210", "private.us.icr.io/ns/app"),
    "icr-former-place": ("https://ap-north.icr.io", "PS210", "jp.icr.io/ns/app"),
}


@pytest.mark.parametrize(("key", "code", "image"), WRONG.values(), ids=WRONG.keys())
def test_wrong_key_is_told_with_one_that_serves_the_image(key: str, code: str, image: str) -> None:
    problem = key_problem(key)

    assert problem is not None
    assert (problem.code, problem.registries) == (code, (key,))
    assert bool(problem.mended) is bool(image)
    if image:
        assert not is_match(key, image)
        assert is_match(problem.mended, image)
        assert problem.message.endswith(f": write {problem.mended}")


SOMETIMES = frozenset({"PS203", "PS204", "PS205", "PS206", "PS209", "PS210"})
"""What an odd image may be written for; every other wrong key serves none, not even one that is written like it."""


@pytest.mark.parametrize("key", [key for key, code, _ in WRONG.values() if code not in SOMETIMES])
def test_wrong_key_serves_no_image_at_all(key: str) -> None:
    for image in (ICR, HUB, ORG, key, f"{key}/a/b", f"{key.rstrip('/')}/a/b:1", f"{key.partition('://')[2]}/a/b"):
        assert not is_match(key, image)


@pytest.mark.parametrize("image", ["us.icr.io:443/ns/app", "REG.example.org/a/b", "registry-1.docker.io/library/nginx"])
def test_key_that_serves_an_image_of_a_pod_is_right(image: str) -> None:
    key = image.partition("/")[0]

    problem = key_problem(key)

    assert problem is not None
    assert is_refuted(problem, [image])
    assert not is_refuted(problem, ["us.icr.io/ns/app"])


def test_key_beside_the_one_that_it_should_be_is_left_alone() -> None:
    keys = ["https://us.icr.io/v2", "https://us.icr.io/v2/", "US.icr.io", "https://index.docker.io/v1/access-token"]

    assert [problem.registries for problem in key_problems(keys)] == [(keys[3],)]
    assert list(key_problems([*keys, "https://index.docker.io/v1/"])) == []


def test_user_information_of_a_key_is_in_no_message() -> None:
    problem = key_problem("me:word@US.icr.io")

    assert problem is not None
    assert "word" not in problem.message
