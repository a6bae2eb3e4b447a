"""`--code-engine-project`: the registry secrets of a project, at a stand-in for Code Engine, by reading it."""

from __future__ import annotations

import shlex
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from documents import document_in, items_in
from ibmcloud_api.cloud import Fault, Loss
from ibmcloud_api.documents import RefusalError, now_text
from objects import docker_config_secret, made_up_password, registry_entry, rule
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import Popen

    from control_plane.api import Api
    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.code_engine import Project
    from ibmcloud_api.documents import Document
    from ibmcloud_api.setup import CloudSetup
    from program import Program, Result
    from rights import Rights

pytestmark = pytest.mark.source

AUTOMATIC = "ce-auto-icr-private-us-south"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A project of the stand-in, and the program, signed in as the CLI is."""

    cloud: IbmCloud
    project: Project
    setup: CloudSetup
    program: Program

    def __call__(self, *words: str, password: str = "", expect: int | None = 0, **env: str) -> Result:
        """Run a command on the project; no password of the project is ever in its output."""
        environment = self.setup.environment() | {"KEY": password} | env
        source = ("--password-env=KEY",) if password else ()
        before = self.passwords
        result = self.program(*words, *source, "--code-engine-project=shop", env=environment, expect=expect)
        for secret in {*before, *self.passwords, password} - {""}:
            assert secret not in result.stdout + result.stderr
        return result

    @property
    def passwords(self) -> set[str]:
        """The passwords of the registry secrets."""
        return {str(self.data(name)["password"]) for name, one in self.secrets.items() if one["format"] == "registry"}

    @property
    def secrets(self) -> dict[str, Document]:
        """The secrets of the project."""
        return self.project.secrets

    def data(self, name: str) -> Document:
        """The data of a secret."""
        return self.project.data(name)

    def add(self, name: str, password: str, server: str = "us.icr.io", **more: object) -> None:
        """Create a registry secret in the project."""
        data: Document = {"username": "iamapikey", "password": password, "server": server, **more}
        self.cloud.code_engine.add_secret(self.project, name, data)

    def held(self) -> dict[str, object]:
        """The password of each registry secret but Code Engine's own."""
        return {
            name: self.data(name)["password"]
            for name, one in self.secrets.items()
            if one["format"] == "registry" and name != AUTOMATIC
        }

    def writes(self) -> list[str]:
        """The requests that changed something, without the project."""
        return [
            f"{one.method} {one.path.partition('/secrets')[2]}".rstrip()
            for one in self.cloud.received
            if one.method != "GET"
        ]


@pytest.fixture
def shop(cloud_setup: CloudSetup, pullsecret: Program) -> Iterator[Shop]:
    """A project with the secret that Code Engine manages, and one that is not for a registry."""
    cloud = cloud_setup.cloud
    cloud.forget()
    cloud.code_engine.projects.clear()
    cloud.code_engine.lists_data = True
    project = cloud.code_engine.new_project("shop")
    cloud.code_engine.add_secret(project, "settings", {"color": "blue"}, kind="generic")
    yield Shop(cloud=cloud, project=project, setup=cloud_setup, program=pullsecret)
    assert AUTOMATIC in project.secrets


def test_registries_get_a_secret_each_and_a_second_run_changes_nothing(shop: Shop) -> None:
    key = made_up_password()
    words = ("create", "icr-{registry}", "--icr=us,de")

    result = shop(*words, password=key, expect=0)

    assert shop.data("icr-us.icr.io") == {"username": "iamapikey", "password": key, "server": "us.icr.io"}
    assert shop.data("icr-de.icr.io")["server"] == "de.icr.io"
    assert "secret/icr-us.icr.io created in project shop" in result.stdout
    number = shop.project.document["id"]
    assert f'project shop (us-south, {number}) of account "Acme" (0a1b2c3d4e5f): 2 created' in result.stderr
    assert sorted(shop.writes()) == ["POST", "POST"]

    shop.cloud.forget()
    assert ": 2 unchanged" in shop(*words, password=key).stderr
    assert shop.writes() == []

    assert shop("list", "-o", "name").stdout == f"secret/{AUTOMATIC}\nsecret/icr-de.icr.io\nsecret/icr-us.icr.io\n"


def test_other_content_is_replaced_on_request_only_and_on_condition(shop: Shop) -> None:
    old, new = made_up_password(), made_up_password()
    shop.add("icr", old, provider="acme")
    words = ("create", "icr", "--icr=us")

    refused = shop(*words, password=new, expect=1)
    assert "already exists in project shop with other credentials; use --overwrite" in refused.stderr
    assert shop("create", "icr", "--icr=us", "--overwrite", "--diff", password=new, expect=1).stdout.count("***") == 2
    shop(*words, "--overwrite", "--dry-run", password=new)
    assert shop.writes() == []

    tag = str(shop.secrets["icr"]["entity_tag"])
    shop.cloud.forget()
    items = items_in(shop(*words, "--overwrite", "-o", "json", password=new).stdout)
    assert items == [{"name": "icr", "result": "configured", "message": ""}]
    assert shop.data("icr") == {"username": "iamapikey", "password": new, "server": "us.icr.io", "provider": "acme"}
    (put,) = (one for one in shop.cloud.received if one.method == "PUT")
    assert put.headers["If-Match"] == tag
    assert [one.method for one in shop.cloud.received if new in one.text] == ["PUT"]

    lost = shop("create", "icr", "--icr=de", "--overwrite", password=new).stderr
    assert "warning: secret/icr in project shop no longer has credentials for us.icr.io" in lost


def test_what_is_not_ours_to_write_stays(shop: Shop) -> None:
    before = {name: dict(one) for name, one in shop.secrets.items()}

    for name, words in ((AUTOMATIC, "is one of those that Code Engine gives"), ("settings", "has the format generic")):
        result = shop("create", name, "--icr=us", "--overwrite", password=made_up_password(), expect=1)
        assert words in result.stderr
    renewed = shop.cloud.code_engine.add_secret(
        shop.project,
        "renewed",
        {"username": "u", "password": made_up_password(), "server": "r.example"},
        generated_by="system",
    )
    result = shop("create", "renewed", "--icr=us", "--overwrite", password=made_up_password(), expect=1)
    assert "is Code Engine's own" in result.stderr
    for command in ("delete", "rotate"):
        given = made_up_password() if command == "rotate" else ""
        assert "is Code Engine's own" in shop(command, AUTOMATIC, "--yes", password=given, expect=1).stderr

    assert shop.writes() == []
    assert {name: one for name, one in shop.secrets.items() if name != "renewed"} == before
    assert shop.secrets["renewed"] == renewed


def test_full_project_is_not_written(shop: Shop) -> None:
    for number in range(97):
        shop.cloud.code_engine.add_secret(shop.project, f"s{number}", {}, kind="generic")

    refused = shop("create", "icr-{registry}", "--icr=us,de", password=made_up_password(), expect=1)

    assert "has 99 secrets and can have 100: 2 more do not fit; nothing was written" in refused.stderr
    assert shop.writes() == []
    shop("create", "icr", "--icr=us", password=made_up_password())
    assert len(shop.secrets) == 100


def test_concurrent_change_is_read_and_judged_again(shop: Shop) -> None:
    old, theirs, new = (made_up_password() for _ in range(3))
    shop.add("icr", old)

    def change() -> None:
        shop.data("icr")["password"] = theirs
        shop.secrets["icr"]["entity_tag"] = "2-changed"

    # 1 projects, 2 secrets, 3 the secret again, 4 the write
    shop.cloud.faults[4] = Fault(first=change)
    refused = shop("rotate", "icr", "--verify=off", password=new, expect=1)
    assert "was changed to another credential meanwhile" in refused.stderr
    assert shop.held() == {"icr": theirs}

    shop.cloud.forget()
    shop.cloud.faults[4] = Fault(first=lambda: shop.secrets["icr"].update(entity_tag="3-touched"))
    shop("create", "icr", "--icr=us", "--overwrite", password=new)
    assert shop.held() == {"icr": new}


@pytest.mark.parametrize("loss", Loss)
def test_lost_answer_does_not_write_twice(shop: Shop, loss: Loss) -> None:
    key = made_up_password()
    shop.cloud.faults[3] = Fault(loss=loss)

    result = shop("create", "icr", "--icr=us", password=key)

    assert "secret/icr created in project shop" in result.stdout
    assert shop.held() == {"icr": key}


def test_secret_in_use_is_deleted_on_request_only(shop: Shop) -> None:
    shop.add("icr", made_up_password())
    shop.add("old", made_up_password())
    shop.project.users["apps"].append({"name": "web", "image_secret": "icr", "image_reference": "us.icr.io/a/b:1"})
    shop.project.users["builds"].append({"name": "web-build", "output_secret": "icr"})

    refused = shop("delete", "icr", "old", "--yes", expect=1)
    assert "is used by app/web, build/web-build; use --in-use" in refused.stderr
    assert set(shop.held()) == {"icr"}
    assert "not found in project shop" in shop("delete", "old", expect=1).stderr
    shop("delete", "old", "--ignore-not-found")

    shop.cloud.denied["GET", f"/projects/{shop.project.document['id']}/jobs"] = RefusalError(403, "no", "forbidden")
    assert "icr" in shop.held()
    row = items_in(shop("list", "icr", "-o", "json").stdout)[0]
    assert (row["usedBy"], row["allUsersKnown"]) == (["app/web", "build/web-build"], False)
    shop("delete", "icr", "--in-use")
    assert shop.held() == {}


def test_secret_that_changes_before_it_is_deleted_stays(shop: Shop) -> None:
    shop.add("icr", made_up_password())
    theirs = made_up_password()

    def change() -> None:
        shop.data("icr")["password"] = theirs
        shop.secrets["icr"]["entity_tag"] = "2-changed"

    shop.cloud.faults[3] = Fault(first=change)
    assert "was changed meanwhile" in shop("delete", "icr", "--in-use", expect=1).stderr
    assert shop.held() == {"icr": theirs}


def test_rotation_changes_every_holder_and_goes_on_after_it_was_killed(shop: Shop) -> None:
    old, new = made_up_password(), made_up_password()
    shop.add("us", old)
    shop.add("de", old, "de.icr.io")
    shop.add("hub", old, "https://index.docker.io/v1/")
    words = ("rotate", "us", "--verify=off")

    assert "asks for confirmation" in shop(*words, password=new, expect=1).stderr
    assert shop.writes() == []
    shop.cloud.forget()
    started: list[Popen[str]] = []

    def kill() -> None:
        started[0].kill()

    # 1 projects, 2 secrets, 3 and 4 the first change, 5 and 6 the second one
    shop.cloud.faults[5] = Fault(first=kill)
    environment = shop.setup.environment() | {"KEY": new}
    words_to_kill = (*words, "--yes", "--password-env=KEY", "--code-engine-project=shop")
    started.append(shop.program.start(*words_to_kill, env=environment))
    started[0].communicate()
    assert shop.held() == {"us": old, "de": new, "hub": old}

    result = shop(*words, "--yes", password=new)

    assert shop.held() == {"us": new, "de": new, "hub": old}
    assert "secret/hub in project shop holds the old credential for another registry and stays" in result.stderr
    assert "warning: secret/hub in project shop still holds the old credential" in result.stderr
    done = shop(*words, "--yes", password=new).stderr
    assert "note: secret/us in project shop has this credential already" in done


def test_rotation_stops_before_the_named_secret_if_another_fails(shop: Shop) -> None:
    old, new = made_up_password(), made_up_password()
    shop.add("us", old)
    shop.add("de", old, "de.icr.io")
    shop.cloud.denied["PUT", f"/projects/{shop.project.document['id']}/secrets/de"] = RefusalError(
        403, "no", "forbidden"
    )

    failed = shop("rotate", "us", "--verify=off", "--yes", password=new, expect=1)
    assert shop.held() == {"us": old, "de": old}
    assert "error: IBM Cloud: no (forbidden)" in failed.stderr
    assert "note: skipped secret/us in project shop" in failed.stderr

    shop.cloud.forget()
    shop("rotate", "us", "--verify=off", "--yes", password=new)
    assert shop.held() == {"us": new, "de": new}


def test_new_credential_is_verified_with_the_images_of_apps(shop: Shop) -> None:
    service_id = shop.cloud.identity.new_service_id("puller")
    old, new = (str(shop.cloud.identity.new_key(str(service_id["iam_id"]), name)["apikey"]) for name in ("old", "new"))
    shop.add("icr", old)
    shop.project.users["apps"].append(
        {"name": "web", "image_secret": "icr", "image_reference": "us.icr.io/team-a/app:1"}
    )

    refused = shop("rotate", "icr", password=made_up_password(), expect=1)
    assert "the new credentials do not work; nothing was written" in refused.stderr
    assert shop.held() == {"icr": old}

    shop("rotate", "icr", password=new)
    assert shop.held() == {"icr": new}


@pytest.fixture
def source(api: Api) -> Iterator[Callable[[str], None]]:
    """Gives pull secret `robot` in namespace default a password; it is gone afterwards."""

    def put(password: str) -> None:
        entries = {"us.icr.io": registry_entry("iamapikey", password), "r.example": registry_entry("u", password)}
        api.create(docker_config_secret("robot", entries), "default")

    yield put
    for name in ("robot", "robot-previous"):
        if api.find("Secret", name, "default") is not None:
            api.delete("Secret", name, "default")


def test_copies_are_made_of_a_cluster_and_synced_by_their_value(
    shop: Shop, source: Callable[[str], None], api: Api
) -> None:
    old, new, other = (made_up_password() for _ in range(3))
    source(old)

    several = shop("copy", "robot", expect=1)
    assert "secret/robot has entries for 2 registries, and a secret of Code Engine has one" in several.stderr
    shop("copy", "robot", "--name={name}-{registry}")
    shop("copy", "robot", "--name=mine", "--registry=us.icr.io")
    assert shop.held() == dict.fromkeys(("robot-us.icr.io", "robot-r.example", "mine"), old)
    shop.add("robot", other)

    shop.program(
        "rotate",
        "robot",
        "-n",
        "default",
        "--registry=us.icr.io",
        "--verify=off",
        "--password-env=KEY",
        "--username=iamapikey",
        env={"KEY": new},
        expect=None,
    )
    api.read("Secret", "robot-previous", "default")
    shop.cloud.forget()
    assert "v1.Secret.shop.mine" in shop("sync", "--diff", expect=1).stdout
    assert shop.writes() == []
    result = shop("sync")

    assert shop.held() == {"robot-us.icr.io": new, "robot-r.example": old, "mine": new, "robot": other}
    assert "whether it is a copy is not known; if it is, use copy --overwrite" in result.stderr
    assert "2 configured, 1 unchanged" in result.stderr


def test_list_and_describe_show_everything_but_passwords(shop: Shop) -> None:
    shop.add("icr", made_up_password())
    shop.add("hub", made_up_password(), "https://index.docker.io/v1/")
    shop.project.users["apps"].append({"name": "web", "image_secret": "icr", "image_reference": "us.icr.io/a/b:1"})

    table = shop("list").stdout.splitlines()
    assert [line.split()[:3] for line in table] == [
        ["NAME", "REGISTRY", "USEDBY"],
        [AUTOMATIC, "private.us.icr.io", "<none>"],
        ["hub", "index.docker.io", "<none>"],
        ["icr", "us.icr.io", "app/web"],
    ]
    assert "Code Engine" in shop("list", "-o", "wide").stdout
    assert [row["name"] for row in items_in(shop("list", "--registry=*.icr.io", "--unused", "-o", "yaml").stdout)] == [
        AUTOMATIC
    ]
    document = document_in(shop("describe", "icr", "gone", "-o", "json", expect=1).stdout)
    assert document["project"]["name"] == "shop"
    assert document["items"][0]["usedBy"] == ["app/web"]
    assert document["errors"] == [{"message": 'Error from server (NotFound): secrets "gone" not found in project shop'}]
    assert "Owner:         Code Engine: it renews the secret itself" in shop("describe", AUTOMATIC).stdout
    assert "Authorization: Bearer <masked>" in shop("describe", "icr", "-v=9").stderr
    shop.cloud.code_engine.lists_data = False
    assert [line.split()[:3] for line in shop("list").stdout.splitlines()] == [line.split()[:3] for line in table]
    assert shop.writes() == []


def test_project_is_found_by_name_or_id_and_two_of_a_name_are_listed(shop: Shop) -> None:
    other = shop.cloud.code_engine.new_project("shop", "eu-de").document["id"]
    for number in range(120):
        shop.cloud.code_engine.new_project(f"more-{number}")

    refused = shop("list", expect=1).stderr
    assert f"shop (eu-de, {other}), shop (us-south, {shop.project.document['id']}); use the ID" in refused
    result = shop.program("list", "--code-engine-project", str(other), env=shop.setup.environment())
    assert "ce-auto-icr-private-eu-de" in result.stdout
    absent = shop.program("list", "--code-engine-project=none", env=shop.setup.environment(), expect=1)
    assert 'Code Engine project "none" not found in account "Acme" (0a1b2c3d4e5f)' in absent.stderr


def test_key_of_a_service_id_is_made_for_a_project_and_deleted_if_none_holds_it(shop: Shop) -> None:
    shop.cloud.identity.service_ids.clear()
    shop.cloud.identity.keys.clear()
    shop.cloud.policies.policies.clear()
    shop.setup.registry.tokens.delay = 1
    words = ("create", "icr", "--icr=us", "--service-id=shop-id", "--create-service-id")

    shop.cloud.denied["POST", f"/projects/{shop.project.document['id']}"] = RefusalError(403, "no", "forbidden")
    failed = shop(*words, expect=1)
    assert "was deleted again, because no secret holds it" in failed.stderr
    assert (shop.held(), shop.cloud.identity.keys) == ({}, {})

    shop.cloud.forget()
    shop(*words)
    (key,) = shop.cloud.identity.keys.values()
    assert shop.held() == {"icr": key["apikey"]}
    services = sorted(shop.cloud.policies.values(one)["serviceName"] for one in shop.cloud.policies.policies.values())
    assert services == ["container-registry", "iam-identity"]
    shop.cloud.forget()
    assert ": 1 unchanged" in shop(*words).stderr
    assert shop.writes() == []

    key["disabled"] = True
    shop(*words)
    (_, second) = shop.cloud.identity.keys.values()
    assert shop.held() == {"icr": second["apikey"]}


def shown_run(shop: Shop, command: str, key: str = "") -> str:
    """A command as the guide has it, with all its output as a terminal shows it."""
    done = subprocess.run(
        [*shop.program.command, *shlex.split(command)[2:]],
        env=shop.program.environment(env=shop.setup.environment() | {"NEW_KEY": key}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return f"$ {command}\n{done.stdout}"


def test_guide_shows_what_the_program_prints(shop: Shop) -> None:
    identity = shop.cloud.identity
    identity.service_ids.clear()
    identity.keys.clear()
    shop.cloud.policies.policies.clear()
    shop.setup.registry.tokens.delay = 1
    create = (
        "kubectl pullsecret create 'icr-{registry}' --icr us,de --service-id codeengine-shop-id --create-service-id "
        "--code-engine-project shop"
    )
    created = shown_run(shop, create)
    shop.project.users["apps"].append(
        {"name": "web", "image_secret": "icr-us.icr.io", "image_reference": "us.icr.io/team-a/app:1"}
    )
    listed = shown_run(shop, "kubectl pullsecret list --code-engine-project shop -o wide")
    described = shown_run(shop, "kubectl pullsecret describe icr-us.icr.io --code-engine-project shop")
    ((number, service_id),) = identity.service_ids.items()
    (key,) = identity.keys
    new = str(identity.new_key(str(service_id["iam_id"]), "new")["apikey"])
    shop.setup.registry.tokens.delay = 0
    rotate = "kubectl pullsecret rotate icr-us.icr.io --password-env NEW_KEY --code-engine-project shop --yes"
    rotated = shown_run(shop, rotate, new)

    names = {
        str(shop.project.document["id"]): "4e49b3e0-27a8-48d2-a784-c7ee48bb863b",
        number: "ServiceId-5e3d0f8a-91c7-2b6d4f7a1c20",
        key: "ApiKey-c2a91f04-77be-08d35e6b9a41",
    }
    for name, output in {"create": created, "list": listed, "describe": described, "rotate": rotated}.items():
        assert_shown(f"code_engine_{name}", output, names)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_key_is_deleted_when_the_wait_for_the_registry_is_interrupted(
    shop: Shop, number: signal.Signals, status: int
) -> None:
    identity = shop.cloud.identity
    identity.service_ids.clear()
    identity.keys.clear()
    shop.cloud.policies.policies.clear()
    shop.setup.registry.tokens.delay = 1000
    words = ("create", "icr", "--icr=us", "--service-id=shop-id", "--create-service-id", "--code-engine-project=shop")
    process = shop.program.start(*words, env=shop.setup.environment())
    until(lambda: identity.keys, "an API key")

    process.send_signal(number)
    _, told = process.communicate()

    assert process.returncode == status
    assert "was deleted again, because no secret holds it" in told
    assert (identity.keys, shop.held()) == ({}, {})


@pytest.mark.parametrize("last", [13, 14, 15], ids=["the key is made", "the project is read", "a secret is made"])
def test_second_run_completes_what_a_killed_one_left(shop: Shop, last: int) -> None:
    identity = shop.cloud.identity
    identity.service_ids.clear()
    identity.keys.clear()
    shop.cloud.policies.policies.clear()
    shop.setup.registry.tokens.delay = 0
    started: list[Popen[str]] = []

    def kill() -> None:
        started[0].kill()

    words = ("create", "icr-{registry}", "--icr=us,de", "--service-id=shop-id", "--create-service-id", "--yes")
    shop.cloud.faults[last] = Fault(first=kill, loss=Loss.AFTER)
    started.append(shop.program.start(*words, "--code-engine-project=shop", env=shop.setup.environment()))
    started[0].communicate()
    shop.cloud.forget()
    for made in identity.keys.values():  # an hour passes
        made |= {"created_at": now_text(hours=1), "activity": {"authn_count": 0}}

    shop(*words)

    (key,) = identity.values()
    assert shop.held() == {"icr-us.icr.io": key, "icr-de.icr.io": key}


REFUSED = {
    "a namespace": (("list", "-n", "a"), "--namespace"),
    "a context": (("list", "--context", "a"), "--context"),
    "a mark": (("list", "--managed"), "--managed"),
    "attaching": (("create", "a", "--icr=us", "--attach"), "--attach"),
    "recreating": (("create", "a", "--icr=us", "--recreate"), "--recreate"),
    "a way back": (("rotate", "a", "--undo"), "--undo"),
    "a canary": (("rotate", "a", "--canary=b"), "--canary"),
    "pruning": (("sync", "--prune"), "--prune"),
    "a pattern": (("delete", "a*"), "a pattern"),
    "standard input twice": (
        ("create", "a", "--icr=us", "--password-stdin", "--ibmcloud-api-key-file=-"),
        "--ibmcloud-api-key-file=- and the password",
    ),
    "the server's dry run": (("delete", "a", "--dry-run=server"), "--dry-run=server"),
    "a key each": (("create", "a", "--icr=us", "--service-id=s", "--key-per-namespace"), "--key-per-namespace"),
}


@pytest.mark.parametrize(("words", "flag"), REFUSED.values(), ids=REFUSED)
def test_flags_that_make_no_sense_in_a_project_are_refused(
    pullsecret: Program, words: tuple[str, ...], flag: str
) -> None:
    result = pullsecret(*words, "--code-engine-project=shop", expect=1)
    assert result.stderr.startswith(f"error: {flag} cannot ")


def test_attach_says_how_an_app_names_its_secret(
    pullsecret: Program, restricted: Rights, api: Api, namespace: str, tmp_path: Path
) -> None:
    """The permissions are those of a writer in a project's namespace: service accounts can be read only."""
    api.create(docker_config_secret("icr", {"us.icr.io": registry_entry()}), namespace)
    rules = [rule("get list watch", kind) for kind in ("serviceaccounts", "pods")]
    writing = rule("get list watch create delete update patch", "secrets")
    granted = restricted(Grant(*rules, writing, namespace=namespace), namespace=namespace)
    place = tmp_path / "plugins" / "code-engine" / "shop.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(granted.read_text())

    words = ("create", "regcred", "--registry=r.example", "--username=u", "--password-env=KEY")
    pullsecret(*words, kubeconfig=place, env={"KEY": made_up_password()})
    api.create(docker_config_secret(AUTOMATIC, {"private.us.icr.io": registry_entry()}), namespace)
    changing = (
        ("create", AUTOMATIC, *words[2:], "--overwrite"),
        ("rotate", AUTOMATIC, "--from", namespace, "-n", namespace, "--password-env=KEY", "--verify=off"),
        ("copy", AUTOMATIC, "--from", namespace, "--to", "default"),
    )
    for line in changing:
        refused = pullsecret(*line, kubeconfig=place, env={"KEY": made_up_password()}, expect=1)
        assert "is Code Engine's own, which renews it; it is never changed or copied" in refused.stderr
    result = pullsecret("attach", "icr", kubeconfig=place, expect=1)

    assert 'serviceaccounts "default" is forbidden' in result.stderr
    assert "run: ibmcloud ce app update --name=APP --registry-secret=NAME" in result.stderr
    assert "ibmcloud ce" not in pullsecret("attach", "icr", kubeconfig=granted, expect=1).stderr
