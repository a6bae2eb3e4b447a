"""Which directories containerd's configuration names for registries: `config_path`.

Source: containerd docs/hosts.md, docs/cri/config.md; cmd/containerd/server/config/config.go (mergeConfig: containerd
1.x takes a plugin's whole section from the last file that has one, 2.x merges them); plugins/cri/images/plugin.go
(from 2.2 on there is a default, unless the older `mirrors` are set).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from pullsecret.errors import ConfigError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SECTIONS: Final = ("io.containerd.cri.v1.images", "io.containerd.grpc.v1.cri", "cri")
"""The plugin's name in versions 3, 2 and 1 of the configuration; containerd reads older versions, too."""

_MERGING, _WITH_DEFAULT = 3, 4
_DEFAULT: Final = ("/etc/containerd/certs.d", "/etc/docker/certs.d")


@dataclass(frozen=True, kw_only=True)
class ConfigPath:
    """The directories in order, none if there is no `config_path`, and the file that says so."""

    directories: tuple[str, ...] = ()
    file: str = ""


def parsed_config(content: bytes, path: str) -> Mapping[str, object]:
    """A configuration file. Raises ConfigError if it is not TOML."""
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"error: {path} is not valid TOML: {printable(str(error))}") from error


def imports_of(config: Mapping[str, object], path: str) -> tuple[str, ...]:
    """The paths and patterns that a configuration imports, whole."""
    found = config.get("imports")
    texts = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    directory = path.rpartition("/")[0]
    return tuple(normpath(join(directory, text)) for text in texts)


def config_path_in(configs: Sequence[tuple[str, Mapping[str, object]]]) -> ConfigPath:
    """What applies of configuration files, each with its path, in the order in which containerd merges them.

    The version of the first one tells the oldest containerd that can read it: 2.0 for 3, and 2.3 for 4.
    """
    main, version = configs[0][0], _version(configs[0][1])
    found = ConfigPath()
    has_mirrors = False
    for path, config in configs:
        section = _section(config)
        if section is None:
            continue
        registry = section.get("registry")
        registry = registry if isinstance(registry, dict) else {}
        has_mirrors = has_mirrors or bool(registry.get("mirrors"))
        own = ConfigPath(directories=_directories(registry.get("config_path")), file=path)
        found = own if own.directories or version < _MERGING else found
    if not found.directories and not has_mirrors and version >= _WITH_DEFAULT:
        return ConfigPath(directories=_DEFAULT, file=main)
    return found


def _version(config: Mapping[str, object]) -> int:
    version = config.get("version")
    return version if isinstance(version, int) else 1


def _section(config: Mapping[str, object]) -> Mapping[str, object] | None:
    plugins = config.get("plugins")
    sections = [plugins.get(name) for name in _SECTIONS] if isinstance(plugins, dict) else []
    return next((section for section in sections if isinstance(section, dict)), None)


def _directories(text: object) -> tuple[str, ...]:
    return tuple(normpath(one) for one in text.split(":") if one) if isinstance(text, str) else ()
