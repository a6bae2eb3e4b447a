"""`verify`: the verdicts of real registries on a cluster's pull secrets, for the images of its pods."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from documents import items_in
from golden_files import assert_golden
from objects import docker_config_secret, encoded, made_up_password, named, pod, registry_entry
from registry.fake_server import FakeServer, Reply

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program, Result
    from registry.registry_setup import Registries

NOWHERE = "no-such-node"
HEADERS = ["NAMESPACE", "SECRET", "IMAGE/REGISTRY", "RESULT"]


@dataclass(frozen=True)
class Place:
    """A namespace with the secrets and pods of a test."""

    api: Api
    program: Program
    registries: Registries
    namespace: str

    def secret(self, name: str, *hosts: str, password: str = "", namespace: str = "") -> None:
        """A pull secret of user puller for hosts, with the right password by default."""
        entry = registry_entry("puller", password or self.registries.password)
        self.api.create(docker_config_secret(name, dict.fromkeys(hosts, entry)), namespace or self.namespace)

    def pod(self, *images: str, pull_secrets: tuple[str, ...] = (), name: str = "app") -> None:
        """A pod that is never scheduled."""
        containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images[1:])]
        body = pod(name, images[0], NOWHERE, pull_secrets=pull_secrets)
        self.api.create({**body, "spec": {**body["spec"], "initContainers": containers}}, self.namespace)

    def verify(self, *words: str, expect: int) -> Result:
        """Run `verify`, trusting the tests' CA."""
        return self.program("verify", "-n", self.namespace, self.registries.ca_flag, *words, expect=expect)


@pytest.fixture
def place(api: Api, pullsecret: Program, registries: Registries, namespace: str) -> Place:
    return Place(api, pullsecret, registries, namespace)


def rows(result: Result) -> list[list[str]]:
    """The cells of each row, without the headers and the namespace."""
    header, *lines = (
        [cell.strip() for cell in line.split("   ") if cell.strip()] for line in result.stdout.splitlines()
    )
    assert header == HEADERS
    return [line[1:] for line in lines]


def test_secret_that_works_for_the_pods_images(place: Place) -> None:
    token, basic = place.registries.token.host, place.registries.basic.host
    place.secret("regcred", token, basic)
    place.pod(f"{token}/acme/app:1", f"{basic}/acme/other:1", pull_secrets=("regcred",))

    result = place.verify(expect=0)

    assert rows(result) == [
        ["regcred", f"{basic}/acme/other:1", "works"],
        ["regcred", f"{token}/acme/app:1", "works"],
    ]
    assert result.stderr == ""


def test_each_problem_has_its_result_and_hint(place: Place) -> None:
    host, dead = place.registries.token.host, "127.0.0.1:1"
    place.secret("good", host, dead)
    place.secret("wrong", host, password=made_up_password())
    images = [f"{host}/acme/app:1", f"{host}/acme/other:1", f"{host}/acme/app:2", f"{dead}/a/b:1"]
    place.pod(*images, pull_secrets=("good", "wrong"))

    result = place.verify(expect=2)

    by_image = {tuple(row[:2]): row[2].partition(":")[0] for row in rows(result)}
    assert by_image == {
        ("good", images[0]): "works",
        ("good", images[1]): "no permission",
        ("good", images[2]): "image not found",
        ("good", images[3]): "cannot reach the registry",
        **{("wrong", image): "bad credential" for image in images[:3]},
    }
    assert_golden("verify/hints", result.stderr)


def test_image_without_an_entry_is_tried_anonymously(place: Place) -> None:
    host = place.registries.token.host
    place.pod(f"{host}/public/app:1", f"{host}/acme/app:1")

    result = place.verify(expect=1)

    assert rows(result) == [
        ["<none>", f"{host}/acme/app:1", "login required: 401 Unauthorized"],
        ["<none>", f"{host}/public/app:1", "works"],
    ]


def test_secret_without_an_image_logs_in(place: Place) -> None:
    place.secret("regcred", f"{place.registries.token.host}/acme", f"https://{place.registries.basic.host}/v1/")
    place.secret("wrong", place.registries.basic.host, password=made_up_password())

    found = rows(place.verify(expect=1))

    assert found == [
        ["regcred", place.registries.token.host, "logs in"],
        ["regcred", place.registries.basic.host, "logs in"],
        ["wrong", place.registries.basic.host, "bad credential: 401 Unauthorized"],
    ]


def test_named_images_are_tried_instead_of_the_pods(place: Place) -> None:
    token, basic = place.registries.token.host, place.registries.basic.host
    place.secret("regcred", token)
    place.pod("127.0.0.1:1/never/asked:1")

    of_all = rows(place.verify(f"--image={token}/acme/app:1", f"--image={basic}/acme/app:1", expect=1))
    of_one = rows(place.verify("regcred", f"--image={token}/acme/app:1,{basic}/acme/app:1", expect=1))

    assert of_all[0] == of_one[0] == ["regcred", f"{token}/acme/app:1", "works"]
    assert of_all[1] == ["<none>", f"{basic}/acme/app:1", "login required: 401 Unauthorized"]
    assert of_one[1] == ["regcred", f"{basic}/acme/app:1", "no entry for this image"]


def test_malformed_secret_is_reported(place: Place) -> None:
    place.api.create(docker_config_secret("broken", {"a.example": {"auth": encoded("no colon")}}), place.namespace)

    result = place.verify(expect=1)

    assert rows(result)[0][:2] == ["broken", "<all>"]
    assert rows(result)[0][2].startswith("malformed: unable to parse auth field")
    assert_golden("verify/malformed", result.stderr)


def test_names_that_are_not_pull_secrets_are_reported(place: Place) -> None:
    place.api.create({**named("Secret", "opaque"), "data": {}}, place.namespace)

    result = place.verify("gone", "opaque", "-n", "not-there", expect=2)

    assert result.stdout == ""
    assert_golden("verify/not-pull-secrets", result.stderr, namespace=place.namespace)


def test_nothing_to_verify_is_reported(place: Place) -> None:
    result = place.verify(expect=0)

    assert result.stdout == ""
    assert_golden("verify/nothing", result.stderr)


def test_equal_copies_are_checked_once(place: Place, namespaces: Namespaces) -> None:
    others = namespaces(3)
    wrong = made_up_password()
    for namespace in (place.namespace, *others):
        place.secret("regcred", place.registries.token.host, password=wrong, namespace=namespace)
    before = len(place.registries.tokens.logins)

    found = rows(place.verify("regcred", "-n", ",".join(others), expect=1))

    assert [row[2] for row in found] == ["bad credential: who are you?"] * 4
    assert len(place.registries.tokens.logins) - before == 1


def test_output_formats(place: Place) -> None:
    host = place.registries.token.host
    place.secret("regcred", host)
    place.pod(f"{host}/acme/app:1", f"{host}/acme/other:1", pull_secrets=("regcred",))

    as_json, as_yaml, names, bare = (
        place.verify(*words, expect=1).stdout for words in (("-o=json",), ("-o=yaml",), ("-o=name",), ("--no-headers",))
    )

    items = items_in(as_json)
    assert items == items_in(as_yaml)
    assert [(item["image"], item["result"], item["good"]) for item in items] == [
        (f"{host}/acme/other:1", "NoPermission", False),
        (f"{host}/acme/app:1", "Works", True),
    ]
    assert (items[0]["namespace"], items[0]["secret"]) == (place.namespace, "regcred")
    assert names == "secret/regcred\n"
    assert len(bare.splitlines()) == 2


def test_unknown_authority_is_reported_with_its_flag(place: Place) -> None:
    place.secret("regcred", place.registries.basic.host)

    result = place.program("verify", "-n", place.namespace, expect=2)

    assert "certificate signed by unknown authority; use --registry-ca" in result.stdout


def test_authority_can_be_set_in_the_environment(place: Place) -> None:
    place.secret("regcred", place.registries.basic.host)
    env = {"SSL_CERT_FILE": str(place.registries.authority.certificate.path)}

    place.program("verify", "-n", place.namespace, env=env)


INVALID = {
    "invalid-image": "--image=Not/An_Image:::",
    "missing-ca-file": "--registry-ca=/not/there",
    "invalid-output-format": "-o=wide",
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_flag_is_rejected(place: Place, name: str) -> None:
    place.secret("regcred", place.registries.basic.host)

    result = place.verify(INVALID[name], expect=2)

    assert result.stdout == ""
    assert_golden(f"verify/{name}", result.stderr)


def test_interruption_does_not_wait_for_a_silent_registry(place: Place) -> None:
    with FakeServer(lambda _: Reply(), place.registries.certificate) as silent:
        silent.answer = lambda _: Reply(content=str(silent.hold(until_busy=99, within=20.0)))
        place.secret("regcred", silent.host)
        running = place.program.start("verify", "-n", place.namespace, place.registries.ca_flag)
        until(lambda: silent.received, "the registry to be asked")
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=10)

    assert (stdout, stderr, running.returncode) == ("", "note: interrupted; no changes were made\n", 130)
