"""The command line that runs on each node, which the manifest and the program agree on; users do not see it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

NODE_COMMAND: Final = "containerd-hosts"
WRITE, PUT_BACK, WAIT = "write", "put-back", "wait"
HOSTS_MOUNT: Final = "/host/registries"
"""Where the directory of the host that config_path names is in the pod."""
CONFIG_MOUNT: Final = "/host/containerd"
"""Where the directory of containerd's configuration is, read-only."""
FILES_MOUNT: Final = "/files"
"""Where the files to write are, in a directory for each registry."""


@dataclass(frozen=True, kw_only=True)
class NodeTask:
    """What to do on a node: paths are those of the host.

    `owner` is the DaemonSet, `NAMESPACE/NAME`; `files` the hash of what it writes; `action` is WRITE, PUT_BACK or WAIT.
    """

    action: str
    owner: str = ""
    files: str = ""
    config_path: str = ""
    containerd_config: str = ""


_FLAGS: Final = tuple(name.name for name in fields(NodeTask) if name.name != "action")
_NEEDED: Final = {
    WRITE: frozenset(_FLAGS),
    PUT_BACK: frozenset({"owner", "config_path"}),
    WAIT: frozenset[str](),
}


def arguments_of(task: NodeTask) -> list[str]:
    """The command line for a task."""
    values = ((name, getattr(task, name)) for name in _FLAGS if name in _NEEDED[task.action])
    return [NODE_COMMAND, task.action, *(f"--{name.replace('_', '-')}={value}" for name, value in values)]


def parsed_task(words: Sequence[str]) -> NodeTask:
    """The task of a command line, without the command.

    Raises:
        UsageError: it is not one that the manifest has.
    """
    action, *rest = words or [""]
    pairs = (word.removeprefix("--").partition("=") for word in rest)
    given = {name.replace("-", "_"): value for name, _, value in pairs}
    if action not in _NEEDED or given.keys() != _NEEDED[action] or len(rest) != len(given) or not all(given.values()):
        raise UsageError(f"{NODE_COMMAND} is for the pods of `generate {NODE_COMMAND}` only")
    return NodeTask(action=action, **given)
