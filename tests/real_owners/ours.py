"""Runs commands of ours on objects of another party, in one namespace, and reads what became of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from objects import docker_config_of, docker_config_secret, registry_entry
from real_owners.chart import REGCRED

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program, Result
    from real_owners.table import Table

OURS = "all-icr-io"


@dataclass(frozen=True, kw_only=True)
class Ours:
    """Our program in a namespace, which has the pull secret OURS; its runs may fail."""

    pullsecret: Program
    api: Api
    table: Table
    namespace: str

    def attach(self, account: str, *flags: str) -> Result:
        """Attach OURS to an account."""
        return self.run("attach", OURS, "--serviceaccount", account, *flags)

    def overwrite(self, *flags: str) -> Result:
        """Give REGCRED another password."""
        config = docker_config_of(docker_config_secret(REGCRED, {"reg.example": registry_entry()}))
        return self.run("create", REGCRED, "--from-file", "-", *flags, given=json.dumps(config))

    def run(self, *words: str, given: str = "") -> Result:
        """Run a command."""
        return self.pullsecret(*words, "-n", self.namespace, input=given, expect=None)

    def pull_secrets(self, account: str) -> list[str]:
        """The list of an account."""
        seen = self.api.read("ServiceAccount", account, self.namespace)
        return [entry["name"] for entry in seen.get("imagePullSecrets", [])]

    def secret(self) -> Object | None:
        """REGCRED, or None if it is not there."""
        return self.api.find("Secret", REGCRED, self.namespace)

    def content(self) -> Object:
        """The data of REGCRED, which is there."""
        data: Object = self.api.read("Secret", REGCRED, self.namespace)["data"]
        return data

    def record(self, party: str, command: str, ours: Result, next_run: str) -> None:
        """Add what happened to the table."""
        self.table.add(party, self.namespace, command, ours, next_run)
