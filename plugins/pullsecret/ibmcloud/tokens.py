"""Access tokens: where they come from, and when they must be renewed. None is printed, stored or sent but to IBM Cloud.

Source: ibm-cloud-sdk-core, token_managers/ (grant types, and the files of a pod's token).
"""

from __future__ import annotations

import json
import os
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from pullsecret.errors import CloudError, ConfigError
from pullsecret.ibmcloud.client import IbmCall, answer_object
from pullsecret.model.ibmcloud.answers import object_at, text_in
from pullsecret.model.ibmcloud.identity import PROFILE_PREFIX
from pullsecret.model.images.token_dates import claims_in, dates_in
from pullsecret.programs.find_program import find_program
from pullsecret.programs.run_program import LimitError, inherited_environment, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.ibmcloud.client import IbmClient

_MARGIN: Final = timedelta(minutes=1)
"""A token that expires earlier is renewed: a request takes a while."""
_GRANT: Final = "urn:ibm:params:oauth:grant-type:"
_SECONDS: Final = 60.0
_POD_TOKENS: Final = (
    "/var/run/secrets/tokens/vault-token",
    "/var/run/secrets/tokens/sa-token",
    "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token",
)
_BEARER: Final = re.compile(r"Bearer\s+(eyJ[A-Za-z0-9_.-]+)")


class TokenSource(Protocol):
    """Whatever gives access tokens."""

    def fetch(self) -> str:
        """A new token; raises CloudError or ConfigError."""


class Tokens:
    """The token of a run: one that is known already, if it is valid, else one from the source."""

    def __init__(self, source: TokenSource, token: str = "") -> None:
        self._source, self._token, self._lock = source, token, threading.Lock()

    def current(self) -> str:
        """A token that is valid for a minute at least; raises what the source raises."""
        with self._lock:
            if not is_valid(self._token, datetime.now(UTC)):
                self._token = self._source.fetch()
            return self._token

    def renew(self, refused: str) -> str:
        """Another token than one that IBM Cloud refused; empty if the source has none."""
        with self._lock:
            if self._token == refused:
                try:
                    self._token = self._source.fetch()
                except (CloudError, ConfigError):
                    return ""
            return self._token if self._token != refused else ""

    @property
    def is_available(self) -> bool:
        """Whether there is a valid token."""
        try:
            return bool(self.current())
        except (CloudError, ConfigError):
            return False

    @property
    def account(self) -> str:
        """The ID of the account that the token is for; raises what the source raises."""
        return account_id_of(self.current())


def is_valid(token: str, now: datetime) -> bool:
    """Whether a token has not expired, and will not within a minute."""
    _, expires = dates_in(token)
    return expires is not None and expires - _MARGIN > now


def account_id_of(token: str) -> str:
    """The account's ID in a token's claims."""
    return text_in(object_at(claims_in(token), "account"), "bss")


def iam_id_of(token: str) -> str:
    """The IAM ID of a token's identity: `iam-ServiceId-...`."""
    return text_in(claims_in(token), "iam_id")


@dataclass(frozen=True, kw_only=True)
class CliSource:
    """Asks the IBM Cloud CLI, which renews its session."""

    environ: Mapping[str, str] = field(repr=False)

    def fetch(self) -> str:
        """A new token; raises ConfigError if the CLI gives none."""
        program = find_program(self.environ.get("IBMCLOUD_CLI") or "ibmcloud", self.environ)
        failure = ConfigError(
            "error: the session of the IBM Cloud CLI has expired", hint="to sign in again, run: ibmcloud login"
        )
        if program is None:
            raise failure
        words = (program, "iam", "oauth-tokens", "--output", "json")
        try:
            ended = run_program(words, environ=inherited_environment(self.environ), seconds=_SECONDS)
        except (OSError, LimitError) as error:
            raise failure from error
        token = _token_in_output(ended.output)
        if ended.status or not is_valid(token, datetime.now(UTC)):
            raise failure
        return token


@dataclass(frozen=True, kw_only=True)
class ApiKeySource:
    """Exchanges an API key at IAM."""

    client: IbmClient
    iam: str
    api_key: str = field(repr=False)

    def fetch(self) -> str:
        """A new token; raises CloudError: status 400 if the API key is not valid."""
        form = {"grant_type": f"{_GRANT}apikey", "apikey": self.api_key, "response_type": "cloud_iam"}
        return _fetch_token(self.client, self.iam, form, self.api_key)


@dataclass(frozen=True, kw_only=True)
class PodSource:
    """Exchanges the token of the pod that the program runs in for one of a trusted profile."""

    client: IbmClient
    iam: str
    profile: str
    path: str

    def fetch(self) -> str:
        """A new token; raises CloudError or ConfigError."""
        try:
            with open(self.path, encoding="ascii") as file:  # noqa: PTH123  paths are text here
                pod_token = file.read(1 << 20).strip()
        except (OSError, ValueError) as error:
            raise ConfigError(f"error: cannot read the pod's token {self.path}") from error
        name = "profile_id" if self.profile.startswith(PROFILE_PREFIX) else "profile_name"
        form = {"grant_type": f"{_GRANT}cr-token", "cr_token": pod_token, name: self.profile}
        return _fetch_token(self.client, self.iam, form, pod_token)


def pod_token_path() -> str:
    """The file with the token of the pod that the program runs in; empty outside of pods that have one."""
    return next((path for path in _POD_TOKENS if os.path.exists(path)), "")  # noqa: PTH110  paths are text here


def _fetch_token(client: IbmClient, iam: str, form: Mapping[str, str], secret: str) -> str:
    call = IbmCall(method="POST", url=f"{iam}/identity/token", form=form, secrets=(secret,), is_signed=False)
    token = text_in(answer_object(client.send(call)), "access_token")
    if not token.isascii() or not token.isprintable() or not token:
        raise CloudError("IBM Cloud's answer has no access token")
    return token


def _token_in_output(output: bytes) -> str:
    """The token in what the CLI printed: JSON with `iam_token`, or a line of text."""
    text = output.decode(errors="replace")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        text = text_in(content, "iam_token")
    found = _BEARER.search(text)
    return found[1] if found else ""
