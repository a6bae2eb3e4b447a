"""The files of a registry's directory: hosts.toml, with a first line that says whose it is, and certificates.

Source: containerd docs/hosts.md. Each file has a `[host]` table: containerd 1.6 ignores a file without one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.containerd.toml_text import toml_list, toml_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.containerd.registry_hosts import Mirror, MirrorOptions, RegistryHosts

HOSTS_FILE: Final = "hosts.toml"
BACKUP: Final = "hosts.toml.before-kubectl-pullsecret"
"""What was there before, under this name beside it: containerd reads only hosts.toml, *.crt, *.cert and *.key."""
AUTHORITY: Final = re.compile(r"kubectl-pullsecret-[0-9a-f]{12}\.pem")
"""The names of certificates that are written beside it: by their content, so that two versions can be there."""
_MARK: Final = re.compile(
    r"# Written by kubectl-pullsecret for DaemonSet (?P<owner>[a-z0-9./-]+), sha256 (?P<hash>[0-9a-f]{64})\n"
)


@dataclass(frozen=True, kw_only=True)
class FileMark:
    """The first line of a file: its DaemonSet, `NAMESPACE/NAME`, and whether the rest is as it was written."""

    owner: str
    is_intact: bool


def mark_of(content: bytes) -> FileMark | None:
    """The mark of a file's content; None for a file that is not ours."""
    line, _, rest = content.partition(b"\n")
    found = _MARK.fullmatch(line.decode("ascii", errors="replace") + "\n")
    return FileMark(owner=found["owner"], is_intact=_hash(rest) == found["hash"]) if found else None


def marked(text: str, owner: str) -> str:
    """The file with its first line."""
    return f"# Written by kubectl-pullsecret for DaemonSet {owner}, sha256 {_hash(text.encode())}\n{text}"


def authority_file(pem: str) -> str:
    """The name of the file with these certificates."""
    return f"kubectl-pullsecret-{_hash(pem.encode())[:12]}.pem"


@dataclass(frozen=True, kw_only=True)
class HostsFiles:
    """The files of one registry's directory, by name."""

    registry: str
    directory: str
    files: Mapping[str, str] = field(repr=False)


def hosts_files(hosts: RegistryHosts, options: MirrorOptions, owner: str) -> HostsFiles:
    """What containerd reads for a registry."""
    found = {HOSTS_FILE: marked(hosts_toml(hosts, options), owner)}
    found |= {authority_file(pem): pem for pem in _authorities(hosts, options)}
    return HostsFiles(registry=hosts.registry, directory=hosts.directory, files=found)


def _authorities(hosts: RegistryHosts, options: MirrorOptions) -> Iterable[str]:
    return filter(None, (*(_pem_for(mirror, options) for mirror in hosts.mirrors), _upstream_pem(hosts, options)))


def _upstream_pem(hosts: RegistryHosts, options: MirrorOptions) -> str:
    """The certificates for the registry itself, if it is asked."""
    return options.authorities.get(hosts.server_host, "") if hosts.server and options.has_upstream else ""


def _pem_for(mirror: Mirror, options: MirrorOptions) -> str:
    """The certificates for a mirror: its own, or else those of all; none for plain HTTP."""
    if not mirror.root.startswith("https:"):
        return ""
    return options.authorities.get(mirror.host) or options.authorities.get("", "")


def hosts_toml(hosts: RegistryHosts, options: MirrorOptions) -> str:
    """The file: the registry itself first, as TOML wants it, although it is asked after all mirrors.

    Without the registry itself, the last mirror takes its place: containerd would go on to the registry otherwise.
    """
    before = hosts.mirrors if options.has_upstream else hosts.mirrors[:-1]
    top = _upstream_lines(hosts, options) if options.has_upstream else _last_lines(hosts.mirrors[-1], options)
    tables = ["\n".join([f"[host.{toml_string(one.url)}]", *_settings(one, options)]) for one in before]
    parts = ["\n".join(top), *(tables or ["[host]"])]
    return "\n\n".join(filter(None, parts)) + "\n"


def _upstream_lines(hosts: RegistryHosts, options: MirrorOptions) -> list[str]:
    lines = [f"server = {toml_string(hosts.server)}"] if hosts.server else []
    pem = _upstream_pem(hosts, options)
    return lines + ([f"ca = {toml_string(authority_file(pem))}"] if pem else [])


def _last_lines(mirror: Mirror, options: MirrorOptions) -> list[str]:
    return [f"server = {toml_string(mirror.url)}", *_settings(mirror, options)]


def _settings(mirror: Mirror, options: MirrorOptions) -> list[str]:
    lines = [f"capabilities = {toml_list(options.capabilities)}"]
    if pem := _pem_for(mirror, options):
        lines.append(f"ca = {toml_string(authority_file(pem))}")
    if mirror.has_whole_path:
        lines.append("override_path = true")
    if options.headers:
        pairs = ", ".join(f"{toml_string(name)} = {toml_list([value])}" for name, value in options.headers.items())
        lines.append(f"header = {{ {pairs} }}")
    return lines


def content_hash(directories: Iterable[HostsFiles]) -> str:
    """A hash of all files, with their paths."""
    digest = hashlib.sha256()
    entries = ((f"{one.directory}/{name}", text) for one in directories for name, text in one.files.items())
    for path, text in sorted(entries):
        digest.update(f"{path}\0{len(text.encode())}\0{text}".encode())
    return digest.hexdigest()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
