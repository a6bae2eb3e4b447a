"""Namespaces that refuse writes: each is a failure with the server's message, and the others are written."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from control_plane.api import ApiError
from control_plane.waiting import until
from documents import items_in
from faults.faults import forward
from faults.jobs import Before, unmet_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Api, Object
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest
    from namespaces import Namespaces

GROUP = "/apis/admissionregistration.k8s.io/v1"
REASON = "no pull secrets here, says the platform team"


@pytest.fixture
def refusing_policy(api: Api) -> Iterator[Callable[[str], None]]:
    """Creates a validating admission policy that refuses new secrets in namespaces with a label."""
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
    """The server's error for a new secret in a namespace, in a dry run; "" if it accepts one."""
    body: Object = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "probe"}}
    try:
        api.request("POST", f"/api/v1/namespaces/{namespace}/secrets?dryRun=All", body)
    except ApiError as error:
        return str(error).partition(": ")[2]
    return ""


def wait_for_refusal(api: Api, namespaces: list[str]) -> None:
    until(lambda: all(refusal_in(api, name) for name in namespaces), "refusals of new secrets")


def test_exceeded_quotas_are_one_line_with_the_servers_message(
    fault_setup: FaultSetup, api: Api, namespaces: Namespaces
) -> None:
    full, free = namespaces(5), namespaces(2)
    for name in full:
        api.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"secrets": "0"}}}, name)
        counted = {"status": {"hard": {"secrets": "0"}, "used": {"secrets": "0"}}}  # as the quota controller would
        api.patch("ResourceQuota", "none", counted, name, subresource="status")
    wait_for_refusal(api, full)
    job = fault_setup.job("copy", "refused-by-quota", dict.fromkeys((*full, *free), Before.NOTHING))
    was = fault_setup.create_objects(job)

    result = fault_setup.run(job)

    limit = "exceeded quota: none, requested: secrets=1, used: secrets=0, limited: secrets=0"
    said = f'secrets "{job.name}" is forbidden: {limit}'
    assert result.status == 1
    assert f"error: 5 namespaces: Error from server (Forbidden): {said}" in result.stderr.splitlines()
    assert result.stderr.splitlines()[-1] == "7 namespaces: 2 created, 5 failed"
    assert {name for _, name in unmet_keys(job, was, fault_setup.snapshot(job))} == set(full)
    assert all(name in result.stderr for name in full)


def test_refusals_of_a_policy_are_reported_with_its_reason(
    fault_setup: FaultSetup, api: Api, namespaces: Namespaces, refusing_policy: Callable[[str], None]
) -> None:
    label = f"p{secrets.token_hex(4)}"
    policed, free = namespaces(6, labels={"policed": label}), namespaces(2)
    refusing_policy(label)
    wait_for_refusal(api, policed)
    job = fault_setup.job("copy", "refused-by-policy", dict.fromkeys((*policed, *free), Before.NOTHING))
    was = fault_setup.create_objects(job)

    result = fault_setup.program(*job.arguments, "-o", "json", expect=1)

    lines = result.stderr.splitlines()
    reported = next(line for line in lines if line.startswith("error: 6 namespaces: "))
    assert REASON in reported
    assert reported.removeprefix("error: 6 namespaces: ").startswith(
        "The " if "is invalid" in reported else "Error from server ("
    )
    assert lines[lines.index(reported) + 1].strip().split(", ") == list(policed)
    results = Counter(item["result"] for item in items_in(result.stdout))
    assert results == {"created": 2, "patched": 2, "failed": 6, "skipped": 6}
    assert {name for _, name in unmet_keys(job, was, fault_setup.snapshot(job))} == set(policed)


def test_namespaces_terminating_before_the_write_are_failures_with_the_servers_message(
    fault_setup: FaultSetup, api: Api, namespaces: Namespaces
) -> None:
    doomed, free = namespaces(2), namespaces(1)
    for name in doomed:
        keep(api, name)
    job = fault_setup.job("copy", "too-late", dict.fromkeys((*doomed, *free), Before.NOTHING))
    was = fault_setup.create_objects(job)

    def ending(request: ProxiedRequest) -> Fault:
        if request.is_write and request.namespace in doomed and not request.nth:
            api.delete("Namespace", request.namespace)
        return forward

    with fault_setup.proxy(ending) as proxy:
        result = fault_setup.run(job, proxy=proxy)
    later = fault_setup.run(job)
    unmet = unmet_keys(job, was, fault_setup.snapshot(job))
    for name in doomed:
        api.patch("ConfigMap", "kept", {"metadata": {"finalizers": None}}, name)

    refusal = f'Error from server (Forbidden): secrets "{job.name}" is forbidden: unable to create new content in'
    said = [f"{refusal} namespace {name} because it is being terminated" for name in doomed]
    assert result.status == 1
    assert set(said) <= set(result.stderr.splitlines())
    assert {name for _, name in unmet} == set(doomed)
    assert {f"error: namespace {name} is terminating" for name in doomed} <= set(later.stderr.splitlines())


def keep(api: Api, namespace: str) -> None:
    """Keep a deleted namespace terminating, by a finalizer in it."""
    api.create({"kind": "ConfigMap", "metadata": {"name": "kept", "finalizers": ["example.com/tests"]}}, namespace)


def test_namespace_deleted_before_the_write_is_a_failure_and_the_others_are_written(
    fault_setup: FaultSetup, api: Api, namespaces: Namespaces
) -> None:
    gone, stays = namespaces(2)
    job = fault_setup.job("copy", "vanished", dict.fromkeys((gone, stays), Before.NOTHING))
    fault_setup.create_objects(job)

    def vanish(request: ProxiedRequest) -> Fault:
        if request.is_write and request.namespace == gone and not request.nth:
            api.delete("Namespace", gone)
            until(lambda: api.find("Namespace", gone) is None, f"the end of {gone}")
        return forward

    with fault_setup.proxy(vanish) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    assert result.status == 1
    assert f'Error from server (NotFound): namespaces "{gone}" not found' in result.stderr.splitlines()
    assert api.find("Secret", job.name, stays)
    assert result.stderr.splitlines()[-1] == "2 namespaces: 1 created, 1 failed"
