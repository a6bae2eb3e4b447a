"""A box leaves nothing behind, however it ends. These tests create boxes inside of the box that they run in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.waiting import until
from objects import pod
from real_node.box import HIDDEN
from real_node.cleanup import HIERARCHIES
from real_node.inside import SYSCTLS
from real_node.processes import command_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

RUN_POD = """
kubectl apply -f pod.yaml && kubectl wait pod/web --for=condition=Ready --timeout=60s && echo ready && read forever
"""
"""The last line on stdout says that the pod runs; `read` waits forever."""
WRITTEN = [f"{directory}/written" for directory in HIDDEN]


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A box that runs a command, and the PID namespaces that existed before it."""

    running: subprocess.Popen[str]
    others: set[str]

    def wait_for(self, line: str) -> None:
        """Read the output up to a line."""
        said = []
        assert self.running.stdout
        for text in self.running.stdout:
            said.append(text)
            if text.rstrip() == line:
                return
        pytest.fail("".join(said))

    @property
    def processes(self) -> dict[int, bytes]:
        """The command lines of all processes in the box, by ID."""
        return {pid: line for pid, line in command_lines().items() if namespace_of(pid) not in {"", *self.others}}


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Everything that a box could leave behind."""

    processes: dict[int, bytes]
    mounts: str
    cgroups: set[Path]
    files: set[Path]

    @classmethod
    def now(cls, temporary: Path) -> Traces:
        """The current state."""
        helpers_and_boxes = {pid: line for pid, line in command_lines().items() if b"real_node" in line}
        return cls(
            processes=helpers_and_boxes,
            mounts=Path("/proc/self/mountinfo").read_text(),
            cgroups={*HIERARCHIES.glob("pullsecret-*"), *HIERARCHIES.glob("*/pullsecret-*")},
            files=set(temporary.iterdir()),
        )


def namespace_of(pid: int) -> str:
    """The PID namespace of a process, or "" if it has ended."""
    with suppress(OSError):
        return str((Path("/proc") / str(pid) / "ns" / "pid").readlink())
    return ""


@contextmanager
def box(temporary: Path, *command: str) -> Iterator[Inner]:
    """A box with a command in it; stderr goes to stdout."""
    others = set(map(namespace_of, command_lines()))
    with subprocess.Popen(
        [sys.executable, "-m", "real_node", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=temporary.parent,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as running:
        try:
            yield Inner(running=running, others=others)
        finally:
            running.kill()


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A directory for a box's temporary files."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    return directory


def test_killed_box_leaves_nothing(temporary: Path, stage: Stage) -> None:
    body = pod("web", "us.icr.io/acme/web:1", "node", pull_secrets=["all-icr-io"])
    (temporary.parent / "pod.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", **body}))
    before = Traces.now(temporary)
    with box(temporary, sys.executable, "-m", "real_node.byhand", "sh", "-c", RUN_POD) as inner:
        inner.wait_for("ready")
        there = Traces.now(temporary)
        commands = {line.split(b"\0")[0].rpartition(b"/")[2] for line in inner.processes.values()}
        assert {b"serve", b"containerd", b"control-plane", b"docker-registry"} <= commands
        assert there.cgroups > before.cgroups
        inner.running.kill()
        inner.running.wait()
        until(lambda: not inner.processes, "the end of all its processes")
    until(lambda: Traces.now(temporary) == before, "the state to be as before")
    held = len(there.cgroups) - len(before.cgroups)
    stage.tell(
        f"A second real node, with a running pod, was killed by SIGKILL: its processes and {held} cgroups are gone."
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
def test_box_ended_by_a_signal_leaves_nothing(number: signal.Signals, temporary: Path) -> None:
    before = Traces.now(temporary)
    with box(temporary, "sh", "-c", "echo ready; read forever") as inner:
        inner.wait_for("ready")
        inner.running.send_signal(number)
        assert inner.running.wait() == (-number if number is signal.SIGKILL else 128 + number)
    until(lambda: Traces.now(temporary) == before, "the state to be as before")


def test_box_interrupted_by_ctrl_c_leaves_nothing(temporary: Path) -> None:
    before = Traces.now(temporary)
    with box(temporary, "sh", "-c", "echo ready; read forever") as inner:
        inner.wait_for("ready")
        os.killpg(inner.running.pid, signal.SIGINT)  # as a terminal does: to all of them
        assert inner.running.wait() == 128 + signal.SIGINT
    until(lambda: Traces.now(temporary) == before, "the state to be as before")


def test_exit_status_is_that_of_the_command_in_the_box(temporary: Path) -> None:
    before = Traces.now(temporary)
    with box(temporary, "sh", "-c", "exit 7") as inner:
        assert inner.running.wait() == 7
    assert Traces.now(temporary) == before


def test_files_written_in_a_box_do_not_reach_the_machine(temporary: Path) -> None:
    setting = "kernel/keys/root_maxkeys"
    assert setting in SYSCTLS
    machine = temporary.parent / "proc"  # as the kernel has it: what we see of it is covered as well
    machine.mkdir()
    subprocess.run(["mount", "-t", "proc", "proc", machine], check=True)
    before = [(machine / "sys" / setting).read_text(), Path("/etc/hosts").read_text()]
    with box(
        temporary, "sh", "-ec", f"echo 199 >/proc/sys/{setting}; touch {' '.join(WRITTEN)}; echo >>/etc/hosts"
    ) as inner:
        assert inner.running.wait() == 0
    assert [(machine / "sys" / setting).read_text(), Path("/etc/hosts").read_text()] == before
    assert not any(map(os.path.exists, WRITTEN))
    subprocess.run(["umount", machine], check=True)
