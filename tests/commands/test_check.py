"""`check` in a cluster: it reports every planted fault once, and nothing in healthy namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, right_secrets, web_token, with_key, with_login, with_text
from check_runs import found, plant, run_as

from control_plane.waiting import until
from golden_files import assert_golden
from objects import all_icr_io, docker_config_secret, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program


DATED = ("PS401", "PS402")
"""The codes whose messages have a date."""


def lines_of(finding: Object) -> list[str]:
    """A finding, and the command or the advice that comes with it."""
    keys = f"{', '.join(finding['registries'])}: " if finding["registries"] else ""
    fix = finding["command"] or finding["advice"]
    return [
        f"{finding['severity']} {finding['code']} {finding['subject']} {keys}{finding['message']}",
        *([f"  {fix}"] if fix else []),
    ]


def test_check_reports_every_planted_fault_once(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    expected = plant(api, pullsecret, home, team)

    findings = found(pullsecret, "-n", f"{home},{team}")

    assert len(expected) == 58
    assert sorted((item["subject"], item["secret"], item["code"]) for item in findings) == sorted(
        (*key, code) for key, code in expected.items()
    )
    assert {item["namespace"] for item in findings} == {team}
    lines = [line for item in findings if item["code"] not in DATED for line in lines_of(item)]
    assert_golden("check/planted-faults", "\n".join(lines), home=home, team=team)


def test_check_reports_nothing_in_healthy_namespaces(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    for secret in right_secrets():
        api.create(secret, home)
    names = [secret["metadata"]["name"] for secret in right_secrets() if secret["type"] != "Opaque"]
    pullsecret("copy", "all-icr-io", "github", "--from", home, "--to", team, "--attach")
    api.create(service_account("puller", names), home)
    run_as(api, home, "with-all", *names)
    run_as(api, team, "inheriting")
    run_as(api, team, "public", image="nginx")

    result = pullsecret("check", "-n", f"{home},{team}")

    assert result.stdout == ""
    assert result.stderr == f"no findings in 2 namespaces ({len(names) + 2} pull secrets)\n"


def test_check_of_names_checks_nothing_else(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_key("wrong", "us.icr.io/v2"), namespace)
    api.create(with_key("another", "US.icr.io"), namespace)
    api.create(with_key("right", "us.icr.io"), namespace)
    api.create(service_account("puller", ["missing", "lost"]), namespace)
    where = ("-n", namespace)

    assert [item["code"] for item in found(pullsecret, "wrong", "right", *where)] == ["PS203"]
    assert [item["code"] for item in found(pullsecret, "missing", *where)] == ["PS502"]
    result = pullsecret("check", "right", *where)
    assert result.stderr == "no findings in 1 namespace (1 pull secret)\n"
    absent = pullsecret("check", "right", "nobody", *where, expect=2)
    assert absent.stderr == 'Error from server (NotFound): secrets "nobody" not found\n'


def test_check_of_a_name_reports_another_type(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_text("opaque", "{}", "Opaque"), namespace)

    (finding,) = found(pullsecret, "opaque", "-n", namespace)

    assert finding["code"] == "PS501"
    assert pullsecret("check", "-n", namespace).stdout == ""


def test_check_reports_a_fault_of_many_namespaces_once(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    places = namespaces(5)
    for place in places:
        api.create(with_key("wrong", "https://us.icr.io/v2"), place)

    result = pullsecret("check", "-n", ",".join(places), expect=1)

    numbered = {f"n{number}": place for number, place in enumerate(places)}
    assert_golden("check/many-namespaces", result.stdout + result.stderr, **numbered)


def test_check_with_private_requires_private_hosts(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("public", {"us.icr.io": registry_entry("iamapikey", api_key())}), namespace)
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


def test_check_as_names_is_accepted_by_kubectl(api: Api, pullsecret: Program, kubectl: Program, namespace: str) -> None:
    api.create(with_key("wrong", "us.icr.io/v2"), namespace)
    api.create(service_account("puller", ["missing"]), namespace)

    result = pullsecret("check", "-n", namespace, "-o", "name", expect=1)

    assert result.stdout == "secret/wrong\nserviceaccount/puller\n"
    assert kubectl("get", *result.stdout.split(), "-n", namespace, "-o", "name").stdout == result.stdout


def test_copy_from_another_cluster_is_not_compared(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": registry_entry()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team)
    mark = {"metadata": {"annotations": {"kubectl-pullsecret/source-cluster": "other"}}}
    api.patch("Secret", "regcred", mark, team)
    api.delete("Secret", "regcred", home)

    assert pullsecret("check", "-n", team).stdout == ""


def test_secret_with_the_name_of_a_source_is_not_the_source(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    """Its proof is not by the uid of the secret that has this name."""
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": registry_entry()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team)
    stranger = {"annotations": {"kubectl-pullsecret/proof": "0"}}
    change = {"metadata": stranger, "data": docker_config_secret("", {"r.example": registry_entry()})["data"]}
    api.patch("Secret", "regcred", change, team)

    assert pullsecret("check", "-n", f"{home},{team}").stdout == ""


def test_source_in_an_unchecked_namespace_is_compared(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example.org": registry_entry()}), home)
    pullsecret("copy", "regcred", "--from", home, "--to", team, "--name=renamed")
    api.patch("Secret", "regcred", {"data": docker_config_secret("", {"r.example": registry_entry()})["data"]}, home)

    (finding,) = found(pullsecret, "-n", team)

    assert finding["code"] == "PS504"
    assert finding["command"] == ""
    assert finding["advice"].startswith(f"marked as a copy of secret/regcred in namespace {home} (username ")


def test_suggested_commands_reach_the_same_cluster(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_login("wrong", "cp.icr.io", "ekey", web_token()), namespace)
    flags = (f"--kubeconfig={pullsecret.kubeconfig}",)

    result = pullsecret("check", "-n", namespace, *flags, expect=1)

    same = f"--kubeconfig={pullsecret.kubeconfig}"
    assert f"  kubectl pullsecret {same} entitled wrong -n {namespace} --overwrite" in result.stdout.splitlines()


def test_pod_with_another_matching_secret_has_no_finding(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_key("good", "us.icr.io"), namespace)
    run_as(api, namespace, "served", "gone", "good")

    assert pullsecret("check", "-n", namespace).stdout == ""


def test_finished_pod_has_no_finding(api: Api, pullsecret: Program, namespace: str) -> None:
    run_as(api, namespace, "done", "gone")
    api.patch("Pod", "done", {"status": {"phase": "Succeeded"}}, namespace, subresource="status")

    assert until(lambda: pullsecret("check", "-n", namespace), "an answer").stdout == ""


@pytest.mark.parametrize("count", [10, 30])
def test_check_sends_the_same_few_requests_for_any_number_of_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces, count: int
) -> None:
    places = namespaces(count)
    for place in places:
        api.create(service_account("puller", ["missing"]), place)

    result = pullsecret("check", "-n", ",".join(places), "-v=6", "-o", "name", expect=1)

    asked = [line for line in result.stderr.splitlines() if "GET" in line and "/api/v1/" in line]
    assert len(asked) == 6, asked
