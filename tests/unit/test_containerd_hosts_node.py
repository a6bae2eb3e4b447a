"""What a pod of `generate containerd-hosts` does to the files of its node, and what the next run finds after a kill.

A process is really killed: before its nth operation on a file it ends, without a word and without cleaning up.
"""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pullsecret.commands.app import COMMAND_FUNCTIONS
from pullsecret.commands.flags.containerd_hosts import hosts_options
from pullsecret.commands.flags.registry_mirrors import parsed_hosts
from pullsecret.commands.generated_help import HELP
from pullsecret.commands.node import run_on_node
from pullsecret.entry.command_table import COMMANDS
from pullsecret.errors import HostError, PullSecretError
from pullsecret.main import main
from pullsecret.model.containerd.hosts_files import BACKUP, HostsFiles, content_hash, hosts_files
from pullsecret.model.containerd.node_command import NODE_COMMAND, NodeTask
from pullsecret.node.containerd_config import check_config_path
from pullsecret.node.containerd_hosts import put_all_back, write_all
from pullsecret.node.directory import open_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWNER = "nodes/containerd-hosts"
CERTS = "/etc/containerd/certs.d"
CONFIG = "/etc/containerd/config.toml"
CRI = '[plugins."io.containerd.grpc.v1.cri".registry]\n'
IMAGES = '[plugins."io.containerd.cri.v1.images"'
SET = f'version = 2\n{CRI}config_path = "{CERTS}"\n'
FILE_OPERATIONS = ("open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod")
KILLED = 9


class Node:
    """The directories of a node that a pod sees, below one that is of the test."""

    def __init__(self, directory: Path) -> None:
        self.hosts, self.config, self.files = (directory / name for name in ("hosts", "config", "files"))
        for place in (self.hosts, self.config, self.files):
            place.mkdir()
        self.config.joinpath("config.toml").write_text(SET)

    def deliver(self, found: tuple[HostsFiles, ...]) -> str:
        """Put files where a pod has its ConfigMap, in place of those that were there; returns their hash."""
        for place in self.files.iterdir():
            for file in place.iterdir():
                file.unlink()
            place.rmdir()
        for one in found:
            self.files.joinpath(one.directory).mkdir()
            for name, text in one.files.items():
                self.files.joinpath(one.directory, name).write_text(text)
        return content_hash(found)

    def write(self, found: tuple[HostsFiles, ...], owner: str = OWNER) -> list[str]:
        """Run the pod that writes; its lines, errors among them."""
        task = NodeTask(
            action="write", owner=owner, files=self.deliver(found), config_path=CERTS, containerd_config=CONFIG
        )
        return [_line(one) for one in write_all(task, str(self.hosts), str(self.config), self.files)][1:]

    def put_back(self, owner: str = OWNER) -> list[str]:
        """Run the pod that puts back."""
        task = NodeTask(action="put-back", owner=owner, config_path=CERTS)
        return [_line(one) for one in put_all_back(task, str(self.hosts))]

    def seen(self) -> dict[str, str]:
        """All directories and files, links as their targets."""
        return {
            str(path.relative_to(self.hosts)): f"-> {path.readlink()}"
            if path.is_symlink()
            else ("" if path.is_dir() else path.read_text())
            for path in sorted(self.hosts.rglob("*"))
        }


def _line(one: str | PullSecretError) -> str:
    return one if isinstance(one, str) else one.line


def files_of(
    *registries: str, mirror: str = "https://m.example", pem: str = "", owner: str = OWNER
) -> tuple[HostsFiles, ...]:
    """The files of registries with one mirror."""
    options = parsed_hosts(hosts_options(registry=list(registries), mirror=[mirror]))
    with_ca = {**options.mirrors.authorities, **({"": pem} if pem else {})}
    mirrors = type(options.mirrors)(authorities=with_ca)
    return tuple(hosts_files(hosts, mirrors, owner) for hosts in options.registries)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def theirs(node: Node, name: str = "docker.io", text: str = 'server = "https://docker.io"\n') -> None:
    """Write a hosts.toml of somebody else, and a certificate."""
    place = node.hosts / name
    place.mkdir()
    place.joinpath("hosts.toml").write_text(text)
    place.joinpath("hosts.toml").chmod(0o640)
    place.joinpath("ca.crt").write_text("theirs")


def test_files_are_written_and_what_was_there_is_put_back(node: Node) -> None:
    theirs(node)
    node.hosts.joinpath("empty.example").mkdir()
    node.hosts.joinpath("empty.example", "ca.crt").touch()
    before = node.seen()
    found = files_of("docker.io", "empty.example", "new.example:5000", pem="a\n")

    assert node.write(found) == [
        f"{CERTS}/docker.io/hosts.toml written; what was there is {BACKUP}",
        f"{CERTS}/empty.example/hosts.toml written; ca.crt beside it no longer counts: give it with --ca",
        f"{CERTS}/new.example_5000_/hosts.toml written",
    ]
    seen = node.seen()
    assert seen[f"docker.io/{BACKUP}"] == 'server = "https://docker.io"\n'
    assert all(seen[f"{one.directory}/{name}"] == text for one in found for name, text in one.files.items())
    assert all(line.endswith("unchanged") for line in node.write(found))
    assert stat.S_IMODE(node.hosts.joinpath("docker.io", "hosts.toml").stat().st_mode) == 0o644

    assert node.put_back() == [
        f"{CERTS}/docker.io/hosts.toml put back",
        f"{CERTS}/empty.example/hosts.toml removed; there was none before",
        f"{CERTS}/new.example_5000_/hosts.toml removed; there was none before",
    ]
    assert node.seen() == before
    assert stat.S_IMODE(node.hosts.joinpath("docker.io", "hosts.toml").stat().st_mode) == 0o640
    assert node.put_back() == []


def test_update_keeps_the_first_backup_and_puts_back_what_is_not_asked_for_any_more(node: Node) -> None:
    theirs(node)
    before = node.seen()
    node.write(files_of("docker.io", "quay.io", pem="a\n"))

    node.write(files_of("docker.io", mirror="https://n.example", pem="b\n"))

    seen = node.seen()
    assert seen[f"docker.io/{BACKUP}"] == before["docker.io/hosts.toml"]
    assert list(tomllib.loads(seen["docker.io/hosts.toml"])["host"]) == ["https://n.example"]
    assert [name for name in seen if name.endswith(".pem")] == [
        f"docker.io/{tomllib.loads(seen['docker.io/hosts.toml'])['host']['https://n.example']['ca']}"
    ]
    assert "quay.io" not in seen
    node.put_back()
    assert node.seen() == before


def test_link_is_kept_as_a_link_and_never_followed(node: Node, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.joinpath("hosts.toml").write_text("outside")
    node.hosts.joinpath("docker.io").mkdir()
    node.hosts.joinpath("docker.io", "hosts.toml").symlink_to("../../outside/hosts.toml")
    node.hosts.joinpath("docker.io", ".kubectl-pullsecret-unfinished").symlink_to(outside / "hosts.toml")
    node.hosts.joinpath("quay.io").symlink_to(outside)
    before = node.seen()

    told = node.write(files_of("docker.io", "quay.io", "r.example"))

    assert told[0].endswith(f"written; what was there is {BACKUP}")
    assert told[1] == f"error: {CERTS}/quay.io is a symbolic link or no directory: it is not followed"
    assert told[2].endswith("r.example/hosts.toml written")
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"hosts.toml": "outside"}
    assert node.put_back()[0].endswith("put back")
    before.pop("docker.io/.kubectl-pullsecret-unfinished")
    assert node.seen() == before


def _edit(node: Node) -> None:
    with node.hosts.joinpath("docker.io", "hosts.toml").open("a") as file:
        file.write("# by hand\n")


def _replace(node: Node) -> None:
    node.hosts.joinpath("docker.io", "hosts.toml").unlink()
    node.hosts.joinpath("docker.io", "hosts.toml").write_text("# by another program\n")


def _give_away(node: Node) -> None:
    node.put_back()
    node.write(files_of("docker.io", owner="others/containerd-hosts"), "others/containerd-hosts")


CHANGED: dict[str, tuple[Callable[[Node], None], str, bool]] = {
    "edited": (_edit, "was changed since it was written", True),
    "replaced": (_replace, "was replaced since it was written", False),
    "of another DaemonSet": (_give_away, "is of DaemonSet others/containerd-hosts", False),
}


@pytest.mark.parametrize(("change", "reason", "is_error_of_removal"), CHANGED.values(), ids=CHANGED)
def test_file_that_somebody_changed_since_is_left_alone(
    node: Node, change: Callable[[Node], None], reason: str, is_error_of_removal: bool
) -> None:
    theirs(node)
    node.write(files_of("docker.io"))
    change(node)
    before = node.seen()

    told = node.write(files_of("docker.io", "r.example", mirror="https://n.example"))
    told_of_removal = node.put_back()

    assert reason in told[0]
    assert told[1].endswith("r.example/hosts.toml written")
    assert (reason in told_of_removal[0]) == is_error_of_removal
    assert node.seen() == before


def test_same_file_that_is_provided_again_is_no_change_of_somebody(node: Node) -> None:
    theirs(node)
    before = node.seen()
    node.write(files_of("docker.io"))
    node.hosts.joinpath("docker.io", "hosts.toml").write_text(before["docker.io/hosts.toml"])

    assert node.write(files_of("docker.io"))[0].endswith(f"written; what was there is {BACKUP}")
    node.put_back()
    assert node.seen() == before


def make_backup(place: Path) -> bool:
    place.joinpath(BACKUP).mkdir()
    return True


HOSTILE: dict[str, Callable[[Path], object]] = {
    "named pipe": lambda place: os.mkfifo(place / "hosts.toml"),
    "directory": lambda place: os.mkdir(place / "hosts.toml"),  # noqa: PTH102
    "directory at the temporary name": lambda place: os.mkdir(place / ".kubectl-pullsecret-unfinished"),  # noqa: PTH102
    "directory as the backup": lambda place: (place.joinpath("hosts.toml").write_text("x"), make_backup(place)),
    "file at a temporary name": lambda place: place.with_name(".kubectl-pullsecret-new-x").touch(),
    "large file": lambda place: place.joinpath("hosts.toml").write_bytes(bytes(2 << 20)),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_stop_no_other_registry(node: Node, make: Callable[[Path], object]) -> None:
    node.hosts.joinpath("docker.io").mkdir()
    make(node.hosts / "docker.io")

    told = node.write(files_of("docker.io", "r.example"))
    told_back = node.put_back()

    assert all("\n" not in line for line in told + told_back)
    assert told[-1].endswith("r.example/hosts.toml written")
    assert told_back[-1].endswith("r.example/hosts.toml removed; there was none before")


def killed_before(count: int, act: Callable[[], object]) -> bool:
    """Whether a process of its own that does something was killed before its nth operation on a file."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    left = [count]

    def hook(event: str, _: object) -> None:
        if event in FILE_OPERATIONS:
            left[0] -= 1
            if left[0] == 0:
                os._exit(KILLED)

    sys.addaudithook(hook)
    act()
    os._exit(0)


def _whole(node: Node, texts: set[str]) -> bool:
    """Whether each hosts.toml is one of the texts, with the certificates that it names."""
    places = [path for path in node.hosts.rglob("hosts.toml") if not path.parent.name.startswith(".")]
    named = [one.get("ca") for path in places for one in tomllib.loads(path.read_text()).get("host", {}).values()]
    present = {path.name for path in node.hosts.rglob("*.pem")}
    return {path.read_text() for path in places} <= texts and {name for name in named if name} <= present


def test_kill_at_any_moment_leaves_whole_files_and_the_next_run_finishes(tmp_path: Path) -> None:
    first = files_of("docker.io", "new.example", "gone.example", pem="a\n")
    second = files_of("docker.io", "new.example", mirror="https://n.example", pem="b\n")
    original = 'server = "https://docker.io"\n'
    texts = {one.files["hosts.toml"] for one in first + second} | {original}
    reached = set()
    for step in range(1, 200):
        node = Node(_made(tmp_path / str(step)))
        theirs(node)
        before = node.seen()
        runs: list[Callable[[], list[str]]] = [partial(node.write, first), partial(node.write, second), node.put_back]
        for number, run in enumerate(runs):
            if killed_before(step, run):
                reached.add((number, step))
            assert _whole(node, texts), (number, step)
            assert not [line for line in run() if line.startswith("error:")], (number, step)
        assert node.seen() == before, step
        killed_before(step, partial(node.write, first))
        node.put_back()
        assert node.seen() == before, step
        if not {(number, step) for number in range(3)} & reached:
            break
    assert len(reached) > 30
    assert step < 199


def _made(path: Path) -> Path:
    path.mkdir()
    return path


CONFIGS: dict[str, tuple[dict[str, str], str]] = {
    "version 2": ({"config.toml": SET}, ""),
    "version 3": (
        {"config.toml": f'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "{CERTS}"\n'},
        "",
    ),
    "version 1": ({"config.toml": f'[plugins.cri.registry]\nconfig_path = "{CERTS}/"\n'}, ""),
    "one of several": ({"config.toml": f'{CRI}config_path = "/etc/docker/certs.d:{CERTS}"\n'}, ""),
    "imported": ({"config.toml": 'imports = ["conf.d/*.toml"]\n', "conf.d/a.toml": SET}, ""),
    "imported by its whole path": (
        {"config.toml": 'imports = ["/etc/containerd/conf.d/*.toml"]\n', "conf.d/b.toml": SET},
        "",
    ),
    "default of version 4": ({"config.toml": "version = 4\n"}, ""),
    "version 4 with older mirrors": (
        {"config.toml": 'version = 4\n[plugins."io.containerd.cri.v1.images".registry.mirrors."docker.io"]\n'},
        "config_path is not set in /etc/containerd/config.toml: ",
    ),
    "version 4 with another": (
        {"config.toml": 'version = 4\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/x/y"\n'},
        "config_path in /etc/containerd/config.toml is /x/y",
    ),
    "section merged in version 3": (
        {
            "config.toml": f'version = 3\nimports = ["x.toml"]\n{IMAGES}.registry]\nconfig_path = "{CERTS}"\n',
            "x.toml": f"version = 3\n{IMAGES}]\nsnapshotter = 'native'\n",
        },
        "",
    ),
    "unset": ({"config.toml": CRI}, "config_path is not set in /etc/containerd/config.toml: "),
    "empty": ({"config.toml": ""}, "config_path is not set in /etc/containerd/config.toml: "),
    "of another type": ({"config.toml": f"{CRI}config_path = 7\n"}, "config_path is not set"),
    "elsewhere": (
        {"config.toml": f'{CRI}config_path = "/var/certs.d"\n'},
        "config_path in /etc/containerd/config.toml is /var/certs.d, not /etc/containerd/certs.d: nothing was written",
    ),
    "replaced by an import": (
        {"config.toml": f'imports = ["x.toml"]\n{SET}', "x.toml": f'{CRI}config_path = "/y/z"\n'},
        "config_path in /etc/containerd/x.toml is /y/z",
    ),
    "section replaced by an import": (
        {"config.toml": f'imports = ["x.toml"]\n{SET}', "x.toml": CRI},
        "config_path is not set in /etc/containerd/x.toml",
    ),
    "imports that cannot be read": (
        {"config.toml": 'imports = ["/run/x.toml", "../y.toml"]\n'},
        "(its imports /run/x.toml, /etc/y.toml are not read)",
    ),
    "imports itself": ({"config.toml": 'imports = ["config.toml", "none/*.toml"]\n'}, "config_path is not set"),
    "not TOML": ({"config.toml": "\x00"}, "/etc/containerd/config.toml is not valid TOML"),
    "no file": ({}, "/etc/containerd/config.toml does not exist: nothing was written"),
}


@pytest.mark.parametrize(("files", "reason"), CONFIGS.values(), ids=CONFIGS)
def test_nothing_is_written_unless_containerd_reads_it(node: Node, files: dict[str, str], reason: str) -> None:
    node.config.joinpath("config.toml").unlink()
    for name, text in files.items():
        node.config.joinpath(name).parent.mkdir(exist_ok=True)
        node.config.joinpath(name).write_text(text)

    if not reason:
        assert node.write(files_of("docker.io")) == [f"{CERTS}/docker.io/hosts.toml written"]
        return
    with pytest.raises(PullSecretError) as refused:
        node.write(files_of("docker.io"))
    assert reason in refused.value.line
    assert node.seen() == {}


def test_node_with_cri_o_is_told_its_own_way(node: Node) -> None:
    mounts = "22 1 0:45 / / ro - overlay overlay ro,lowerdir=/var/lib/containers/storage/overlay/l/ABC\n"

    with open_directory(str(node.config), "/etc/containerd") as directory, pytest.raises(HostError) as refused:
        check_config_path(directory, CONFIG, CERTS, mounts)

    assert refused.value.message == "this node runs CRI-O, which does not read hosts.toml: nothing was written"
    assert "ImageDigestMirrorSet" in refused.value.hint


def test_pod_does_nothing_with_files_of_another_version(node: Node) -> None:
    task = NodeTask(action="write", owner=OWNER, files="0" * 64, config_path=CERTS, containerd_config=CONFIG)
    node.deliver(files_of("docker.io"))

    with pytest.raises(HostError, match="the ConfigMap has other files than this pod is for"):
        list(write_all(task, str(node.hosts), str(node.config), node.files))

    assert node.seen() == {}


def test_two_pods_do_not_write_at_once(node: Node) -> None:
    first = put_all_back(NodeTask(action="put-back", owner=OWNER, config_path=CERTS), str(node.hosts))
    node.write(files_of("docker.io"))
    next(first)  # and it has not ended

    with pytest.raises(HostError, match="another pod writes"):
        node.put_back()

    assert list(first) == []


def test_command_is_in_no_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([NODE_COMMAND]) == 1
    assert "for the pods of `generate containerd-hosts` only" in capsys.readouterr().err
    assert NODE_COMMAND not in {*HELP, *COMMANDS, *COMMAND_FUNCTIONS}


def test_command_outside_of_a_pod_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HostError, match="is not mounted at /host/registries"):
        run_on_node(["put-back", "--owner=a/b", "--config-path=/etc/containerd/certs.d"])

    assert capsys.readouterr().out == ""
