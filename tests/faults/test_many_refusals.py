"""Namespaces that refuse what is written: a failure each, in the server's words, and the rest goes on."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from control_plane.api import ApiError
from control_plane.waiting import until
from faults.faults import passed_on
from faults.jobs import Before, unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Api, Object
    from faults.cluster_setup import Ground
    from faults.proxy import Asked, Fault
    from namespaces import Namespaces

GROUP = "/apis/admissionregistration.k8s.io/v1"
REASON = "no pull secrets here, says the platform team"


@pytest.fixture
def refusing_policy(api: Api) -> Iterator[Callable[[str], None]]:
    """Makes a validating admission policy that refuses new secrets in namespaces with a label."""
    made: list[str] = []

    def make(label: str) -> None:
        name = f"refuse-{label}"
        rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"]}]
        policy = {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": rules},
            "validations": [{"expression": "false", "message": REASON}],
        }
        selector = {"namespaceSelector": {"matchLabels": {"policed": label}}}
        binding = {"policyName": name, "validationActions": ["Deny"], "matchResources": selector}
        for kind, spec in (("ValidatingAdmissionPolicy", policy), ("ValidatingAdmissionPolicyBinding", binding)):
            body: Object = {"apiVersion": GROUP.removeprefix("/apis/"), "kind": kind, "metadata": {"name": name}}
            plural = "policies" if kind.endswith("Policy") else "policybindings"
            path = f"{GROUP}/validatingadmission{plural}"
            api.request("POST", path, {**body, "spec": spec})
            made.append(f"{path}/{name}")

    yield make
    for path in reversed(made):
        api.request("DELETE", path)


def refusal_in(api: Api, namespace: str) -> str:
    """What the server itself says to a new secret in a namespace; "" when it takes it, in a dry run."""
    body: Object = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "probe"}}
    try:
        api.request("POST", f"/api/v1/namespaces/{namespace}/secrets?dryRun=All", body)
    except ApiError as error:
        return str(error).partition(": ")[2]
    return ""


def wait_for_refusal(api: Api, namespaces: list[str]) -> None:
    until(lambda: all(refusal_in(api, name) for name in namespaces), "refusals of new secrets")


def test_full_quotas_are_one_line_with_the_servers_words(ground: Ground, api: Api, namespaces: Namespaces) -> None:
    full, free = namespaces(5), namespaces(2)
    for name in full:
        api.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"secrets": "0"}}}, name)
        counted = {"status": {"hard": {"secrets": "0"}, "used": {"secrets": "0"}}}  # as the quota controller would
        api.patch("ResourceQuota", "none", counted, name, subresource="status")
    wait_for_refusal(api, full)
    job = ground.job("copy", "refused-by-quota", dict.fromkeys((*full, *free), Before.NOTHING))
    was = ground.plant(job)

    result = ground.run(job)

    limit = "exceeded quota: none, requested: secrets=1, used: secrets=0, limited: secrets=0"
    said = f'secrets "{job.name}" is forbidden: {limit}'
    assert result.status == 1
    assert f"error: 5 namespaces: Error from server (Forbidden): {said}" in result.stderr.splitlines()
    assert result.stderr.splitlines()[-1] == "7 namespaces: 2 created, 5 failed"
    assert {name for _, name in unmet(job, was, ground.seen(job))} == set(full)
    assert all(name in result.stderr for name in full)


def test_refusals_of_a_policy_are_told_with_its_reason(
    ground: Ground, api: Api, namespaces: Namespaces, refusing_policy: Callable[[str], None]
) -> None:
    label = f"p{secrets.token_hex(4)}"
    policed, free = namespaces(6, labels={"policed": label}), namespaces(2)
    refusing_policy(label)
    wait_for_refusal(api, policed)
    job = ground.job("copy", "refused-by-policy", dict.fromkeys((*policed, *free), Before.NOTHING))
    was = ground.plant(job)

    result = ground.program(*job.arguments, "-o", "json", expect=1)

    lines = result.stderr.splitlines()
    told = next(line for line in lines if line.startswith("error: 6 namespaces: "))
    assert REASON in told
    assert told.removeprefix("error: 6 namespaces: ").startswith(
        "The " if "is invalid" in told else "Error from server ("
    )
    assert set(lines[lines.index(told) + 1].strip().split(", ")) == set(policed)
    kinds = Counter(item["kind"] for item in json.loads(result.stdout)["items"])
    assert kinds == {"Secret": 2, "ServiceAccount": 2}
    assert {name for _, name in unmet(job, was, ground.seen(job))} == set(policed)


def test_namespaces_that_terminate_before_the_first_write_are_failures_in_the_servers_words(
    ground: Ground, api: Api, namespaces: Namespaces
) -> None:
    doomed, free = namespaces(2), namespaces(1)
    for name in doomed:
        keep(api, name)
    job = ground.job("copy", "too-late", dict.fromkeys((*doomed, *free), Before.NOTHING))
    was = ground.plant(job)

    def ending(asked: Asked) -> Fault:
        if asked.is_write and asked.namespace in doomed and not asked.nth:
            api.delete("Namespace", asked.namespace)
        return passed_on

    with ground.proxy(ending) as proxy:
        result = ground.run(job, proxy=proxy)
    later = ground.run(job)
    missing = unmet(job, was, ground.seen(job))
    for name in doomed:
        api.patch("ConfigMap", "kept", {"metadata": {"finalizers": None}}, name)

    refusal = f'Error from server (Forbidden): secrets "{job.name}" is forbidden: unable to create new content in'
    said = [f"{refusal} namespace {name} because it is being terminated" for name in doomed]
    assert result.status == 1
    assert set(said) <= set(result.stderr.splitlines())
    assert {name for _, name in missing} == set(doomed)
    assert f"note: skipped namespaces {doomed[0]}, {doomed[1]}, which are terminating" in later.stderr.splitlines()


def keep(api: Api, namespace: str) -> None:
    """Let the namespace not go before its content is let go."""
    api.create({"kind": "ConfigMap", "metadata": {"name": "kept", "finalizers": ["example.com/tests"]}}, namespace)


def test_namespace_that_vanishes_before_the_write_is_a_failure_and_the_rest_goes_on(
    ground: Ground, api: Api, namespaces: Namespaces
) -> None:
    gone, stays = namespaces(2)
    job = ground.job("copy", "vanished", dict.fromkeys((gone, stays), Before.NOTHING))
    ground.plant(job)

    def vanish(asked: Asked) -> Fault:
        if asked.is_write and asked.namespace == gone and not asked.nth:
            api.delete("Namespace", gone)
            until(lambda: api.find("Namespace", gone) is None, f"the end of {gone}")
        return passed_on

    with ground.proxy(vanish) as proxy:
        result = ground.run(job, proxy=proxy)

    assert result.status == 1
    assert f'Error from server (NotFound): namespaces "{gone}" not found' in result.stderr.splitlines()
    assert api.find("Secret", job.name, stays)
    assert result.stderr.splitlines()[-1] == "2 namespaces: 1 created, 1 failed"
