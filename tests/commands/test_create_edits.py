"""create --add and --remove-registry: entries of a secret that exists, whose other entries stay by the byte."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from objects import MANAGED, docker_config_of, docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

ADD = ("create", "regcred", "--add", "--registry=b.example", "--username=puller", "--password-env=KEY")
OURS = "pullsecret"
REMOVE = ("create", "regcred", "--remove-registry=a.example")
ODD = '{ "auths" : {\n  "c.example":{ "auth":"%s", "x":1.0},  "a.example" :{} \n}, "a.example":{}}'


def odd_secret(**rest: object) -> Object:
    """A managed secret with an unusual text."""
    text = ODD % encoded(f"c:{made_up_password()}")
    made = docker_config_secret("regcred", {}, labels=MANAGED)
    return {**made, "data": {".dockerconfigjson": encoded(text)}, **rest}


def text_of(api: Api, namespace: str) -> str:
    found = api.read("Secret", "regcred", namespace)
    return base64.b64decode(found["data"][".dockerconfigjson"]).decode()


def test_entry_is_added_to_a_new_secret_and_to_one_that_exists(
    api: Api, namespaces: Namespaces, pullsecret: Program
) -> None:
    here, there = namespaces(2)
    api.create(odd_secret(), there, manager=OURS)
    before, key = text_of(api, there), made_up_password()
    done = pullsecret(*ADD, "-n", f"{here},{there}", env={"KEY": key})
    assert done.stdout.splitlines() == [
        f"secret/regcred created in namespace {here}",
        f"secret/regcred configured in namespace {there}",
    ]
    entry = registry_entry("puller", key)
    assert docker_config_of(api.read("Secret", "regcred", here)) == {"auths": {"b.example": entry}}
    added = f',  "b.example":{json.dumps(entry, separators=(",", ":"))}'
    assert text_of(api, there) == before.replace('"a.example" :{}', f'"a.example" :{{}}{added}')
    again = pullsecret(*ADD, "-n", f"{here},{there}", env={"KEY": key})
    assert [line.split()[1] for line in again.stdout.splitlines()] == ["unchanged", "unchanged"]


def test_entry_is_replaced_in_each_spelling(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    team, old, key = namespaces(1)[0], registry_entry("old"), made_up_password()
    entries = {"https://b.example": old, "b.example/team": old, "b.example": old}
    api.create(docker_config_secret("regcred", entries, labels=MANAGED), team, manager=OURS)
    pullsecret(*ADD, "-n", team, env={"KEY": key})
    new = registry_entry("puller", key)
    assert docker_config_of(api.read("Secret", "regcred", team))["auths"] == {
        "https://b.example": new,
        "b.example/team": old,
        "b.example": new,
    }


def test_entry_is_removed_and_the_rest_stays(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    team = namespaces(1)[0]
    api.create(odd_secret(), team, manager=OURS)
    before = text_of(api, team)
    done = pullsecret(*REMOVE, "--remove-registry=d.example", "-n", team)
    assert done.stdout == f"secret/regcred configured in namespace {team}\n"
    assert done.stderr == "note: there is no entry for d.example to remove\n"
    assert text_of(api, team) == before.replace(',  "a.example" :{}', "")
    assert pullsecret(*REMOVE, "-n", team).stdout == f"secret/regcred unchanged in namespace {team}\n"
    last = pullsecret("create", "regcred", "--remove-registry=c.example", "-n", team, expect=1)
    assert "would have no entries left; use kubectl pullsecret delete to delete it" in last.stderr


def test_added_and_removed_at_once(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    team = namespaces(1)[0]
    api.create(odd_secret(), team, manager=OURS)
    pullsecret(*ADD, "--remove-registry=a.example,c.example", "-n", team, env={"KEY": made_up_password()})
    assert list(docker_config_of(api.read("Secret", "regcred", team))["auths"]) == ["b.example"]


def test_missing_secret_has_nothing_to_remove(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    """Where it is named that is an error; a pattern means the secrets that are there."""
    here, there = namespaces(2)
    api.create(odd_secret(), there, manager=OURS)
    missing = pullsecret(*REMOVE, "-n", here, expect=1)
    assert missing.stderr == f'Error from server (NotFound): secrets "regcred" not found in namespace {here}\n'
    broad = pullsecret(*REMOVE, "-n", f"{there[:-1]}*")
    assert broad.stdout == f"secret/regcred configured in namespace {there}\n"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What exists, the flag that allows to change it, and why it is refused without."""

    existing: Object
    reason: str
    flag: str = ""


OWNED = {"labels": MANAGED, "annotations": {"argocd.argoproj.io/tracking-id": "app:/Secret:TEAM/regcred"}}
COPY = {"labels": MANAGED, "annotations": {"kubectl-pullsecret/copied-from": "default/all-icr-io"}}
TABLE = {
    "unmanaged": Row(
        existing={**odd_secret(), "metadata": {"name": "regcred"}},
        reason="already exists in namespace {team} and is not managed by kubectl-pullsecret; use --overwrite to change",
        flag="--overwrite",
    ),
    "edited": Row(
        existing=odd_secret(), reason="was edited by kubectl; use --overwrite to change its entries", flag="--overwrite"
    ),
    "owned": Row(
        existing={**odd_secret(), "metadata": {"name": "regcred", **OWNED}},
        reason="is owned by Argo CD",
        flag="--force-conflicts",
    ),
    "a copy": Row(
        existing={**odd_secret(), "metadata": {"name": "regcred", **COPY}},
        reason="is a copy of default/all-icr-io; use --overwrite to change its entries",
        flag="--overwrite",
    ),
    "immutable": Row(existing=odd_secret(immutable=True), reason="is immutable; use --recreate", flag="--recreate"),
    "opaque": Row(
        existing={**odd_secret(), "type": "Opaque"},
        reason="has type Opaque and is not a pull secret; kubectl-pullsecret",
    ),
    "malformed": Row(
        existing={**odd_secret(), "data": {".dockerconfigjson": encoded('{"auths":[]}')}}, reason="is malformed"
    ),
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("words", [ADD, REMOVE], ids=["add", "remove"])
def test_secret_that_is_not_ours_is_refused(
    api: Api, namespaces: Namespaces, pullsecret: Program, name: str, words: tuple[str, ...]
) -> None:
    team, row, env = namespaces(1)[0], TABLE[name], {"KEY": made_up_password()}
    existing = json.loads(json.dumps(row.existing).replace("TEAM", team))
    api.create(existing, team, manager="" if name in ("edited", "unmanaged") else OURS)
    before = api.read("Secret", "regcred", team)
    flags = [flag for flag in ("--overwrite", "--force-conflicts", "--recreate") if flag != row.flag]
    refused = pullsecret(*words, *flags, "-n", team, env=env, expect=1)
    assert row.reason.replace("{team}", team) in refused.stderr
    assert api.read("Secret", "regcred", team) == before
    if row.flag:
        pullsecret(*words, row.flag, "-n", team, env=env)
        auths = docker_config_of(api.read("Secret", "regcred", team))["auths"]
        assert ("b.example" in auths, "a.example" in auths, "c.example" in auths) == (words is ADD, words is ADD, True)


def test_legacy_secret_keeps_its_type(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    team = namespaces(1)[0]
    made = {**odd_secret(), "type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded('{"a.example":{}}')}}
    api.create(made, team, manager=OURS)
    pullsecret(*ADD, "--remove-registry=a.example", "-n", team, env={"KEY": made_up_password()})
    found = api.read("Secret", "regcred", team)
    assert list(json.loads(base64.b64decode(found["data"][".dockercfg"]))) == ["b.example"]


def test_only_what_is_added_is_judged(api: Api, namespaces: Namespaces, pullsecret: Program) -> None:
    """The entry that is there has a key that no image matches, and its own finding."""
    team = namespaces(1)[0]
    api.create(docker_config_secret("regcred", {"not a key": registry_entry()}, labels=MANAGED), team, manager=OURS)
    pullsecret(*ADD, "-n", team, env={"KEY": made_up_password()})
    bad = ("create", "regcred", "--add", "--registry=ftp://x.example", "--username=puller", "--password-env=KEY")
    refused = pullsecret(*bad, "-n", team, env={"KEY": made_up_password()}, expect=1)
    assert "PS202" in refused.stderr
    assert "not a key" not in refused.stderr


MISUSED = {
    ("--remove-registry=",): "--remove-registry must name a registry",
    ("--remove-registry=a.io", "--username=u"): "--remove-registry with new credentials requires --add",
    ("--remove-registry=a.io", "--verify"): "--remove-registry with new credentials requires --add",
    ("--remove-registry=a.io", "--append-hash"): "--remove-registry and --append-hash cannot be used together",
    ("--add", "--username=u", "--append-hash"): "--add and --append-hash cannot be used together",
    ("--add", "--icr=us", "--service-id=x"): "--add and --service-id cannot be used together",
    ("--add", "--username=u", "--code-engine-project=p"): "--add cannot be used with --code-engine-project",
    ("--add", "--registry=a.io", "--username=u", "--password-env=KEY", "--remove-registry=https://a.io"): (
        "the entry for https://a.io cannot be added and removed at once"
    ),
}


@pytest.mark.parametrize("flags", MISUSED, ids=" ".join)
def test_flags_that_contradict_each_other_are_refused(pullsecret: Program, flags: tuple[str, ...]) -> None:
    refused = pullsecret("create", "regcred", *flags, "-n", "default", env={"KEY": "x"}, expect=1)
    assert refused.stderr.splitlines()[0] == f"error: {MISUSED[flags]}"
