"""Server keys that match no image, or not the one meant, each with its sentence and the key that does match."""

from __future__ import annotations

import secrets

import pytest

from golden_files import assert_golden
from pullsecret.model.images.keyring import is_match
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.images.server_keys import KeyFault, is_hidden, key_problem, key_problems, mismatch, shown_key

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
def test_right_key_has_no_problem(key: str) -> None:
    assert key_problem(key) is None


ICR, HUB, ORG = "us.icr.io/ns/app:1", "nginx", "reg.example.org/a/b:1"
WRONG = {
    "leading-blank": (" us.icr.io", KeyFault.UNPARSABLE, ICR),
    "trailing-blank": ("us.icr.io ", KeyFault.UNPARSABLE, ICR),
    "newline": ("us.icr.io\n", KeyFault.UNPARSABLE, ICR),
    "newline-and-scheme": ("https://us.icr.io\r\n", KeyFault.UNPARSABLE, ICR),
    "port-wildcard": ("reg.example.org:*", KeyFault.UNPARSABLE, ORG),
    "port-of-letters": ("reg.example.org:abc", KeyFault.UNPARSABLE, ""),
    "bracket": ("[us].icr.io", KeyFault.UNPARSABLE, ""),
    "empty": ("", KeyFault.UNPARSABLE, ""),
    "only-a-scheme": ("https://", KeyFault.UNPARSABLE, ""),
    "capital-scheme": ("HTTPS://us.icr.io", KeyFault.SCHEME, ICR),
    "oci": ("oci://us.icr.io/ns", KeyFault.SCHEME, ICR),
    "docker": ("docker://us.icr.io", KeyFault.SCHEME, ICR),
    "no-scheme": ("//us.icr.io", KeyFault.SCHEME, ICR),
    "v1": ("https://us.icr.io/v1", KeyFault.MISSING_SLASH, ICR),
    "v2": ("us.icr.io/v2", KeyFault.MISSING_SLASH, ICR),
    "hub-v1": ("https://index.docker.io/v1", KeyFault.MISSING_SLASH, HUB),
    "https-port": ("us.icr.io:443", KeyFault.DEFAULT_PORT, ICR),
    "https-port-and-scheme": ("https://us.icr.io:443/v2/", KeyFault.DEFAULT_PORT, ICR),
    "http-port": ("http://reg.example.org:80", KeyFault.DEFAULT_PORT, ORG),
    "hub-port": ("docker.io:443", KeyFault.DEFAULT_PORT, HUB),
    "capitals": ("US.icr.io", KeyFault.UPPERCASE, ICR),
    "capitals-and-scheme": ("https://Reg.Example.org/a", KeyFault.UPPERCASE, ORG),
    "hub-site": ("hub.docker.com", KeyFault.HUB_NAME, HUB),
    "hub-registry": ("https://registry-1.docker.io/v2/", KeyFault.HUB_NAME, HUB),
    "hub-legacy-registry": ("registry.hub.docker.com", KeyFault.HUB_NAME, HUB),
    "hub-path": ("index.docker.io/myorg", KeyFault.HUB_NAME, HUB),
    "hub-wildcard": ("*.docker.io", KeyFault.HUB_NAME, HUB),
    "all": ("*", KeyFault.WILDCARD, ""),
    "path-wildcard": ("us.icr.io/n*", KeyFault.WILDCARD, ""),
    "question-mark": ("u?.icr.io", KeyFault.WILDCARD, ""),
    "class-in-path": ("us.icr.io/[a-z]", KeyFault.WILDCARD, ""),
    "trailing-dot": ("us.icr.io.", KeyFault.NO_IMAGE, ICR),
    "no-registry": ("myregistry", KeyFault.NO_IMAGE, ""),
    "label-ends-in-a-dash": ("reg-.example.org", KeyFault.NO_IMAGE, ""),
    "tag": ("us.icr.io/ns/app:1", KeyFault.NO_IMAGE, ICR),
    "digest": ("us.icr.io/ns/app@sha256:0", KeyFault.NO_IMAGE, ICR),
    "capital-path": ("us.icr.io/NS", KeyFault.NO_IMAGE, ICR),
    "double-slash": ("us.icr.io//ns", KeyFault.NO_IMAGE, ICR),
    "blank-path": ("us.icr.io/ns ", KeyFault.NO_IMAGE, ICR),
    "icr-wildcard": ("*.icr.io", KeyFault.ICR_WILDCARD, ""),
    "icr-location": ("us-south.icr.io", KeyFault.ICR_LOCATION, ICR),
    "icr-private-location": ("private.us-south.icr.io", KeyFault.ICR_LOCATION, "private.us.icr.io/ns/app"),
    "icr-former-location": ("https://ap-north.icr.io", KeyFault.ICR_LOCATION, "jp.icr.io/ns/app"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_key_has_a_sentence_and_a_key_that_matches_the_image(name: str) -> None:
    key, fault, image = WRONG[name]

    problem = key_problem(key)

    assert problem is not None
    assert (problem.key, problem.fault) == (key, fault)
    assert bool(problem.corrected) is bool(image)
    if image:
        assert not is_match(key, image)
        assert is_match(problem.corrected, image)
    assert_golden(f"server-keys/{name}", problem.sentence)


SOMETIMES = frozenset(
    {
        KeyFault.MISSING_SLASH,
        KeyFault.DEFAULT_PORT,
        KeyFault.UPPERCASE,
        KeyFault.HUB_NAME,
        KeyFault.ICR_WILDCARD,
        KeyFault.ICR_LOCATION,
    }
)
"""Wrong keys that some unusual image name matches; all others match none, not even one with the same text."""


@pytest.mark.parametrize("key", [key for key, fault, _ in WRONG.values() if fault not in SOMETIMES])
def test_wrong_key_matches_no_image_at_all(key: str) -> None:
    for image in (ICR, HUB, ORG, key, f"{key}/a/b", f"{key.rstrip('/')}/a/b:1", f"{key.partition('://')[2]}/a/b"):
        assert not is_match(key, image)


def test_key_of_many_schemes_has_a_problem() -> None:
    problem = key_problem("ftp://" * 5_000 + "US.icr.io")

    assert problem
    assert (problem.fault, problem.corrected) == (KeyFault.SCHEME, "")


def test_key_next_to_the_corrected_one_is_accepted() -> None:
    keys = ["https://us.icr.io/v2", "https://us.icr.io/v2/", "US.icr.io", "https://index.docker.io/v1/access-token"]

    assert [problem.key for problem in key_problems(keys)] == [keys[3]]
    assert list(key_problems([*keys, "https://index.docker.io/v1/"])) == []


def test_user_information_of_a_key_is_in_no_message() -> None:
    problem = key_problem("me:word@US.icr.io")

    assert problem is not None
    assert "word" not in problem.sentence


APP = "us.icr.io/acme/app:1"
PRIVATE = "private.us.icr.io/acme/app:1"
PORT = "reg.example.org:5000/acme/g:1"
MISSES = {
    "for-443": ("us.icr.io:443", APP),
    "for-no-port": ("reg.example.org", PORT),
    "for-another-port": ("reg.example.org:5001", PORT),
    "for-any-port": ("reg.example.org:*", PORT),
    "for-uppercase": ("us.icr.io", "US.icr.io/acme/app:1"),
    "for-whitespace-and-uppercase": (" US.icr.io", APP),
    "for-oci": ("oci://us.icr.io", APP),
    "for-v2": ("https://us.icr.io/v2", APP),
    "for-uppercase-path": ("us.icr.io/Acme", APP),
    "for-a-longer-path": ("us.icr.io/acme/app/", APP),
    "for-a-tag": ("us.icr.io/acme/app:1", APP),
    "for-a-star-in-the-path": ("us.icr.io/ac*", APP),
    "for-another-path": ("us.icr.io/other", APP),
    "for-too-few-labels": ("*.org", ORG),
    "for-too-many-labels": ("*.*.icr.io", APP),
    "for-two-labels": ("*.icr.io", PRIVATE),
    "for-a-question-mark": ("re?.example.org", ORG),
    "for-a-subdomain": ("icr.io", APP),
    "for-the-public-host": ("us.icr.io", PRIVATE),
    "for-the-private-host": ("private.us.icr.io", APP),
    "for-another-region": ("de.icr.io", APP),
    "for-a-location": ("us-south.icr.io", APP),
    "for-hub-without-slash": ("https://index.docker.io/v1", HUB),
    "for-hub-by-its-website": ("hub.docker.com", HUB),
    "for-hub-by-its-token-server": ("auth.docker.io", HUB),
    "for-hub-by-a-wildcard": ("*.docker.io", HUB),
}


@pytest.mark.parametrize("name", MISSES)
def test_mismatch_says_why_a_key_misses_the_image(name: str) -> None:
    key, image = MISSES[name]

    problem = mismatch(key, parsed_reference(image))

    assert not is_match(key, image)
    assert problem is not None
    assert_golden(f"server-keys/{name}", problem.sentence)


OTHERS = {
    "another-registry": ("quay.io", APP),
    "pattern-of-another": ("*.example.org", APP),
    "star-alone": ("*", "localhost/app"),
    "hub-for-another": ("https://index.docker.io/v1/", APP),
    "another-for-hub": ("quay.io", HUB),
    "wrong-key-of-another": ("quay.io:443", APP),
    "empty": ("", APP),
    "match": ("us.icr.io", APP),
}


@pytest.mark.parametrize(("key", "image"), OTHERS.values(), ids=OTHERS.keys())
def test_key_that_matches_or_is_for_something_else_is_no_mismatch(key: str, image: str) -> None:
    assert mismatch(key, parsed_reference(image)) is None


SHOWN = {
    "plain": ("us.icr.io", "us.icr.io"),
    "password": ("https://me:word@us.icr.io:443/v2", "https://us.icr.io:443/v2"),
    "user": ("me@us.icr.io/a@b", "us.icr.io/a@b"),
    "slash-in-the-password": ("https://me:wo/rd@us.icr.io", "us.icr.io"),
    "newline": ("us.icr.io\n", "us.icr.io\\n"),
    "empty": ("", '""'),
    "credential": (secrets.token_urlsafe(33), "<hidden>"),
    "credential-and-newline": (f"{secrets.token_urlsafe(33)}\n", "<hidden>"),
}


@pytest.mark.parametrize(("key", "text"), SHOWN.values(), ids=SHOWN.keys())
def test_key_is_shown_without_what_may_be_secret(key: str, text: str) -> None:
    assert shown_key(key) == text
    assert is_hidden(key) is (text not in (key, '""', "us.icr.io\\n"))
