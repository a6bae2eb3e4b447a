"""`--from-docker-config`: the logins that docker or podman has on this machine, for some registries or for all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.credentials.credential_helper import entry_from, servers_of
from pullsecret.credentials.docker_config_files import LocalFile, read_login_files
from pullsecret.errors import CredentialError
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import RegistryEntry, display_name
from pullsecret.model.images.login_file import ConfigFile, StoredEntry, with_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HUB = "docker.io"
_HUB_KEY = "index.docker.io"
_HUB_SERVER = "https://index.docker.io/v1/"
"""The name under which docker keeps the login of Docker Hub."""


def read_local_entries(servers: Sequence[str], *, file: str, environ: Mapping[str, str]) -> tuple[RegistryEntry, ...]:
    """The logins for the servers, which stay as typed; without servers, every login under its name in the files.

    Args:
        servers: as --server has them: `us.icr.io`, `us.icr.io/namespace`, `docker.io`.
        file: the only file to read, or "" for docker's and podman's own in their order: the first usable login counts.
        environ: the environment's variables, which say where the files and the credential helpers are.

    Raises:
        CredentialError: a server has no login, or none that a cluster can use (a line each), or a helper failed.
    """
    files = read_login_files(file, environ)
    wanted = tuple(dict.fromkeys(servers or _all_servers(files, environ)))
    if not wanted:
        raise CredentialError(f"{_paths(files)} holds no login", hint="docker login, or podman login, makes one")
    found = [_first_usable(server, files, environ) for server in wanted]
    problems = [stored.problem for stored in found if stored.problem]
    if problems:
        hint = "" if servers else "name the registries that you want with --server"
        raise CredentialError("\n".join(problems), hint=hint)
    return tuple(stored.entry for stored in found)


def _paths(files: Iterable[LocalFile]) -> str:
    return ", ".join(file.path for file in files)


def _all_servers(files: Iterable[LocalFile], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every server that the files name; where a file names none, those that its credential store names."""
    return tuple(server for file in files for server in _servers_in(file.content, environ))


def _servers_in(content: ConfigFile, environ: Mapping[str, str]) -> tuple[str, ...]:
    named = (*content.entries, *content.helpers)
    return named or (servers_of(content.store, environ) if content.store else ())


def _first_usable(server: str, files: Sequence[LocalFile], environ: Mapping[str, str]) -> StoredEntry:
    """The first login for a server that a cluster can use, else the first one with its problem."""
    unusable: StoredEntry | None = None
    for file in files:
        stored = _stored(server, file.content, environ)
        if stored and not stored.problem:
            return replace(stored, entry=replace(stored.entry, server=server))
        unusable = unusable or stored
    nothing = RegistryEntry(server=server, username="", password="")
    return unusable or StoredEntry(entry=nothing, problem=f"no login for {display_name(server)} in {_paths(files)}")


def _stored(server: str, content: ConfigFile, environ: Mapping[str, str]) -> StoredEntry | None:
    """A file's login for a server: what its helper says, else what is written in the file itself."""
    key = _found(server, content.entries)
    helper_key = _found(server, content.helpers)
    helper = content.helpers[helper_key] if helper_key is not None else content.store
    if helper:
        entry = entry_from(helper, key or helper_key or _asked_name(server), environ)
        if entry:
            return with_problem(entry)
    return content.entries[key] if key is not None else None


def _asked_name(server: str) -> str:
    return _HUB_SERVER if _name(server) == _HUB_KEY else server


def _found(server: str, keys: Iterable[str]) -> str | None:
    """The key for a server: as typed, else without scheme, else a shorter path of it, down to the host."""
    known = tuple(keys)
    if server in known:
        return server
    parts = _name(server).split("/")
    names = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((key for name in names for key in known if _name(key) == name), None)


def _name(server: str) -> str:
    """A server without scheme and version path; Docker Hub has one name, whichever of its two was typed."""
    host, slash, path = (index_key(server) or server).partition("/")
    return f"{_HUB_KEY if host == _HUB else host}{slash}{path}"
