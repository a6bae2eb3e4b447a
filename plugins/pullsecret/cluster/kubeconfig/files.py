"""Finds, loads and merges kubeconfig files (client-go: tools/clientcmd/loader.go)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry, read_yaml_file
from pullsecret.errors import ConfigError
from pullsecret.system.file_paths import has_separator, is_absolute, path_in, split_list
from pullsecret.system.home import kubectl_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PATHS = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
}


@dataclass(frozen=True, kw_only=True)
class Kubeconfig:
    """The merged files: entries by name, and the current context (empty if none)."""

    current_context: str = ""
    contexts: Mapping[str, ConfigEntry] = field(default_factory=dict)
    clusters: Mapping[str, ConfigEntry] = field(default_factory=dict)
    users: Mapping[str, ConfigEntry] = field(default_factory=dict)


def load_kubeconfig(explicit: str, environ: Mapping[str, str]) -> Kubeconfig:
    """Load the file of --kubeconfig, or else the merged files of $KUBECONFIG, or else ~/.kube/config.

    The first file that has an entry, or a current context, wins; missing and empty files are ignored.

    Raises:
        ConfigError: the explicit file does not exist, or a file is not valid.
    """
    if explicit:
        return _load_file(explicit, required=True)
    names = split_list(environ.get("KUBECONFIG", "")) or (str(Path(kubectl_home(environ), ".kube", "config")),)
    return _merged([_load_file(name) for name in dict.fromkeys(names) if name])


def _merged(files: list[Kubeconfig]) -> Kubeconfig:
    """Merge several files; for each name, the first file wins."""
    return Kubeconfig(
        current_context=next((file.current_context for file in files if file.current_context), ""),
        contexts=_first_wins(file.contexts for file in files),
        clusters=_first_wins(file.clusters for file in files),
        users=_first_wins(file.users for file in files),
    )


def _first_wins(maps: Iterable[Mapping[str, ConfigEntry]]) -> dict[str, ConfigEntry]:
    merged: dict[str, ConfigEntry] = {}
    for entries in maps:
        merged = {**entries, **merged}
    return merged


def _load_file(path: str, *, required: bool = False) -> Kubeconfig:
    document = read_yaml_file(path)
    if document is None:
        if required:
            raise ConfigError(f"error: stat {path}: no such file or directory")
        return Kubeconfig()
    root = ConfigEntry(where=f'config file "{path}"', values=document, file=path)
    base = str(Path(path).absolute().parent)
    return Kubeconfig(
        current_context=root.text("current-context"),
        contexts=_entries(root, "contexts", "context", base),
        clusters=_entries(root, "clusters", "cluster", base),
        users=_entries(root, "users", "user", base),
    )


def _entries(root: ConfigEntry, plural: str, singular: str, base: str) -> dict[str, ConfigEntry]:
    """The named entries of one list; relative paths are resolved against the file's directory."""
    entries: dict[str, ConfigEntry] = {}
    for item in root.mappings(plural):
        name = item.text("name")
        if name in entries:
            raise ConfigError(f'error: duplicate name "{name}" in {plural} of {root.where}')
        inner = item.mapping(singular)
        values = {} if inner is None else _absolute(inner.values, singular, base)
        where = f'{singular} "{name}" in {root.where}'
        entries[name] = ConfigEntry(where=where, values=values, name=name, file=root.file)
    return entries


def _absolute(values: Mapping[str, Any], singular: str, base: str) -> dict[str, Any]:
    """The entry with its paths resolved; an exec command only if it is a path, not a name to look up on PATH."""
    found = dict(values)
    for key in _PATHS.get(singular, ()):
        if isinstance(found.get(key), str) and found[key]:
            found[key] = _joined(base, found[key])
    exec_ = found.get("exec")
    if isinstance(exec_, dict) and isinstance(command := exec_.get("command"), str) and has_separator(command):
        found["exec"] = {**exec_, "command": _joined(base, command)}
    return found


def _joined(base: str, path: str) -> str:
    return path if is_absolute(path) else path_in(base, path)
