"""Logins that end after hours: tokens of cloud providers and of CI jobs, by their usernames, hosts and shapes.

Source: the documentation of Amazon ECR, Google Artifact Registry, Azure Container Registry, GitLab ("CI/CD job token")
and GitHub ("GITHUB_TOKEN", and its changelog of 2026-05-15 on the format of tokens).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pullsecret.model.images.credential_problem import host_of
from pullsecret.model.images.token_dates import dates_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pullsecret.model.images.dockerconfig import RegistryEntry

_ANY = re.compile(r".*", re.DOTALL)
GOOGLE = re.compile(r"(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev")
AMAZON = re.compile(
    r"\d+\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)"
    r"|\d+\.dkr-ecr(?:-fips)?\.[a-z0-9-]+\.on\.(?:aws|amazonwebservices\.com\.cn)|public\.ecr\.aws"
)
AZURE = re.compile(r"[A-Za-z0-9-]+\.azurecr\.(?:io|cn|us)")


@dataclass(frozen=True, kw_only=True)
class TemporaryLogin:
    """A kind of login: which username, host and password have it, and how long it is valid.

    Without `valid_for` it ends with the CI job that it was made for. `instead` is what to use in a pull secret.
    """

    usernames: frozenset[str] = frozenset()
    host: re.Pattern[str] = _ANY
    password: re.Pattern[str] = field(default=_ANY, repr=False)
    valid_for: timedelta | None = None
    instead: str = ""

    def matches(self, host: str, username: str, password: str) -> bool:
        """Whether credentials for a host are of this kind."""
        has_username = not self.usernames or username in self.usernames
        return bool(has_username and self.host.fullmatch(host) and self.password.match(password))


_JOB_USERNAMES = frozenset({"gitlab-ci-token", "x-access-token"})
_LOGINS: Sequence[TemporaryLogin] = (
    TemporaryLogin(usernames=frozenset({"AWS"}), host=AMAZON, valid_for=timedelta(hours=12)),
    TemporaryLogin(
        usernames=frozenset({"oauth2accesstoken", "_token", "_dcgcloud_token"}),
        host=GOOGLE,
        valid_for=timedelta(hours=1),
    ),
    TemporaryLogin(
        usernames=frozenset({"00000000-0000-0000-0000-000000000000"}),
        host=AZURE,
        valid_for=timedelta(hours=3),
    ),
    TemporaryLogin(
        usernames=frozenset({"gitlab-ci-token"}),
        instead="use a deploy token with the scope read_registry",
    ),
    TemporaryLogin(
        password=re.compile(r"glcbt-"),
        instead="use a deploy token with the scope read_registry",
    ),
    TemporaryLogin(
        password=re.compile(r"ghs_"),
        host=re.compile(r"ghcr\.io|docker\.pkg\.github\.com|containers\..+"),
        instead="use a personal access token (classic) with the scope read:packages",
    ),
)


def temporary_login(host: str, username: str, password: str) -> TemporaryLogin | None:
    """The kind of login that credentials for a host are, if it is a temporary one."""
    return next((login for login in _LOGINS if login.matches(host, username, password)), None)


def belongs_to_a_job(username: str) -> bool:
    """Whether a username comes with the token of a CI job only, so that no other password fits it."""
    return username in _JOB_USERNAMES


def expiry_of(entry: RegistryEntry, written: datetime | None) -> datetime | None:
    """When an entry's credentials expire: as they say, or at the latest for a provider's token that was written then.

    Args:
        entry: the entry.
        written: when the secret's data was last written, None if that is unknown.
    """
    _, expires = dates_in(entry.password)
    login = temporary_login(host_of(entry), entry.username, entry.password)
    if expires is not None or login is None or login.valid_for is None or written is None:
        return expires
    return written + login.valid_for
