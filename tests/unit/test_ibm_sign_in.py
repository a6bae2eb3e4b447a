"""Who signs in to IBM Cloud, and where: the CLI's configuration, tokens, endpoints, and errors in one line."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.errors import CloudError, ConfigError
from pullsecret.ibmcloud.cli_config import CliConfig, config_directory, read_cli_config
from pullsecret.ibmcloud.endpoints import endpoints_for
from pullsecret.ibmcloud.refusals import refusal_in
from pullsecret.ibmcloud.session import open_session
from pullsecret.ibmcloud.tokens import account_id_of, is_valid
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.network.http.message import Response
from pullsecret.network.trace import Trace
from registry.fake_server import FakeServer, Reply

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def token_of(**claims: object) -> str:
    """A token with these claims, signed by nobody."""
    parts = ({"alg": "none"}, claims)
    words = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join((*words, "x"))


def write_config(directory: Path, **content: object) -> dict[str, str]:
    """Write the CLI's configuration, and return the environment that names it."""
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(content))
    return {"IBMCLOUD_CONFIG_HOME": str(directory)}


def test_config_is_read_as_the_cli_has_it(tmp_path: Path) -> None:
    environ = write_config(
        tmp_path / "cli",
        IAMToken="Bearer abc",
        Account={"GUID": "acc", "Name": "Team"},
        Region="us-south",
        ResourceGroup={"GUID": "group"},
        IAMEndpoint="https://iam.example",
    )
    assert read_cli_config(environ) == CliConfig(
        token="abc",  # noqa: S106  not one
        account="acc",
        account_name="Team",
        region="us-south",
        resource_group="group",
        iam_endpoint="https://iam.example",
    )


@pytest.mark.parametrize(
    ("flags", "endpoint"),
    [
        ({}, "public"),
        ({"IsPrivate": True}, "private"),
        ({"IsPrivate": True, "IsAccessFromVPC": True}, "vpc"),
        ({"IsAccessFromVPC": True}, "public"),
    ],
)
def test_endpoint_is_that_of_the_network_that_the_cli_targets(
    tmp_path: Path, flags: dict[str, bool], endpoint: str
) -> None:
    places = {"IAMEndpoint": "public", "IAMPrivateEndpoint": "private", "IAMPrivateVPCEndpoint": "vpc"}
    assert read_cli_config(write_config(tmp_path / "cli", **places, **flags)).iam_endpoint == endpoint


def test_config_of_nobody_is_empty(tmp_path: Path) -> None:
    assert read_cli_config({"IBMCLOUD_CONFIG_HOME": str(tmp_path)}) == CliConfig()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")])
def test_config_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ConfigError, match="is not a JSON object"):
        read_cli_config({"IBMCLOUD_CONFIG_HOME": str(tmp_path)})


def test_config_is_where_the_cli_looks(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert config_directory(home) == str(tmp_path / ".bluemix")
    (tmp_path / ".ibmcloud").mkdir()
    assert config_directory(home) == str(tmp_path / ".ibmcloud")
    assert config_directory({**home, "IBMCLOUD_HOME": "/other"}) == "/other/.bluemix"
    assert config_directory({**home, "IBMCLOUD_CONFIG_HOME": "/whole"}) == "/whole"


PUBLIC = CliConfig(iam_endpoint="https://iam.test.example")
ENDPOINTS = {
    "nothing": (CliConfig(), {}, False, "https://iam.cloud.ibm.com"),
    "config": (PUBLIC, {}, False, "https://iam.test.example"),
    "private": (PUBLIC, {}, True, "https://private.iam.cloud.ibm.com"),
    "variable": (PUBLIC, {"IBMCLOUD_IAM_API_ENDPOINT": "https://other.example/"}, True, "https://other.example"),
    "loopback": (PUBLIC, {"IBMCLOUD_IAM_API_ENDPOINT": "http://127.0.0.1:1"}, False, "http://127.0.0.1:1"),
}


@pytest.mark.parametrize(("config", "environ", "is_private", "iam"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_endpoint_of_iam(config: CliConfig, environ: dict[str, str], is_private: bool, iam: str) -> None:
    assert endpoints_for(config, environ, is_private=is_private).iam == iam


def test_code_engine_is_asked_in_its_region() -> None:
    public, private = (endpoints_for(CliConfig(), {}, is_private=one) for one in (False, True))
    assert public.code_engine_in("eu-de") == "https://api.eu-de.codeengine.cloud.ibm.com/v2"
    assert private.code_engine_in("eu-de") == "https://api.private.eu-de.codeengine.cloud.ibm.com/v2"


@pytest.mark.parametrize(
    "url", ["http://iam.example", "ftp://iam.example", "iam.example", "https://", "https://x:99999", "https://[x"]
)
def test_token_is_sent_nowhere_without_tls(url: str) -> None:
    with pytest.raises(ConfigError):
        endpoints_for(CliConfig(), {"IBMCLOUD_IAM_API_ENDPOINT": url}, is_private=False)


def test_token_is_valid_until_a_minute_before_its_end() -> None:
    at = {name: int((NOW + timedelta(seconds=seconds)).timestamp()) for name, seconds in (("soon", 59), ("later", 61))}
    assert not is_valid(token_of(exp=at["soon"]), NOW)
    assert is_valid(token_of(exp=at["later"]), NOW)
    assert not is_valid(token_of(iam_id="x"), NOW)
    assert not is_valid("", NOW)


def test_account_is_that_of_the_token() -> None:
    assert account_id_of(token_of(account={"bss": "acc"})) == "acc"
    assert account_id_of(token_of(account="acc")) == ""


def session_with(environ: dict[str, str], **sign_in: str) -> str:
    """The account that a session is opened for."""
    opened = open_session(
        IbmSignIn(api_key_file=sign_in.get("file", "")),
        ConnectionFlags(),
        environ=environ,
        trace=Trace(verbosity=0, log=print),
        stdin=BytesIO(),
    )
    return opened.shown_account


def test_session_of_the_cli_is_used_and_its_account_named(tmp_path: Path) -> None:
    token = token_of(exp=int(datetime.now(UTC).timestamp()) + 3600, account={"bss": "acc"})
    config = {"IAMToken": f"Bearer {token}", "Account": {"GUID": "acc", "Name": "Team"}}
    assert session_with(write_config(tmp_path / "cli", **config)) == '"Team" (acc)'
    config["Account"] = {"GUID": "another", "Name": "Team"}
    assert session_with(write_config(tmp_path / "cli", **config)) == "acc"


def test_nobody_is_signed_in(tmp_path: Path) -> None:
    environ = {"IBMCLOUD_CONFIG_HOME": str(tmp_path), "PATH": str(tmp_path)}
    with pytest.raises(ConfigError, match="not signed in to IBM Cloud") as caught:
        session_with(environ)
    assert caught.value.hint == (
        "to sign in, run `ibmcloud login`, or name a file with an API key: --ibmcloud-api-key-file"
    )


@pytest.mark.parametrize("place", ["IBMCLOUD_API_KEY", "key.txt"])
def test_api_key_that_iam_does_not_accept_is_named_by_its_place(tmp_path: Path, place: str) -> None:
    key, file = made_up_password(), tmp_path / "key.txt"
    file.write_text(key)
    with FakeServer(lambda _: Reply(status=400, content='{"errorMessage": "no such key"}')) as server:
        environ = {"IBMCLOUD_CONFIG_HOME": str(tmp_path), "IBMCLOUD_IAM_API_ENDPOINT": server.url}
        signed = {"file": str(file)} if place == "key.txt" else {}
        with pytest.raises(CloudError, match="no such key") as caught:
            session_with(environ | ({} if signed else {place: key}), **signed)
    assert caught.value.hint.startswith("IAM does not accept the API key of ")
    assert caught.value.hint.endswith(place)


def program_that_prints(directory: Path, text: str) -> dict[str, str]:
    """An IBM Cloud CLI that prints a text, and the environment in which it is found."""
    program = directory / "ibmcloud"
    (directory / "said").write_text(text)
    program.write_text(f'#!/bin/sh\n[ "$*" = "iam oauth-tokens --output json" ] && cat {directory / "said"}\n')
    program.chmod(0o755)
    return {"PATH": f"{directory}:/bin:/usr/bin"}


@pytest.mark.parametrize("form", ['{{"iam_token": "Bearer {}"}}', "IAM token:  Bearer {}\n"])
def test_expired_session_is_renewed_by_the_cli(tmp_path: Path, form: str) -> None:
    config = write_config(tmp_path / "cli", IAMToken=f"Bearer {token_of(exp=1)}")
    new = token_of(exp=int(datetime.now(UTC).timestamp()) + 3600, account={"bss": "acc"})
    assert session_with(config | program_that_prints(tmp_path, form.format(new))) == "acc"


@pytest.mark.parametrize("said", ["", "FAILED\nNot logged in.", '{"iam_token": 3}', '{"iam_token": "Bearer eyJ.x.x"}'])
def test_expired_session_that_cannot_be_renewed_says_how_to_sign_in(tmp_path: Path, said: str) -> None:
    config = write_config(tmp_path / "cli", IAMToken=f"Bearer {token_of(exp=1)}")
    with pytest.raises(ConfigError, match="the session of the IBM Cloud CLI has expired") as caught:
        session_with(config | program_that_prints(tmp_path, said))
    assert caught.value.hint == "to sign in again, run: ibmcloud login"


REFUSALS = {
    "iam": (
        404,
        {"errors": [{"code": "not_found", "message_code": "BXNIM0102E", "message": "Not there."}], "trace": "t"},
        "IBM Cloud: Not there. (BXNIM0102E)",
    ),
    "token": (
        400,
        {"errorCode": "BXNIM0415E", "errorMessage": "Provided API key could not be found."},
        "IBM Cloud: Provided API key could not be found. (BXNIM0415E)",
    ),
    "kubernetes": (403, {"code": "E0123", "description": "No.", "incidentID": "i"}, "IBM Cloud: No. (E0123)"),
    "odd": (500, {"errors": [3]}, "IBM Cloud: HTTP status 500"),
    "none": (502, None, "IBM Cloud: HTTP status 502"),
}


@pytest.mark.parametrize(("status", "document", "line"), REFUSALS.values(), ids=REFUSALS)
def test_error_document_is_one_line(status: int, document: object, line: str) -> None:
    error = refusal_in(Response(status=status, body=json.dumps(document).encode()), "GET")
    assert (error.message, error.status) == (line, status)


def test_error_document_shows_no_credential() -> None:
    key = made_up_password()
    response = Response(status=400, body=json.dumps({"errorMessage": f"bad key {key}"}).encode())
    assert key not in refusal_in(response.redacted((key,)), "POST").message
