"""`check` in a cluster: every planted fault is found, each once, and nothing where all is well."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from faulty import api_key, faulty_secrets, right_secrets, web_token, with_key, with_login, with_text

from control_plane.waiting import until
from objects import all_icr_io, docker_config_of, docker_config_secret, login, pod, service_account
from program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces

IMAGE = "us.icr.io/team/app:1"


def found(pullsecret: Program, *words: str, expect: int = 1) -> list[Object]:
    """The findings as objects."""
    result = pullsecret("check", *words, "-o", "json", expect=expect)
    assert result.stderr.count("\n") == 1, result.stderr
    items: list[Object] = json.loads(result.stdout)["items"]
    return items


def run_as(api: Api, namespace: str, name: str, *pull_secrets: str, image: str = IMAGE) -> None:
    """A pod that runs, as its kubelet tells the server."""
    body = pod(name, image, "", pull_secrets=pull_secrets)
    del body["spec"]["nodeName"]
    api.create(body, namespace)
    api.patch("Pod", name, {"status": {"phase": "Running"}}, namespace, subresource="status")


def plant(api: Api, pullsecret: Program, home: str, team: str) -> dict[tuple[str, str], str]:
    """Faults of every kind in a namespace: what has it and what it is about, with the code."""
    expected = {(f"secret/{name}", name): code for name, (code, _) in faulty_secrets().items()}
    for _, secret in faulty_secrets().values():
        api.create(secret, team)
    for name in ("rotated", "deleted"):
        api.create(docker_config_secret(name, {"reg.example.org": login()}), home)
        pullsecret("copy", name, "--from", home, "--to", team)
    api.patch("Secret", "rotated", {"data": docker_config_secret("", {"r.example": login()})["data"]}, home)
    api.delete("Secret", "deleted", home)
    api.create(with_text("opaque", json.dumps({"auths": {"reg.example.org": login()}}), "Opaque"), team)
    few = {host: login("iamapikey", api_key()) for host in ("us.icr.io", "private.us.icr.io")}
    api.create(docker_config_secret("all-icr-io", few), team)
    same = docker_config_secret("same", {"reg.example.org": login()})
    for name in ("same", "same-again"):
        api.create({**same, "metadata": {"name": name}}, team)
    api.create(service_account("robot", ["nowhere", "opaque", "same", "same-again", "same"]), team)
    run_as(api, team, "orphan", "gone")
    run_as(api, team, "broken", "no-colon")
    return expected | {
        ("secret/rotated", "rotated"): "PS504",
        ("secret/deleted", "deleted"): "PS505",
        ("secret/opaque", "opaque"): "PS501",
        ("secret/all-icr-io", "all-icr-io"): "PS507",
        ("serviceaccount/robot", "nowhere"): "PS502",
        ("serviceaccount/robot", "same"): "PS503",
        ("serviceaccount/robot", "same-again"): "PS506",
        ("pod/orphan", "gone"): "PS601",
        ("pod/broken", "no-colon"): "PS602",
    }


def test_check_finds_every_planted_fault_once(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    expected = plant(api, pullsecret, home, team)

    findings = found(pullsecret, "-n", f"{home},{team}")

    assert len(expected) == 49
    assert sorted((item["subject"], item["secret"], item["code"]) for item in findings) == sorted(
        (*key, code) for key, code in expected.items()
    )
    assert {item["namespace"] for item in findings} == {team}
    without = {item["subject"] for item in findings if not item["remedy"]}
    assert without == {"secret/deleted"}


def test_check_says_nothing_where_all_is_well(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    for secret in right_secrets():
        api.create(secret, home)
    names = [secret["metadata"]["name"] for secret in right_secrets() if secret["type"] != "Opaque"]
    pullsecret("copy", "all-icr-io", "github", "--from", home, "--to", team, "--attach")
    api.create(service_account("robot", names), home)
    run_as(api, home, "with-all", *names)
    run_as(api, team, "inheriting")
    run_as(api, team, "public", image="nginx")

    result = pullsecret("check", "-n", f"{home},{team}")

    assert result.stdout == ""
    assert result.stderr == f"no findings in {len(names) + 2} pull secrets of 2 namespaces\n"


def test_check_of_names_looks_at_nothing_else(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_key("wrong", "us.icr.io/v2"), namespace)
    api.create(with_key("another", "US.icr.io"), namespace)
    api.create(with_key("right", "us.icr.io"), namespace)
    api.create(service_account("robot", ["missing", "lost"]), namespace)
    where = ("-n", namespace)

    assert [item["code"] for item in found(pullsecret, "wrong", "right", *where)] == ["PS203"]
    assert [item["code"] for item in found(pullsecret, "missing", *where)] == ["PS502"]
    result = pullsecret("check", "right", *where)
    assert result.stderr == "no findings in 1 pull secret of 1 namespace\n"
    absent = pullsecret("check", "right", "nobody", *where, expect=2)
    assert absent.stderr == 'Error from server (NotFound): secrets "nobody" not found\n'


def test_check_of_a_name_says_that_it_is_of_another_type(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_text("opaque", "{}", "Opaque"), namespace)

    (finding,) = found(pullsecret, "opaque", "-n", namespace)

    assert finding["code"] == "PS501"
    assert pullsecret("check", "-n", namespace).stdout == ""


def test_check_tells_a_fault_of_many_namespaces_once(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    places = namespaces(5)
    for place in places:
        api.create(with_key("wrong", "https://us.icr.io/v2"), place)

    result = pullsecret("check", "-n", ",".join(places), expect=1)

    head, names, remedy = result.stdout.splitlines()
    assert head == (
        "error PS203 secret/wrong in 5 namespaces: https://us.icr.io/v2: without a slash at its end /v2 is a path, "
        "which no image's name begins with: write https://us.icr.io/v2/"
    )
    assert names == f"  {', '.join(places)}"
    assert remedy.startswith(f"  for {places[0]}: kubectl get secret wrong -n {places[0]} ")
    assert result.stderr == (
        "5 error in 5 pull secrets of 5 namespaces; 'kubectl pullsecret check --explain PS203' tells more of one\n"
    )


def test_check_with_private_wants_private_names(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("public", {"us.icr.io": login("iamapikey", api_key())}), namespace)
    api.create(all_icr_io(api_key()), namespace)
    run_as(api, namespace, "puller", "all-icr-io")

    findings = found(pullsecret, "--private", "-n", namespace)

    assert [(item["subject"], item["code"]) for item in findings] == [
        ("secret/public", "PS508"),
        ("pod/puller", "PS508"),
    ]
    assert "private.us.icr.io" in findings[0]["message"]
    assert "private.us.icr.io" in findings[1]["message"]
    assert pullsecret("check", "-n", namespace).stdout == ""


def test_check_as_names_is_what_kubectl_takes(api: Api, pullsecret: Program, kubectl: Program, namespace: str) -> None:
    api.create(with_key("wrong", "us.icr.io/v2"), namespace)
    api.create(service_account("robot", ["missing"]), namespace)

    result = pullsecret("check", "-n", namespace, "-o", "name", expect=1)

    assert result.stdout == "secret/wrong\nserviceaccount/robot\n"
    assert kubectl("get", *result.stdout.split(), "-n", namespace, "-o", "name").stdout == result.stdout


def test_copy_from_another_cluster_is_compared_with_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": login()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team)
    mark = {"metadata": {"annotations": {"kubectl-pullsecret/source-cluster": "other"}}}
    api.patch("Secret", "regcred", mark, team)
    api.delete("Secret", "regcred", home)

    assert pullsecret("check", "-n", team).stdout == ""


def test_namesake_of_a_source_is_not_the_source(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    """A copy that an older version took from another cluster, with the name of a secret that was here all the time."""
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": login()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team)
    stranger = {"annotations": {"kubectl-pullsecret/source-uid": "0"}}
    change = {"metadata": stranger, "data": docker_config_secret("", {"r.example": login()})["data"]}
    api.patch("Secret", "regcred", change, team)

    assert pullsecret("check", "-n", f"{home},{team}").stdout == ""


def test_source_elsewhere_is_compared_too(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": login()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team, "--name=renamed")
    api.patch("Secret", "regcred", {"data": docker_config_secret("", {"r.example": login()})["data"]}, home)

    (finding,) = found(pullsecret, "-n", team)

    assert finding["code"] == "PS504"
    assert finding["remedy"] == f"kubectl pullsecret copy regcred --from {home} --to {team} --name renamed"


@pytest.fixture
def typing(pullsecret: Program, kubectl: Program, tmp_path: Path) -> Program:
    """A shell in which kubectl and its plug-in are there, as for somebody who types what check proposes."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name, program in {"kubectl-pullsecret": pullsecret, "kubectl": kubectl}.items():
        (directory / name).write_text(f'#!/bin/sh\nexec {shlex.join(map(str, program.command))} "$@"\n')
        (directory / name).chmod(0o755)
    path = f'PATH={shlex.quote(str(directory))}:"$PATH"; set -e; cd {shlex.quote(str(tmp_path))}; eval "$1"'
    return Program(["bash", "-c", path, "bash"], pullsecret.home, pullsecret.kubeconfig)


def test_remedies_that_ask_for_nothing_mend_what_was_found(
    api: Api, pullsecret: Program, typing: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    plant(api, pullsecret, home, team)
    before = found(pullsecret, "-n", f"{home},{team}")
    asking = ("pullsecret create", "pullsecret entitled", "${EDITOR", "ibmcloud ", "--from-docker-config")
    chosen = [item for item in before if not any(word in item["remedy"] for word in asking) and item["remedy"]]
    chosen += [item for item in before if "| kubectl pullsecret create" in item["remedy"]]
    chosen = list({item["code"]: item for item in chosen}.values())

    for item in chosen:
        typing(item["remedy"])

    assert {item["code"] for item in chosen} == {
        *("PS201", "PS202", "PS203", "PS204", "PS205", "PS206", "PS208", "PS210"),
        *("PS405", "PS501", "PS502", "PS503", "PS504", "PS506"),
    }
    after = found(pullsecret, "-n", f"{home},{team}")
    keys = [[(item["code"], item["subject"], item["secret"]) for item in items] for items in (before, chosen, after)]
    assert sorted(keys[0]) == sorted((*keys[1], *keys[2]))


def test_remedy_of_a_copy_mends_its_source_and_copies_it_again(
    api: Api, pullsecret: Program, typing: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    entries = {"https://us.icr.io/v2": login("iamapikey", api_key()), "reg.example.org": login()}
    api.create(docker_config_secret("regcred", entries), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team, "--name=copied")

    (finding,) = found(pullsecret, "-n", team)
    typing(finding["remedy"])

    assert pullsecret("check", "-n", f"{home},{team}").stdout == ""
    here, there = (api.read("Secret", *key) for key in (("copied", team), ("regcred", home)))
    assert here["data"] == there["data"]
    mended = {"https://us.icr.io/v2/": entries["https://us.icr.io/v2"], "reg.example.org": entries["reg.example.org"]}
    assert api_auths(there) == mended


def api_auths(secret: Object) -> Object:
    auths: Object = docker_config_of(secret)["auths"]
    return auths


def test_remedy_for_an_older_type_makes_it_the_new_one(
    api: Api, pullsecret: Program, typing: Program, namespace: str
) -> None:
    text = json.dumps({"US.icr.io": login("iamapikey", api_key())})
    api.create(with_text("older", text, "kubernetes.io/dockercfg"), namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["remedy"])

    assert pullsecret("check", "-n", namespace).stdout == ""
    made = api.read("Secret", "older", namespace)
    assert (made["type"], list(api_auths(made))) == ("kubernetes.io/dockerconfigjson", ["us.icr.io"])


def test_remedy_for_another_type_makes_a_pull_secret_of_it(
    api: Api, pullsecret: Program, typing: Program, namespace: str
) -> None:
    text = json.dumps({"auths": {"reg.example.org": login()}})
    api.create(with_text("opaque", text, "Opaque"), namespace)
    api.create(service_account("robot", ["opaque"]), namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["remedy"])

    assert pullsecret("check", "-n", namespace).stdout == ""
    assert api.read("Secret", "opaque", namespace)["type"] == "kubernetes.io/dockerconfigjson"


def test_remedies_reach_the_same_cluster(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_login("wrong", "cp.icr.io", "ekey", web_token()), namespace)
    flags = (f"--kubeconfig={pullsecret.kubeconfig}",)

    result = pullsecret("check", "-n", namespace, *flags, expect=1)

    same = f"--kubeconfig={pullsecret.kubeconfig}"
    assert f"  kubectl pullsecret {same} entitled wrong -n {namespace} --overwrite" in result.stdout.splitlines()


def test_pod_that_another_secret_serves_needs_no_other(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_key("good", "us.icr.io"), namespace)
    run_as(api, namespace, "served", "gone", "good")

    assert pullsecret("check", "-n", namespace).stdout == ""


def test_finished_pod_is_nobodys_business(api: Api, pullsecret: Program, namespace: str) -> None:
    run_as(api, namespace, "done", "gone")
    api.patch("Pod", "done", {"status": {"phase": "Succeeded"}}, namespace, subresource="status")

    assert until(lambda: pullsecret("check", "-n", namespace), "an answer").stdout == ""


@pytest.mark.parametrize("count", [10, 30])
def test_check_asks_the_same_few_questions_however_many_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces, count: int
) -> None:
    places = namespaces(count)
    for place in places:
        api.create(service_account("robot", ["missing"]), place)

    result = pullsecret("check", "-n", ",".join(places), "-v=6", "-o", "name", expect=1)

    asked = [line for line in result.stderr.splitlines() if "GET" in line and "/api/v1/" in line]
    assert len(asked) == 6, asked
