"""IBM's own SDKs, and a stand-in for them and for our clients."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from ibmcloud_api.cloud import IbmCloud
from kubeconfig.certificates import Authority
from pullsecret.ibmcloud.session import Session, open_session
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.network.trace import Trace
from release.cache import ensure_cached
from release.checkout import LOCKS
from release.python import pip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

Told: TypeAlias = "list[dict[str, object]]"
"""What the SDKs understood, step by step."""


@pytest.fixture(scope="session")
def sdks() -> Path:
    """A directory with IBM's SDKs: ours cannot have the python-dateutil that they need."""
    lock = LOCKS / "ibm-sdks.txt"

    def install(directory: Path) -> None:
        subprocess.run([*pip("install"), "--target", directory, "--requirement", lock], check=True)

    return ensure_cached("ibm-sdks", (lock,), install)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ibm-authority"))


@pytest.fixture
def cloud(authority: Authority) -> Iterator[IbmCloud]:
    with IbmCloud(authority.issue("ibm-cloud-for-sdks", "subjectAltName=IP:127.0.0.1")) as cloud:
        cloud.code_engine.new_project("shop")
        yield cloud


@pytest.fixture
def told_by_sdks(sdks: Path, authority: Authority, cloud: IbmCloud, tmp_path: Path) -> Callable[..., Told]:
    """Has the SDKs tell a story of `sdk_stories.py`, with nothing else than them and Python's own library."""
    stories = Path(__file__).with_name("sdk_stories.py")
    environment = {"PYTHONPATH": str(sdks), "REQUESTS_CA_BUNDLE": str(authority.certificate.path)}

    def tell(*words: str) -> Told:
        place = {
            "url": cloud.url,
            "user_key": cloud.identity.user_key,
            "project": next(iter(cloud.code_engine.projects)),
        }
        pod_token = tmp_path / "pod-token"
        pod_token.write_text(cloud.identity.profiles.get("Profile-1", ""))
        done = subprocess.run(
            [sys.executable, "-S", "-P", stories, *words],
            input=json.dumps({**place, "pod_token": str(pod_token)}),
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return tell


@pytest.fixture
def open_ours(cloud: IbmCloud, authority: Authority) -> Callable[..., Session]:
    """Opens a session of our clients, for the user who is signed in to the stand-in."""
    environ = {
        "IBMCLOUD_CONFIG_HOME": "/nonexistent",
        "IBMCLOUD_API_KEY": cloud.identity.user_key,
        "IBMCLOUD_IAM_API_ENDPOINT": cloud.url,
        "IBMCLOUD_CS_API_ENDPOINT": f"{cloud.url}/global",
        "IBMCLOUD_CODE_ENGINE_API_ENDPOINT": cloud.url,
        "SSL_CERT_FILE": str(authority.certificate.path),
    }
    trace = Trace(verbosity=0, log=lambda _: None)

    def open_one(stopped: Event | None = None) -> Session:
        return open_session(
            IbmSignIn(), ConnectionFlags(), environ=environ, trace=trace, stdin=io.BytesIO(), stopped=stopped
        )

    return open_one
