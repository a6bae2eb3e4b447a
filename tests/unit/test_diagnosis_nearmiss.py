"""Keys that look right and are not: why, in words; and keys for something else, of which nothing is said."""

from __future__ import annotations

import pytest

from pullsecret.model.check.near_miss import near_miss, shown_key
from pullsecret.model.images.keyring import is_match
from pullsecret.model.images.reference import parsed_reference

ICR = "us.icr.io/acme/app:1"
PRIVATE = "private.us.icr.io/acme/app:1"
REG = "reg.example.org/acme/g:1"
PORT = "reg.example.org:5000/acme/g:1"
HUB = "nginx"

MISSES = {
    "port-443": ("us.icr.io:443", ICR, "the port is part of the key"),
    "no-port": ("reg.example.org", PORT, "the port is part of the key"),
    "other-port": ("reg.example.org:5001", PORT, "the port is part of the key"),
    "any-port": ("reg.example.org:*", PORT, "* is no port"),
    "leading-space": (" us.icr.io", ICR, "white space"),
    "trailing-newline": ("us.icr.io\n", ICR, "white space"),
    "upper-case-host": ("US.icr.io", ICR, "upper and lower case of the host"),
    "upper-case-scheme": ("HTTPS://us.icr.io", ICR, "only https:// and http://"),
    "oci": ("oci://us.icr.io", ICR, "not oci://"),
    "docker": ("docker://us.icr.io/acme", ICR, "not docker://"),
    "two-slashes": ("//us.icr.io", ICR, "not //"),
    "dot-at-the-end": ("us.icr.io.", ICR, "a dot ends its host"),
    "v2": ("https://us.icr.io/v2", ICR, "without a slash at its end, /v2 is taken as a path"),
    "v1": ("us.icr.io/v1", ICR, "without a slash at its end, /v1 is taken as a path"),
    "upper-case-path": ("us.icr.io/Acme", ICR, "upper and lower case of the path"),
    "too-long-by-a-slash": ("us.icr.io/acme/app/", ICR, "by the slash at its end"),
    "with-the-tag": ("us.icr.io/acme/app:1", ICR, "tag and digest are no part"),
    "star-in-the-path": ("us.icr.io/ac*", ICR, "* stands for nothing in a path"),
    "another-path": ("us.icr.io/other", ICR, "it is only for what begins with us.icr.io/other"),
    "too-few-parts": ("*.org", REG, "each * stands for one part"),
    "too-many-parts": ("*.*.icr.io", ICR, "each * stands for one part"),
    "star-for-two": ("*.icr.io", PRIVATE, "each * stands for one part"),
    "question-mark": ("re?.example.org", REG, "a ? begins a query"),
    "parent": ("icr.io", ICR, "none below it"),
    "public-for-private": ("us.icr.io", PRIVATE, "two hosts"),
    "private-for-public": ("private.us.icr.io", ICR, "two hosts"),
    "another-region": ("de.icr.io", ICR, "another region"),
    "hub-without-slash": ("https://index.docker.io/v1", HUB, "Docker Hub's key is https://index.docker.io/v1/"),
    "hub-by-its-web-page": ("hub.docker.com", HUB, "Docker Hub's key is"),
    "hub-by-its-host": ("https://registry-1.docker.io", HUB, "Docker Hub's key is"),
}


@pytest.mark.parametrize(("key", "image", "why"), MISSES.values(), ids=MISSES.keys())
def test_near_miss_tells_why(key: str, image: str, why: str) -> None:
    assert not is_match(key, image)
    assert why in near_miss(key, parsed_reference(image))


OTHERS = {
    "another-registry": ("quay.io", ICR),
    "pattern-of-another": ("*.example.org", ICR),
    "star-alone": ("*", "localhost/app"),
    "hub-for-another": ("https://index.docker.io/v1/", ICR),
    "another-for-hub": ("quay.io", HUB),
    "empty": ("", ICR),
}


@pytest.mark.parametrize(("key", "image"), OTHERS.values(), ids=OTHERS.keys())
def test_key_for_something_else_is_no_near_miss(key: str, image: str) -> None:
    assert near_miss(key, parsed_reference(image)) == ""


KEYS = {
    "plain": ("us.icr.io", "us.icr.io"),
    "with-a-password": ("https://robot:word@us.icr.io:443", "https://us.icr.io:443"),
    "with-a-line-end": ("us.icr.io\n", "us.icr.io\\n"),
}


@pytest.mark.parametrize(("key", "text"), KEYS.values(), ids=KEYS.keys())
def test_key_is_shown_without_what_may_be_a_password(key: str, text: str) -> None:
    assert shown_key(key) == text
