"""IBM Cloud for tests: the stand-in, its registry, and how the program is signed in to it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from ibmcloud_api.cloud import IbmCloud
from ibmcloud_api.registry import CloudRegistry
from kubeconfig.certificates import Authority

if TYPE_CHECKING:
    from pathlib import Path


class CloudSetup:
    """Runs while the `with` block lasts, in a directory: `cloud` and `registry`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.authority = Authority(directory / "authority")
        self.cloud = IbmCloud(self.authority.issue("ibm-cloud", "subjectAltName=IP:127.0.0.1"))
        self.registry = CloudRegistry(self.cloud, directory, self.authority)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.cloud)
            starting.enter_context(self.registry)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def environment(self, **config: object) -> dict[str, str]:
        """The variables of somebody who is signed in with the CLI; `config` replaces parts of its configuration."""
        directory = self._directory / "cli"
        directory.mkdir(exist_ok=True)
        content = {
            "IAMToken": f"Bearer {self.cloud.identity.user_token()}",
            "Account": {"GUID": self.cloud.identity.account, "Name": "Acme"},
            "Region": "us-south",
            "IAMEndpoint": self.cloud.url,
        }
        (directory / "config.json").write_text(json.dumps(content | config))
        return self.places | {"IBMCLOUD_CONFIG_HOME": str(directory)}

    @property
    def places(self) -> dict[str, str]:
        """Where IBM Cloud is, for somebody who is not signed in."""
        return {
            "IBMCLOUD_CONFIG_HOME": str(self._directory / "nobody"),
            "IBMCLOUD_IAM_API_ENDPOINT": self.cloud.url,
            "IBMCLOUD_CS_API_ENDPOINT": f"{self.cloud.url}/global",
            "IBMCLOUD_CODE_ENGINE_API_ENDPOINT": self.cloud.url,
            "SSL_CERT_FILE": str(self.authority.certificate.path),
            "HTTPS_PROXY": f"http://127.0.0.1:{self.registry.proxy.port}",
        }
