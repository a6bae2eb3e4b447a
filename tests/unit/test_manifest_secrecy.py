"""No message repeats a credential that a manifest has in the wrong place: in an image, or for a username."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.main import main

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = {
    "url": "https://iamapikey:{}@us.icr.io/acme/web:1",
    "userinfo": "iamapikey:{}@us.icr.io/acme/web:1",
    "username-only": "{}@us.icr.io/acme/web",
    "slash": "iamapikey:a/{}@us.icr.io:443/acme/web",
    "at-sign": "iamapikey:{}@x@us.icr.io/acme/web",
}
PLACES = {
    "container": '{{"containers": [{{"name": "c", "image": {image}}}]}}',
    "volume": '{{"containers": [], "volumes": [{{"name": "v", "image": {{"reference": {image}}}}}]}}',
}
COMMANDS = {"can-pull": ("can-pull", "--offline", "-f"), "check": ("check", "--from-file")}


def outputs(capfd: pytest.CaptureFixture[str], command: str, file: Path) -> str:
    """What a command prints about a manifest, in all formats."""
    for words in ((), ("-o", "json"), ("-o", "sarif"), ("-o", "junit"), ("-v=9",)):
        assert main((*COMMANDS[command], str(file), *words)) == 1
    return "".join(capfd.readouterr())


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("spec", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
def test_credential_in_an_image_is_hidden(
    command: str, spec: str, image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    password, file = made_up_password(), tmp_path / "pod.yaml"
    shown = spec.format(image=json.dumps(image.format(password)))
    file.write_text(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {shown}\n")

    text = outputs(capfd, command, file)

    assert "<hidden>@us.icr.io" in text.replace("&lt;", "<").replace("&gt;", ">")
    assert password not in text


@pytest.mark.parametrize("host", ["us.icr.io", "cp.icr.io"])
def test_password_as_a_username_is_hidden(host: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    password, file = made_up_password(), tmp_path / "secret.yaml"
    config = json.dumps({"auths": {host: {"username": password, "password": password}}})
    data = json.dumps({".dockerconfigjson": config})
    kind = "kubernetes.io/dockerconfigjson"
    file.write_text(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ntype: {kind}\nstringData: {data}\n")

    text = outputs(capfd, "check", file)

    assert "unexpected username (it is the password)" in text
    assert password not in text
