"""One run's session with IBM Cloud: who is signed in, for which account, and where the services are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

from pullsecret.credentials.password import read_password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import CloudError, ConfigError
from pullsecret.ibmcloud.cli_config import read_cli_config
from pullsecret.ibmcloud.client import IbmClient
from pullsecret.ibmcloud.endpoints import Endpoints, endpoints_for
from pullsecret.ibmcloud.tokens import ApiKeySource, CliSource, PodSource, Tokens, pod_token_path
from pullsecret.model.go.printable import printable
from pullsecret.network.http.web import WebTransport
from pullsecret.network.timeouts import parsed_timeout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from pullsecret.ibmcloud.cli_config import CliConfig
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.model.request.ibm_sign_in import IbmSignIn
    from pullsecret.network.trace import Trace

_KEY_VARIABLE: Final = "IBMCLOUD_API_KEY"
_PROFILE_VARIABLE: Final = "IBMCLOUD_CR_PROFILE"
_BAD_KEY: Final = 400
"""The status with which IAM refuses an API key that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in client; `account_name` is "" if only the account's ID is known, `region` the CLI's."""

    client: IbmClient
    endpoints: Endpoints
    account: str
    account_name: str = ""
    region: str = ""
    resource_group: str = ""
    anonymous: IbmClient = field(repr=False)

    @property
    def shown_account(self) -> str:
        """The account, as each summary names it."""
        return f'"{printable(self.account_name)}" ({printable(self.account)})' if self.account_name else self.account

    def client_as(self, api_key: str) -> IbmClient:
        """A client that is signed in with an API key, such as one found in a secret."""
        source = ApiKeySource(client=self.anonymous, iam=self.endpoints.iam, api_key=api_key)
        return self.anonymous.signed_in(Tokens(source))

    def close(self) -> None:
        """Close the connections that are idle."""
        self.client.close()


def open_session(  # noqa: PLR0913  what a session is opened with
    sign_in: IbmSignIn,
    flags: ConnectionFlags,
    *,
    environ: Mapping[str, str],
    trace: Trace,
    stdin: BinaryIO,
    stopped: Event | None = None,
) -> Session:
    """Sign in: with --ibmcloud-api-key-file, else as the CLI is, else with IBMCLOUD_API_KEY, else as the pod's profile.

    Once `stopped` is set, no request is repeated.

    Raises:
        ConfigError: there is no identity to sign in as, or a file, an endpoint or the timeout cannot be used.
        CredentialError: the file of the API key cannot be used.
        CloudError: IAM refused, or gave no answer.
    """
    config = read_cli_config(environ)
    endpoints = endpoints_for(config, environ, is_private=sign_in.is_private)
    transport = WebTransport(environ=environ, trace=trace, timeouts=parsed_timeout(flags.request_timeout))
    anonymous = IbmClient(transport, stopped=stopped)
    places = _SignInPlaces(sign_in=sign_in, config=config, iam=endpoints.iam, client=anonymous)
    tokens = _tokens(places, environ, stdin)
    account = _account_of(tokens, places, environ)
    if not account:
        raise ConfigError(
            "error: the IBM Cloud session has no account", hint="to select one, run: ibmcloud target -c ACCOUNT"
        )
    return Session(
        client=anonymous.signed_in(tokens),
        anonymous=anonymous,
        endpoints=endpoints,
        account=account,
        account_name=config.account_name if config.account == account else "",
        region=config.region,
        resource_group=config.resource_group if config.account == account else "",
    )


def _account_of(tokens: Tokens, places: _SignInPlaces, environ: Mapping[str, str]) -> str:
    """The account of the tokens; an API key that IAM does not accept is named by where it comes from."""
    try:
        return tokens.account
    except CloudError as error:
        places.client.close()
        place = places.sign_in.api_key_file or (_KEY_VARIABLE if environ.get(_KEY_VARIABLE) else "")
        if error.status == _BAD_KEY and place:
            raise error.with_hint(f"IAM does not accept the API key of {printable(place)}") from error
        raise


@dataclass(frozen=True, kw_only=True)
class _SignInPlaces:
    """What tokens can come from: flags, the CLI's configuration, and a client for IAM."""

    sign_in: IbmSignIn
    config: CliConfig
    iam: str
    client: IbmClient

    def with_key(self, api_key: str) -> Tokens:
        return Tokens(ApiKeySource(client=self.client, iam=self.iam, api_key=api_key))


def _tokens(places: _SignInPlaces, environ: Mapping[str, str], stdin: BinaryIO) -> Tokens:
    if places.sign_in.api_key_file:
        return places.with_key(_read_key(places.sign_in.api_key_file, environ, stdin))
    variable = environ.get(_KEY_VARIABLE, "")
    if places.config.token:
        tokens = Tokens(CliSource(environ=environ), places.config.token)
        if not variable or tokens.is_available:
            return tokens
    if variable:
        key = _read_key(variable[1:], environ, stdin) if variable.startswith("@") else variable
        return places.with_key(key)
    return _pod_tokens(places, environ)


def _read_key(path: str, environ: Mapping[str, str], stdin: BinaryIO) -> str:
    source = PasswordSource(file=path, word="api-key")
    return read_password(source, prompt=None, stdin=stdin, environ=environ).value


def _pod_tokens(places: _SignInPlaces, environ: Mapping[str, str]) -> Tokens:
    path, profile = pod_token_path(), environ.get(_PROFILE_VARIABLE, "")
    if path and profile:
        return Tokens(PodSource(client=places.client, iam=places.iam, profile=profile, path=path))
    hint = "to sign in, run `ibmcloud login`, or name a file with an API key: --ibmcloud-api-key-file"
    if path:
        hint = f"name the pod's trusted profile in {_PROFILE_VARIABLE}"
    raise ConfigError("error: not signed in to IBM Cloud", hint=hint)
