"""No finding in a cluster shows a credential, in any part of a secret: in no output format, nor with -v=9."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from check_runs import run_as

from objects import docker_config_secret, encoded, made_up_password, registry_entry, service_account
from planted_passwords import Planted

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

FORMS = {
    "lines": (),
    "name": ("-o", "name"),
    "json": ("-o", "json"),
    "yaml": ("-o", "yaml"),
    "sarif": ("-o", "sarif"),
    "junit": ("-o", "junit"),
    "private": ("--private",),
    "names": ("newline", "no-colon", "swapped"),
}


def leaky(word: str) -> list[Object]:
    """Secrets with a credential where a message might quote it."""
    entries: dict[str, dict[str, Object]] = {
        "newline": {"reg.example.org": registry_entry("puller", f"{word}\n")},
        "cut": {"us.icr.io": registry_entry("iamapikey", word)},
        "no-colon": {"reg.example.org": {"auth": encoded(word)}},
        "no-base64": {"reg.example.org": {"auth": f"!{word}"}},
        "half": {"reg.example.org": {"password": word}},
        "contradicted": {"reg.example.org": {**registry_entry("puller"), "password": word}},
        "user-information": {f"https://me:{word}@US.icr.io/v2": registry_entry()},
        "swapped": {"us.icr.io": registry_entry(word, "iamapikey")},
        "swapped-at-cp": {"cp.icr.io": registry_entry(word, "cp")},
        "key": {word: registry_entry()},
        "token": {"cp.icr.io": registry_entry("cp", f"eyJ{word}.{word}.{word}")},
    }
    return [docker_config_secret(name, content) for name, content in entries.items()]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_finding_in_a_cluster_shows_a_credential(
    api: Api, pullsecret: Program, namespaces: Namespaces, form: tuple[str, ...]
) -> None:
    home, team = namespaces(2)
    planted = Planted(password=made_up_password())
    for secret in leaky(planted.password):
        api.create(secret, team)
    api.create(docker_config_secret("source", {"reg.example.org": registry_entry("puller", planted.password)}), home)
    pullsecret("copy", "source", "--from", home, "--to", team)
    api.patch("Secret", "source", {"data": docker_config_secret("", {"r.example": registry_entry()})["data"]}, home)
    api.create(service_account("puller", ["gone", "newline", "newline"]), team)
    run_as(api, team, "broken", "no-colon", "gone")

    result = pullsecret("check", *form, "-n", f"{home},{team}", "-v=9", expect=1)

    assert "no-colon" in result.stdout
    planted.assert_not_printed(result)


def test_warnings_about_a_copied_secret_show_no_credential(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    planted = Planted(password=made_up_password())
    for secret in leaky(planted.password):
        api.create(secret, home)

    for flags, status in ((("--check=off",), 0), (("--check=strict",), 1)):
        result = pullsecret("copy", "*", "--from", home, "--to", team, "-v=9", *flags, expect=status)

        assert "PS306" in result.stderr
        planted.assert_not_printed(result)
