"""The headers that identify the user, and what -v shows of them."""

from __future__ import annotations

import re

import pytest

from pullsecret.cluster.http.transport import escaped_key, impersonation_headers
from pullsecret.cluster.kubeconfig.user import Impersonation
from pullsecret.errors import PullSecretError
from pullsecret.network.http.message import USER_AGENT
from pullsecret.network.trace import Trace, masked


def test_user_agent_is_in_gos_words() -> None:
    assert re.fullmatch(r"kubectl-pullsecret/\S+ \((linux|darwin|windows)/(amd64|arm64)\)", USER_AGENT)


@pytest.mark.parametrize(
    ("key", "escaped"),
    [("scopes", "scopes"), ("Ab-1.~", "Ab-1.~"), ("a/b", "a%2Fb"), ("50%", "50%25"), ("ü", "%C3%BC"), ("a b", "a%20b")],
)
def test_key_of_extra_is_escaped(key: str, escaped: str) -> None:
    assert escaped_key(key) == escaped


def test_each_group_has_a_header_of_its_own() -> None:
    headers = impersonation_headers(Impersonation(user="bob", groups=("g", "h"), uid="1", extra={"k": ("v", "w")}))

    assert headers == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "1"),
        ("Impersonate-Group", "g"),
        ("Impersonate-Group", "h"),
        ("Impersonate-Extra-k", "v"),
        ("Impersonate-Extra-k", "w"),
    )


def test_impersonation_without_a_name_has_no_headers() -> None:
    assert impersonation_headers(Impersonation()) == ()


@pytest.mark.parametrize("user", ["a\nInjected: b", "a\r", "\x00"])
def test_value_cannot_add_a_header(user: str) -> None:
    with pytest.raises(PullSecretError, match="invalid header field value"):
        impersonation_headers(Impersonation(user=user))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer S3CRET", "Bearer <masked>"),
        ("authorization", "Basic S3CRET", "Basic <masked>"),
        ("Authorization", "S3CRET", "<masked>"),
        ("Authorization", "Digest S3CRET", "<masked>"),
        ("Set-Cookie", "S3CRET=1", "<masked>"),
        ("Accept", "application/json", "application/json"),
    ],
)
def test_credentials_are_masked(name: str, value: str, shown: str) -> None:
    assert masked(name, value) == shown


@pytest.mark.parametrize(("verbosity", "count"), [(0, 0), (5, 0), (6, 1), (7, 4), (8, 6), (9, 6)])
def test_levels_are_kubectls(verbosity: int, count: int) -> None:
    lines: list[str] = []
    trace = Trace(verbosity=verbosity, log=lines.append)

    trace.request("GET", "https://c/x", [("Authorization", "Bearer S3CRET")])
    trace.response("GET", "https://c/x", "200 OK", [("Set-Cookie", "S3CRET")], 7)
    assert len(lines) == count
    assert "S3CRET" not in "".join(lines)
    assert not lines or "GET https://c/x 200 OK in 7 milliseconds" in lines
