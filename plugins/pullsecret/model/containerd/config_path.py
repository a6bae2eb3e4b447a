"""Which directories containerd's configuration names for registries: `config_path`.

Source: containerd docs/hosts.md, docs/cri/config.md; cmd/containerd/server/config/config.go (mergeConfig: containerd
1.x takes a plugin's whole section from the last file that has one).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from pullsecret.errors import ConfigError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECTIONS: Final = ("io.containerd.cri.v1.images", "io.containerd.grpc.v1.cri", "cri")
"""The plugin's name in versions 3, 2 and 1 of the configuration; containerd reads older versions, too."""


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


def config_path_in(configs: Iterable[tuple[str, Mapping[str, object]]]) -> ConfigPath:
    """What applies of configuration files, each with its path, in the order in which containerd merges them."""
    found = ConfigPath()
    for path, config in configs:
        plugins = config.get("plugins")
        for name in _SECTIONS:
            section = plugins.get(name) if isinstance(plugins, dict) else None
            if isinstance(section, dict):
                found = ConfigPath(directories=_directories(section), file=path)
                break
    return found


def _directories(section: Mapping[str, object]) -> tuple[str, ...]:
    registry = section.get("registry")
    text = registry.get("config_path") if isinstance(registry, dict) else None
    return tuple(normpath(one) for one in text.split(":") if one) if isinstance(text, str) else ()
