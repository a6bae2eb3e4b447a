"""A fake IBM Cloud CLI, because the real one may not be redistributed: it installs and runs a plugin as that does.

Source: ibm-cloud-cli-sdk, docs/plugin_developer_guide.md, plugin/plugin_shim.go and bluemix/configuration.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from program import CHECKOUT, Program, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSOLE_SCRIPT = """#!{python}
import sys
sys.path.insert(0, {plugins!r})
from pullsecret.entry.ibmcloud import run
run()
"""
"""What pip makes of the entry point `ibmcloud-pullsecret`: one file that also works as a copy."""


class Host:
    """The directory of the IBM Cloud CLI in a home directory, and what it does with plugins."""

    def __init__(self, home: Path, kubeconfig: Path | None = None) -> None:
        self.home = home
        self.directory = home / ".bluemix"
        self.kubeconfig = kubeconfig
        self.metadata: dict[str, Any] = {}

    def install(self, file: Path) -> Path:
        """Read the metadata of the file and copy it under the name given there; return the path of the copy."""
        sent = Program([str(file)], self.home)("SendMetadata")
        assert sent.stderr == ""
        self.metadata = json.loads(sent.stdout)
        name = str(self.metadata["Name"])
        installed = self.directory / "plugins" / name / name
        installed.parent.mkdir(parents=True)
        shutil.copyfile(file, installed)
        installed.chmod(0o755)
        registry = self.directory / "plugins" / "config.json"
        registry.write_text(json.dumps({"Plugins": {name: self.metadata}}))
        return installed

    def settings(self, **settings: str) -> None:
        """Write what `ibmcloud config` would."""
        self.directory.mkdir(exist_ok=True)
        (self.directory / "config.json").write_text(json.dumps({"IAMToken": "", **settings}))

    def __call__(
        self,
        namespace: str,
        command: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        expect: int | None = 0,
    ) -> Result:
        """`ibmcloud NAMESPACE COMMAND ARGUMENTS...`: the plugin gets the command and the arguments."""
        known = [one["Name"] for one in self.metadata["Commands"] if one["Namespace"] == namespace]
        assert command in known or command.startswith("-"), f"the host would not know {command}"
        return self.program(command, *arguments, env=self.variables(namespace) | dict(env or {}), expect=expect)

    def complete(self, *words: str) -> list[str]:
        """`ibmcloud WORDS... <TAB>`: the words before the one being typed."""
        assert self.metadata["DelegateBashCompletion"]
        result = self.program("SendCompletion", *words)
        assert result.stderr == ""
        return result.stdout.splitlines()

    @property
    def program(self) -> Program:
        """The installed plugin."""
        name = self.metadata["Name"]
        return Program([str(self.directory / "plugins" / name / name)], self.home, self.kubeconfig)

    def variables(self, namespace: str) -> dict[str, str]:
        """The environment of a plugin, with the current and the legacy names."""
        own = {"PLUGIN_NAMESPACE": namespace, "CLI": "ibmcloud", "COLOR": "", "TRACE": "", "QUIET": ""}
        return {f"{brand}_{name}": value for brand in ("IBMCLOUD", "BLUEMIX") for name, value in own.items()}


def plugin_file(directory: Path) -> Path:
    """The file to install: `$IBMCLOUD_PULLSECRET`, or without it one like pip's, for the checkout."""
    given = os.environ.get("IBMCLOUD_PULLSECRET")
    if given:
        return Path(shlex.split(given)[0])
    file = directory / "ibmcloud-pullsecret"
    file.write_text(CONSOLE_SCRIPT.format(python=sys.executable, plugins=str(CHECKOUT / "plugins")))
    file.chmod(0o755)
    return file
