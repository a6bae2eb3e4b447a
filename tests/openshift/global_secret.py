"""Kinds of clusters as they describe themselves, and their global pull secrets, for tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from control_plane.api import ApiError
from objects import docker_config_secret, named, registry_entry
from pullsecret.model.openshift.global_secrets import REQUIRED_HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from control_plane.api import Object
    from openshift.cluster import OpenShift

_CONFIG: Final = "config.openshift.io/v1"
_KUBELET_FILE: Final = "/var/lib/kubelet/config.json"
WITHOUT_DISRUPTION: Final = ({"type": "None"},)


def entries_of_red_hat() -> dict[str, Object]:
    """The four entries that every cluster has, with passwords made up."""
    return {host: registry_entry(f"openshift-{number}") for number, host in enumerate(REQUIRED_HOSTS)}


@contextmanager
def of_kind(
    openshift: OpenShift, *, control_plane: str = "HighlyAvailable", platform: str = "AWS", version: str = "4.18.9"
) -> Iterator[None]:
    """While the block lasts, the cluster says that its control plane and platform are these."""
    infrastructure = {
        **named("Infrastructure", "cluster"),
        "spec": {"platformSpec": {"type": platform}},
        "status": {
            "controlPlaneTopology": control_plane,
            "infrastructureTopology": "HighlyAvailable",
            "infrastructureName": "test",
            "cpuPartitioning": "None",
            "platform": platform,
            "platformStatus": {"type": platform},
            "apiServerURL": "https://api.test.example:6443",
            "apiServerInternalURI": "https://api-int.test.example:6443",
            "etcdDiscoveryDomain": "",
        },
    }
    openshift.apply(_CONFIG, "infrastructures", infrastructure)
    openshift.apply(_CONFIG, "clusterversions", _cluster_version(version))
    try:
        yield
    finally:
        openshift.remove(_CONFIG, "infrastructures", "cluster")
        openshift.remove(_CONFIG, "clusterversions", "version")


def _cluster_version(version: str) -> Object:
    update = {"version": version, "image": f"quay.io/openshift-release-dev/ocp-release:{version}"}
    history: Object = {**update, "state": "Completed", "startedTime": "2026-11-01T00:00:00Z"}
    history |= {"completionTime": "2026-11-01T01:00:00Z", "verified": True}
    status: Object = {"desired": update, "history": [history], "observedGeneration": 1, "versionHash": "x"}
    status |= {"availableUpdates": None}
    spec = {"clusterID": "4a9c0b4e-6b8f-4a51-9a0c-1f0a6d1f2b3c"}
    return {**named("ClusterVersion", "version"), "spec": spec, "status": status}


@contextmanager
def secrets_in(openshift: OpenShift, secrets: Mapping[tuple[str, str], Mapping[str, Object]]) -> Iterator[None]:
    """While the block lasts, these pull secrets exist, by namespace and name, with their entries."""
    try:
        for (namespace, name), entries in secrets.items():
            openshift.api.create(docker_config_secret(name, entries), namespace)
        yield
    finally:
        for namespace, name in secrets:
            remove_secret(openshift, namespace, name)


def remove_secret(openshift: OpenShift, namespace: str, name: str) -> None:
    """Delete a secret, if it is there."""
    try:
        openshift.api.request("DELETE", f"/api/v1/namespaces/{namespace}/secrets/{name}")
    except ApiError as error:
        if error.status != 404:
            raise


@contextmanager
def machine_configs(
    openshift: OpenShift, *pools: Object, actions: tuple[Object, ...] = WITHOUT_DISRUPTION
) -> Iterator[None]:
    """While the block lasts, the Machine Config Operator has this policy for the kubelet's file, and these pools."""
    policies = {"files": [{"path": _KUBELET_FILE, "actions": list(actions)}], "sshkey": {"actions": [{"type": "None"}]}}
    configuration = {
        **named("MachineConfiguration", "cluster"),
        "spec": {"managementState": "Managed"},
        "status": {"nodeDisruptionPolicyStatus": {"clusterPolicies": policies}, "observedGeneration": 1},
    }
    openshift.apply("operator.openshift.io/v1", "machineconfigurations", configuration)
    for pool in pools:
        openshift.apply("machineconfiguration.openshift.io/v1", "machineconfigpools", pool)
    try:
        yield
    finally:
        openshift.remove("operator.openshift.io/v1", "machineconfigurations", "cluster")
        for pool in pools:
            name = pool["metadata"]["name"]
            openshift.remove("machineconfiguration.openshift.io/v1", "machineconfigpools", name)


def machine_config_pool(name: str, *, paused: bool = False, degraded: bool = False, machines: int = 3) -> Object:
    """A MachineConfigPool with its status."""
    condition = {"type": "Degraded", "status": str(degraded), "lastTransitionTime": None, "reason": "", "message": ""}
    status = {
        "configuration": {},
        "machineCount": machines,
        "updatedMachineCount": 0,
        "readyMachineCount": 0,
        "unavailableMachineCount": 0,
        "degradedMachineCount": int(degraded),
        "conditions": [condition],
    }
    return {
        **named("MachineConfigPool", name),
        "spec": {"paused": paused, "configuration": {}},
        "status": status,
    }
