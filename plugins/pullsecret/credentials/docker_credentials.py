"""`--from-docker-config`: the credentials of docker or podman on this machine, for some registries or for all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.credentials.credential_helper import get_entry, list_servers
from pullsecret.credentials.docker_config_files import LocalFile, read_login_files
from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import Printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import RegistryEntry, display_name
from pullsecret.model.images.login_file import ConfigFile, StoredEntry, with_problem
from pullsecret.model.images.reference import HUB_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HUB_KEY = "index.docker.io"
_HUB_SERVER = "https://index.docker.io/v1/"
"""The key under which docker stores the credentials of Docker Hub."""


def read_local_entries(servers: Sequence[str], *, file: str, environ: Mapping[str, str]) -> tuple[RegistryEntry, ...]:
    """Read the entries for the servers, which stay as typed; without servers, every entry under its own key.

    Args:
        servers: as --registry has them: `us.icr.io`, `us.icr.io/namespace`, `docker.io`.
        file: the only file to read, `-` for standard input, or "" for docker's and podman's own files, where the first
            usable entry wins.
        environ: the environment's variables, which say where the files and the credential helpers are.

    Raises:
        CredentialError: a server has no entry, or none that a cluster can use (a line each), or a helper failed.
    """
    files = read_login_files(file, environ)
    wanted = tuple(dict.fromkeys(servers or _list_all_servers(files, environ)))
    if not wanted:
        raise CredentialError(f"no credentials in {_names(files)}", hint="log in with docker login or podman login")
    found = [_find_usable_entry(server, files, environ) for server in wanted]
    problems = [stored.problem for stored in found if stored.problem]
    if problems:
        hint = "" if servers else "use --registry to select registries"
        raise CredentialError("\n".join(map(Printable, problems)), hint=hint).as_block()
    return tuple(stored.entry for stored in found)


def _names(files: Iterable[LocalFile]) -> str:
    return ", ".join(file.name for file in files)


def _list_all_servers(files: Iterable[LocalFile], environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(server for file in files for server in _list_file_servers(file.content, environ))


def _list_file_servers(content: ConfigFile, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every server in a file; for a file without any, those in its credential store."""
    in_file = (*content.entries, *content.helpers)
    return in_file or (list_servers(content.store, environ) if content.store else ())


def _find_usable_entry(server: str, files: Sequence[LocalFile], environ: Mapping[str, str]) -> StoredEntry:
    """The first entry for a server that a cluster can use, else the first one with its problem."""
    unusable: StoredEntry | None = None
    for file in files:
        stored = _read_entry(server, file.content, environ)
        if stored and not stored.problem:
            return replace(stored, entry=replace(stored.entry, server=server))
        unusable = unusable or stored
    nothing = RegistryEntry(server=server, username="", password="")
    problem = f"no credentials for {display_name(server)} in {_names(files)}"
    return unusable or StoredEntry(entry=nothing, problem=problem)


def _read_entry(server: str, content: ConfigFile, environ: Mapping[str, str]) -> StoredEntry | None:
    """A file's entry for a server: from its credential helper, else from the file itself."""
    key = _matched_key(server, content.entries)
    helper_key = _matched_key(server, content.helpers)
    helper = content.helpers[helper_key] if helper_key is not None else content.store
    if helper:
        entry = get_entry(helper, key or helper_key or _helper_key(server), environ)
        if entry:
            return with_problem(entry)
    return content.entries[key] if key is not None else None


def _helper_key(server: str) -> str:
    return _HUB_SERVER if _comparable(server) == _HUB_KEY else server


def _matched_key(server: str, keys: Iterable[str]) -> str | None:
    """The key for a server: as typed, else without scheme, else a shorter path of it, down to the host."""
    known = tuple(keys)
    if server in known:
        return server
    parts = _comparable(server).split("/")
    names = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((key for name in names for key in known if _comparable(key) == name), None)


def _comparable(server: str) -> str:
    """A server without scheme and version path, and with one name for Docker Hub."""
    host, slash, path = (index_key(server) or server).partition("/")
    return f"{_HUB_KEY if host == HUB_DOMAIN else host}{slash}{path}"
