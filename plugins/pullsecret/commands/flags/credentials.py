"""Which registries a secret is for, who logs in there, and where the password is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Words, split
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
            help="Read it from a file: its first line, or the apikey of JSON that ibmcloud iam wrote.",
        ),
        CompletionHint("files"),
    ] = "",
    password_env: Annotated[
        str, Option("--password-env", metavar="VAR", help="Read it from an environment variable.")
    ] = "",
    docker_password: Annotated[
        str | None,
        Option("--docker-password", metavar="VALUE", help="The password itself: visible to others, so better not."),
    ] = None,
) -> PasswordSource:
    """Where the password is; without any of these it is asked for on the terminal."""
    return PasswordSource(
        stdin=password_stdin,
        file=password_file,
        env=password_env,
        value=docker_password,
        value_flag="docker-password",
    )


def registries(
    *,
    server: Annotated[
        Words,
        Option(
            "--server",
            "--docker-server",
            metavar="HOST[/PATH]",
            help=f"Registry, repeatable; default: {DOCKER_HUB}. (The Kubernetes API server is -s here.)",
        ),
    ] = None,
    icr: Annotated[
        Words,
        Option("--icr", metavar="REGION", help="IBM Cloud Container Registry: us, de, ..., global, all; repeatable."),
        CompletionHint(choices=(*(f"{region.short}\t{region.location}" for region in REGIONS), "all\tevery region")),
    ] = None,
    private: Annotated[bool, Option("--private", help="With --icr: the private. names of the hosts.")] = False,
) -> tuple[str, ...]:
    """The registries named; empty when none is.

    Raises:
        UsageError: an unknown region, --private without --icr, or a server that none can be.
    """
    if private and not icr:
        raise UsageError("--private goes with --icr")
    for host in server or ():
        if not host or any(char.isspace() or not char.isprintable() for char in host):
            raise UsageError(f'invalid --server "{printable(host)}": it must be HOST[/PATH], without white space')
    return tuple(dict.fromkeys((*(server or ()), *hosts(split(icr), private=private))))


@dataclass(frozen=True, kw_only=True)
class UserName:
    """The user name as typed, or a trusted profile's ID instead."""

    username: str
    profile_id: str

    def for_servers(self, servers: tuple[str, ...]) -> str:
        """The name given, or `iamapikey` where all registries are IBM Cloud's; "" otherwise.

        Raises:
            UsageError: both were given, or the profile's ID is none.
        """
        if self.profile_id or (servers and all(map(is_registry_host, servers))):
            return username_for(username=self.username, profile_id=self.profile_id)
        return self.username


def identity(
    *,
    username: Annotated[
        str, Option("--username", "--docker-username", metavar="NAME", help="User name; with --icr: iamapikey.")
    ] = "",
    profile_id: Annotated[
        str,
        Option("--profile-id", metavar="Profile-ID", help="With --icr: a trusted profile instead of iamapikey."),
    ] = "",
) -> UserName:
    """Who logs in."""
    return UserName(username=username, profile_id=profile_id)
