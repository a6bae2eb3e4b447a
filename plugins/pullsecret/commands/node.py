"""The command of the pods of `generate containerd-hosts`: no user's, and so in no help."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pullsecret.errors import HostError, PullSecretError
from pullsecret.model.containerd.node_command import (
    CONFIG_MOUNT,
    FILES_MOUNT,
    HOSTS_MOUNT,
    WAIT,
    WRITE,
    parsed_task,
)
from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_error, print_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_on_node(argv: Sequence[str]) -> int:
    """Do what the pod is for, and return the exit status: 1 if anything was left alone that should not be.

    Raises:
        PullSecretError: nothing was done.
    """
    from pathlib import Path

    task = parsed_task(argv)
    if sys.platform == "win32":
        raise HostError("nodes with containerd's registry hosts run Linux")
    from pullsecret.node.containerd_hosts import put_all_back, wait_for_end, write_all

    if task.action == WAIT:
        wait_for_end()
        return 0
    is_write = task.action == WRITE
    told = (
        write_all(task, HOSTS_MOUNT, CONFIG_MOUNT, Path(FILES_MOUNT)) if is_write else put_all_back(task, HOSTS_MOUNT)
    )
    status = 0
    for one in told:
        if isinstance(one, PullSecretError):
            print_error(one)
            status = 1
        else:
            print_line(Printable(one))
    return status
