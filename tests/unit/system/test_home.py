"""The home directories of kubectl, docker and the IBM Cloud CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.credentials.docker_config_files import login_file_paths
from pullsecret.system.home import ibmcloud_home, kubectl_home, user_home

if TYPE_CHECKING:
    from pathlib import Path

ALL = {"HOME": "home", "HOMEDRIVE": "drive", "HOMEPATH": "/path", "USERPROFILE": "profile"}

KUBECTL = {
    "config-in-home": (("home/.kube/config", "profile/.kube/config"), "home"),
    "config-in-drive-before-profile": (("drive/path/.kube/config", "profile/.kube/config", "home/"), "drive/path"),
    "config-in-profile": (("profile/.kube/config", "home/", "drive/path/"), "profile"),
    "no-config-home": (("home/", "profile/", "drive/path/"), "home"),
    "no-config-profile-before-drive": (("profile/", "drive/path/"), "profile"),
    "not-writable": (("home/ read-only", "profile/ read-only", "drive/path/"), "drive/path"),
    "a-file": (("home", "drive/path/"), "drive/path"),
    "none-is-writable": (("profile/ read-only", "drive/path/ read-only"), "profile"),
    "none-exists": ((), "home"),
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """All variables, with directories of the test."""
    return {name: value if name == "HOMEPATH" else str(tmp_path / value) for name, value in ALL.items()}


@pytest.mark.parametrize(("places", "expected"), KUBECTL.values(), ids=KUBECTL.keys())
def test_home_of_kubectl_on_windows(
    environ: dict[str, str], tmp_path: Path, places: tuple[str, ...], expected: str
) -> None:
    for place in places:
        name, _, is_read_only = place.partition(" ")
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir(parents=True, mode=0o500 if is_read_only else 0o700)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    assert kubectl_home(environ, "win32") == str(tmp_path / expected)


def test_home_of_kubectl_needs_both_drive_and_path(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "drive/path").mkdir(parents=True)
    del environ["HOME"]
    assert kubectl_home({**environ, "HOMEPATH": ""}, "win32") == environ["USERPROFILE"]
    assert kubectl_home({}, "win32") == ""


def test_home_elsewhere_is_the_variable(environ: dict[str, str]) -> None:
    for system in ("linux", "darwin"):
        assert {home(environ, system) for home in (kubectl_home, user_home, ibmcloud_home)} == {environ["HOME"]}
        assert kubectl_home({"USERPROFILE": "/u"}, system) == ""


def test_home_of_docker_on_windows_is_the_profile(environ: dict[str, str]) -> None:
    assert user_home(environ, "win32") == environ["USERPROFILE"]


def test_home_of_the_ibm_cloud_cli_on_windows_is_the_drive_with_the_path(environ: dict[str, str]) -> None:
    assert ibmcloud_home(environ, "win32") == environ["HOMEDRIVE"] + environ["HOMEPATH"]
    assert ibmcloud_home({"USERPROFILE": "p"}, "win32") == "p"


def test_login_files_elsewhere_than_on_linux_have_none_of_a_session() -> None:
    environ = {"HOME": "/h", "USERPROFILE": "/u", "XDG_RUNTIME_DIR": "/run/user/1"}

    def found(system: str, **more: str) -> list[str]:
        return [str(path) for path in login_file_paths({**environ, **more}, system)]

    assert found("linux")[1:] == [
        "/run/user/1/containers/auth.json",
        "/h/.config/containers/auth.json",
        "/h/.dockercfg",
    ]
    assert found("darwin") == ["/h/.docker/config.json", "/h/.config/containers/auth.json", "/h/.dockercfg"]
    assert found("win32") == ["/u/.docker/config.json", "/u/.config/containers/auth.json", "/u/.dockercfg"]
    assert found("darwin", XDG_CONFIG_HOME="/x")[1:3] == [
        "/h/.config/containers/auth.json",
        "/x/containers/auth.json",
    ]
