"""rotate asks registries first, survives what happens at the same time, and gives a tenant's forgeries nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from rotated_cluster import HOST, USERNAME, set_up

from objects import (
    copy_marks,
    docker_config_of,
    docker_config_secret,
    encoded,
    made_up_password,
    pod,
    registry_entry,
    rule,
)
from rights import Grant

if TYPE_CHECKING:
    from rotated_cluster import Rotated

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights


@pytest.fixture
def scene(api: Api, pullsecret: Program, namespaces: Namespaces) -> Rotated:
    """A source and two copies."""
    return set_up(api, pullsecret, namespaces, 2)


def test_new_credential_must_work_for_the_images_in_use(
    api: Api, pullsecret: Program, namespaces: Namespaces, registries: Registries
) -> None:
    host = registries.token.host
    home, team = namespaces(2)
    source = api.create(docker_config_secret("icr", {host: registry_entry("puller", made_up_password())}), home)
    pullsecret("copy", "icr", "--from", home, "-n", team)
    for image in ("acme/app:1", "acme/app:2"):
        body = pod(image[-1], f"{host}/{image}", "", pull_secrets=("icr",))
        del body["spec"]["nodeName"]
        api.create(body, team)
    words = ("rotate", "icr", "--from", home, "-n", team, "--password-env=NEW", registries.ca_flag)

    refused = pullsecret(*words, env={"NEW": made_up_password()}, expect=1)
    assert "the new credentials do not work; nothing was written" in refused.stderr
    assert f"{host}/acme/app:1: bad credential" in refused.stderr
    wrong_image = pullsecret(*words, f"--image={host}/acme/other:1", env={"NEW": registries.password}, expect=1)
    assert "no permission" in wrong_image.stderr
    assert api.read("Secret", "icr", home)["data"] == source["data"]
    assert [item["metadata"]["name"] for item in api.list("Secret", home)] == ["icr"]

    pullsecret(*words, env={"NEW": registries.password})
    assert docker_config_of(api.read("Secret", "icr", team))["auths"][host]["password"] == registries.password

    pullsecret("rotate", "icr", "--from", home, "-n", team, "--finish")
    unreachable = {host: registry_entry("puller"), "reg.invalid": registry_entry("puller", registries.password)}
    api.patch("Secret", "icr", {"data": docker_config_secret("icr", unreachable)["data"]}, home)
    offline = (*words, "--registry=reg.invalid")
    assert "could not be verified" in pullsecret(*offline, env={"NEW": made_up_password()}, expect=1).stderr
    lenient = pullsecret(*offline, "--verify=lenient", env={"NEW": made_up_password()})
    assert "warning: not verified: reg.invalid" in lenient.stderr


def test_finding_of_the_new_credential_that_the_old_one_has_not_prevents_the_rotation(scene: Rotated) -> None:
    assert "PS307" in scene.rotate(password="$PASSWORD", expect=1).stderr  # noqa: S106  a placeholder
    assert set(scene.held_everywhere().values()) == {"old"}


def test_two_rotations_at_once_leave_one_of_the_new_credentials_everywhere(scene: Rotated) -> None:
    passwords = [made_up_password() for _ in range(4)]

    with ThreadPoolExecutor(len(passwords)) as pool:
        results = list(pool.map(lambda password: scene.rotate(password=password, expect=None), passwords))

    assert sorted(result.status for result in results) == [0, 1, 1, 1], [result.stderr for result in results]
    (winner,) = (password for password, result in zip(passwords, results, strict=True) if not result.status)
    for namespace in (scene.home, *scene.teams):
        assert docker_config_of(scene.secret(namespace))["auths"][HOST]["password"] == winner
    assert scene.held(scene.home, "icr-previous") == "old"


def test_same_rotation_twice_at_once_ends_as_one(scene: Rotated) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: scene.rotate(expect=None), range(3)))

    assert [result.status for result in results] == [0, 0, 0], [result.stderr for result in results]
    assert set(scene.held_everywhere().values()) == {"new"}


def test_copy_in_the_middle_of_a_rotation_brings_the_new_credential(scene: Rotated, restricted: Rights) -> None:
    """The user may write only where the source is, so that the rotation ends after it."""
    read = Grant(rule("get list", "secrets"), rule("get list", "namespaces"))
    user = restricted(read, Grant(rule("create patch", "secrets"), namespace=scene.home))
    words = ("rotate", "icr", "--from", scene.home, f"--registry={HOST}", "--password-env=NEW", "--verify=off", "--yes")
    label = f"scene={scene.label}"
    scene.program(*words, "-l", label, kubeconfig=user, env={"NEW": scene.new}, expect=1)
    assert scene.held_everywhere() == {"home": "new", "0": "old", "1": "old"}

    scene.program("copy", "icr", "--from", scene.home, "-n", scene.teams[0])
    assert scene.held_everywhere() == {"home": "new", "0": "new", "1": "old"}

    scene.rotate()
    assert set(scene.held_everywhere().values()) == {"new"}


def test_tenant_who_may_write_every_secret_of_a_namespace_gets_no_new_credential(
    scene: Rotated, restricted: Rights, namespaces: Namespaces
) -> None:
    """The tenant has stolen the old key, and knows everything but the source: its uid proves copies."""
    (lair,) = namespaces(1, labels={"scene": scene.label})
    tenant = restricted(Grant(rule("get list create patch", "secrets"), namespace=lair))
    real = scene.secret(scene.teams[0])["metadata"]
    attempts = {
        "marks-of-a-copy-elsewhere": {"labels": real["labels"], "annotations": real["annotations"]},
        "guessed-proof": copy_marks(f"{scene.home}/icr", "1", f"{lair}/guessed-proof"),
        "empty-key": copy_marks(f"{scene.home}/icr", "", f"{lair}/empty-key"),
        "by-hand": {},
        "previous-of-another": {"labels": {"kubectl-pullsecret/role": "previous"}},
    }
    stolen = registry_entry(USERNAME, scene.old)
    for name, marks in attempts.items():
        scene.api.create(docker_config_secret(name, {HOST: stolen, "evil.example": stolen}, **marks), lair)
    scene.program("copy", "icr", "--from", scene.home, "-n", lair)
    entries = {HOST: stolen, "evil.example": stolen, f"evil.example/{HOST}": stolen, "*.example": stolen}
    change = {"data": docker_config_secret("icr", entries)["data"]}
    scene.program("list", "-n", lair, kubeconfig=tenant)
    scene.api.patch("Secret", "icr", change, lair)

    scene.rotate()

    for name in attempts:
        assert scene.new not in str(docker_config_of(scene.secret(lair, name)))
    entries = docker_config_of(scene.secret(lair))["auths"]
    assert entries[HOST]["password"] == scene.new, "the one real copy is brought up to date under the source's host"
    assert {entries[server]["password"] for server in entries if server != HOST} == {scene.old}
    assert encoded(f"{USERNAME}:{scene.new}") not in str({key: entries[key] for key in entries if key != HOST})
