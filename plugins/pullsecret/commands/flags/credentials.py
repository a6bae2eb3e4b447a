"""Which registries a secret is for, with which username, and where the password comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import REGIONS, hosts, is_registry_host, username_for

DOCKER_HUB = "https://index.docker.io/v1/"


def password_source(
    *,
    password_stdin: Annotated[bool, Option("--password-stdin", help="Read the password from standard input.")] = False,
    password_file: Annotated[
        str,
        Option(
            "--password-file",
            metavar="FILE",
            help='Read the password from a file: the first line, or "apikey" if it is JSON written by ibmcloud iam.',
        ),
        CompletionHint("files"),
    ] = "",
    password_env: Annotated[
        str, Option("--password-env", metavar="VAR", help="Read the password from an environment variable.")
    ] = "",
    docker_password: Annotated[
        str | None,
        Option(
            "--docker-password",
            metavar="PASSWORD",
            help="Password on the command line. Insecure: visible in the process list; prefer --password-stdin.",
        ),
    ] = None,
) -> PasswordSource:
    """Where the password comes from; without any of these, a prompt on the terminal."""
    return PasswordSource(
        stdin=password_stdin,
        file=password_file,
        env=password_env,
        value=docker_password,
        value_flag="docker-password",
    )


def registries(
    *,
    registry: Annotated[
        Repeated,
        Option(
            "--registry",
            "--docker-server",
            metavar="HOST[/PATH]",
            help=f"Registry host or URL; repeatable (default {DOCKER_HUB}).",
        ),
    ] = None,
    icr: Annotated[
        Repeated,
        Option("--icr", metavar="REGION", help="IBM Cloud Container Registry: us, de, ..., global, all; repeatable."),
        CompletionHint(choices=(*(f"{region.short}\t{region.location}" for region in REGIONS), "all\tevery region")),
    ] = None,
    private: Annotated[bool, Option("--private", help="With --icr: use the private.* endpoints.")] = False,
) -> tuple[str, ...]:
    """The registries given; empty when there are none.

    Raises:
        UsageError: an unknown region, --private without --icr, or an invalid registry.
    """
    if private and not icr:
        raise UsageError("--private requires --icr")
    for host in registry or ():
        if not host or any(char.isspace() or not char.isprintable() for char in host):
            raise UsageError(f'invalid --registry "{printable(host)}": it must be HOST[/PATH] without whitespace')
    return tuple(dict.fromkeys((*(registry or ()), *hosts(split(icr), private=private))))


@dataclass(frozen=True, kw_only=True)
class Username:
    """The username as typed, or a trusted profile's ID instead."""

    username: str
    profile_id: str

    def for_servers(self, servers: tuple[str, ...]) -> str:
        """The username given, or `iamapikey` if all registries are IBM Cloud's; "" otherwise.

        Raises:
            UsageError: both were given, or the profile's ID is invalid.
        """
        if self.profile_id or (servers and all(map(is_registry_host, servers))):
            return username_for(username=self.username, profile_id=self.profile_id)
        return self.username


def identity(
    *,
    username: Annotated[
        str,
        Option("--username", "--docker-username", metavar="NAME", help="Username (default with --icr: iamapikey)."),
    ] = "",
    profile_id: Annotated[
        str,
        Option("--profile-id", metavar="PROFILE-ID", help="With --icr: authenticate as this trusted profile."),
    ] = "",
) -> Username:
    """The username for the registries.

    Raises:
        UsageError: it has a colon, which separates username and password (RFC 7617); it may be both of them.
    """
    if ":" in username:
        raise UsageError("the username must not contain a colon", hint="pass the password with --password-stdin")
    return Username(username=username, profile_id=profile_id)
