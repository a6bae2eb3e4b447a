"""What check finds in OpenShift's global pull secret, and copies of it in namespaces."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.model.check.observed import Inventory
from pullsecret.model.openshift.global_secrets import REQUIRED_HOSTS
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Object
    from pullsecret.model.check.rule import Finding

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OWN = {host: registry_entry(f"openshift-{host}") for host in REQUIRED_HOSTS}
SHARED = registry_entry("cp")


def secret(namespace: str, name: str, entries: Mapping[str, Object]) -> Object:
    return docker_config_secret(name, entries, namespace=namespace)


def global_secret(entries: Mapping[str, Object] | None = None) -> Object:
    return secret("openshift-config", "pull-secret", OWN if entries is None else entries)


def found(*secrets: Object) -> list[Finding]:
    """The findings of these codes in a cluster with these secrets."""
    present = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in secrets}
    names = tuple(sorted({namespace for namespace, _ in present}))
    observed = ObservedNamespaces(selection=Selection(names=names), secrets=Observed(present=present))
    result = plan(CheckRequest(now=NOW), Inventory(observed=observed))
    return [finding for finding in result.findings if finding.code.startswith("PS9")]


def told(*secrets: Object) -> list[tuple[str, str]]:
    return [(finding.code, finding.sentence) for finding in found(*secrets)]


def test_complete_global_pull_secret_has_no_findings() -> None:
    assert found(global_secret({**OWN, "cp.icr.io": SHARED})) == []


@pytest.mark.parametrize("namespace", ["openshift-config", "kube-system"])
def test_lacking_entries_of_red_hat_are_named(namespace: str) -> None:
    name = "pull-secret" if namespace == "openshift-config" else "original-pull-secret"
    kept = {host: OWN[host] for host in ("quay.io", "registry.redhat.io")}

    (finding,) = found(secret(namespace, name, kept))

    assert finding.code == "PS901"
    assert finding.message == "has no entry for cloud.openshift.com, registry.connect.redhat.com"
    assert finding.fix is None
    assert "unless they were left out on purpose" in finding.advice


def test_entry_of_red_hat_counts_however_its_key_is_written() -> None:
    assert found(global_secret({f"https://{host}/v1/": entry for host, entry in OWN.items()})) == []


def test_additional_secret_needs_no_entries_of_red_hat() -> None:
    assert found(secret("kube-system", "additional-pull-secret", {"cp.icr.io": SHARED})) == []


def test_secret_of_that_name_elsewhere_is_no_global_pull_secret() -> None:
    assert found(secret("team-a", "pull-secret", {"cp.icr.io": SHARED})) == []


def test_copy_is_found_by_its_credentials_under_any_name_and_key() -> None:
    copies = (
        secret("team-a", "pull-secret", {**OWN, "cp.icr.io": SHARED}),
        secret("team-b", "mine", {"https://quay.io/acme": OWN["quay.io"], "reg.example": registry_entry()}),
    )

    (first, second) = found(global_secret(), *copies)

    assert (first.code, first.subject, first.namespace) == ("PS902", "secret/pull-secret", "team-a")
    assert first.message == (
        "has the cluster's own credentials for cloud.openshift.com, quay.io, registry.connect.redhat.com, "
        "registry.redhat.io: everyone who may create pods here can read them"
    )
    assert second.message.startswith("has the cluster's own credentials for quay.io: ")
    assert (first.fix, second.fix) == (None, None)


def test_credential_that_an_administrator_added_may_be_in_namespaces_too() -> None:
    entries = {**OWN, "cp.icr.io": SHARED, "quay.io/acme": registry_entry("acme+robot")}
    copies = {key: entry for key, entry in entries.items() if key not in OWN}

    assert found(global_secret(entries), secret("cp4i", "ibm-entitlement-key", copies)) == []


def test_other_credential_for_the_same_host_is_no_copy() -> None:
    assert found(global_secret(), secret("team-a", "quay", {"quay.io": registry_entry("acme+robot")})) == []


@pytest.mark.parametrize("namespace", ["openshift", "openshift-marketplace", "kube-system"])
def test_openshift_itself_has_copies(namespace: str) -> None:
    assert found(global_secret(), secret(namespace, "pull-secret", OWN)) == []


def test_copies_are_unknown_where_the_global_pull_secret_was_not_read() -> None:
    assert found(secret("team-a", "pull-secret", OWN)) == []


def test_copy_of_the_original_of_a_hosted_control_plane_is_found() -> None:
    original = secret("kube-system", "original-pull-secret", OWN)

    assert [code for code, _ in told(original, secret("team-a", "x", OWN))] == ["PS902"]


def test_additional_entry_under_a_key_of_the_original_has_no_effect() -> None:
    original = secret("kube-system", "original-pull-secret", OWN)
    added = {
        "quay.io": registry_entry("acme"),
        "quay.io/acme": registry_entry("acme"),
        "registry.redhat.io": OWN["registry.redhat.io"],
    }

    assert told(original, secret("kube-system", "additional-pull-secret", added)) == [
        (
            "PS903",
            (
                "secret/additional-pull-secret in namespace kube-system: quay.io: has no effect, because "
                "secret/original-pull-secret has another entry under the same key"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("namespace", "name", "words"),
    [
        ("openshift-config", "pull-secret", "create --global"),
        ("kube-system", "additional-pull-secret", "create --global"),
        ("kube-system", "original-pull-secret", "change it there"),
        ("kube-system", "global-pull-secret", "change it there"),
    ],
)
def test_no_command_would_replace_the_other_entries(namespace: str, name: str, words: str) -> None:
    broken = secret(namespace, name, {**OWN, "Reg.Example.com": registry_entry(), "us.icr.io": registry_entry("bad")})
    observed = ObservedNamespaces(
        selection=Selection(names=(namespace,)), secrets=Observed(present={(namespace, name): broken})
    )

    findings = plan(CheckRequest(now=NOW), Inventory(observed=observed)).findings

    assert {finding.code for finding in findings} >= {"PS205", "PS301"}
    assert all(finding.fix is None for finding in findings)
    assert all(words in finding.advice for finding in findings if finding.code in ("PS205", "PS301"))


def test_no_finding_shows_a_password() -> None:
    broken = global_secret({"quay.io": OWN["quay.io"]})

    assert OWN["quay.io"]["auth"] not in repr(found(broken, secret("team-a", "x", OWN)))
