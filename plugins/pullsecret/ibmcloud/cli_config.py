"""The configuration of the IBM Cloud CLI, which is read and never written.

Source: ibm-cloud-cli-sdk, bluemix/configuration/config_helpers/helpers.go and core_config/bx_config.go.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.errors import ConfigError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.answers import object_at, text_in
from pullsecret.system.file_paths import path_in
from pullsecret.system.home import ibmcloud_home

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 4 << 20
"""The bytes of the file that are read; it has a few thousand."""


@dataclass(frozen=True, kw_only=True)
class CliConfig:
    """What the CLI knows of its user: account, token (without `Bearer`), region, and where IAM is.

    `iam_endpoint` is the one that the CLI would use: a private one if it targets the private network.
    """

    token: str = field(default="", repr=False)
    account: str = ""
    account_name: str = ""
    region: str = ""
    resource_group: str = ""
    iam_endpoint: str = ""
    is_private: bool = False


def config_directory(environ: Mapping[str, str]) -> str:
    """The directory of the CLI's configuration."""
    if place := environ.get("IBMCLOUD_CONFIG_HOME"):
        return place
    home = environ.get("IBMCLOUD_HOME") or environ.get("BLUEMIX_HOME") or ibmcloud_home(environ)
    current = path_in(home, ".ibmcloud")
    return current if os.path.exists(current) else path_in(home, ".bluemix")  # noqa: PTH110  paths are text here


def read_cli_config(environ: Mapping[str, str]) -> CliConfig:
    """What the CLI's configuration says; empty if there is none.

    Raises:
        ConfigError: the file cannot be read or is not JSON.
    """
    path = path_in(config_directory(environ), "config.json")
    content = _read_object(path)
    is_private = content.get("IsPrivate") is True
    name = "IAMEndpoint"
    if is_private:
        name = "IAMPrivateVPCEndpoint" if content.get("IsAccessFromVPC") is True else "IAMPrivateEndpoint"
    account = object_at(content, "Account")
    return CliConfig(
        token=text_in(content, "IAMToken").removeprefix("Bearer ").strip(),
        account=text_in(account, "GUID"),
        account_name=text_in(account, "Name"),
        region=text_in(content, "Region"),
        resource_group=text_in(object_at(content, "ResourceGroup"), "GUID"),
        iam_endpoint=text_in(content, name),
        is_private=is_private,
    )


def _read_object(path: str) -> Mapping[str, object]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  paths are text here
            content = json.loads(file.read(_MOST))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(
            f"error: cannot read the IBM Cloud CLI's configuration {printable(path)}: {error.strerror}"
        ) from error
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ConfigError(
            f"error: the IBM Cloud CLI's configuration {printable(path)} is not a JSON object",
            hint="to sign in again, run: ibmcloud login",
        )
    return content
