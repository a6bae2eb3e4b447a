"""Prove with pods that run nothing that a namespace pulls with its changed secrets: `rotate --canary NS --probe`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.apply.probe_pull import check_probe, probe_pull
from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.canary import canary_probes
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.plan.probe_pod import PullProbe


def read_canary_probes(
    keys: Sequence[Key], images: Sequence[str], hosts: frozenset[str], cluster: Cluster
) -> tuple[PullProbe, ...]:
    """The pulls that will prove it: an image for each secret and registry, chosen before anything is written.

    Args:
        keys: the secrets that will be changed, which are in one namespace.
        images: those that the user named; otherwise they are those of the namespace's pods.
        hosts: the registries for which the secrets will be changed.
        cluster: where they are.

    Raises:
        RefusedError: there is no image to pull with them, or admission would change a pod that pulls one.
        PullSecretError: the server refuses such a pod.
    """
    secrets = read_by_keys(cluster, Kind.SECRET, keys).present
    pods = read_all_in(cluster, Kind.POD, sorted({namespace for namespace, _ in keys})).present
    probes = canary_probes(secrets.values(), tuple(pods.values()), images, hosts)
    if not probes:
        raise RefusedError(
            "--probe: no pod of the canary namespace uses the secret for an image; name one with --image"
        )
    for probe in probes:
        check_probe(cluster, probe)
    return probes


def prove_canary(probes: Sequence[PullProbe], cluster: Cluster, interruption: Interruption) -> str:
    """Pull the images one after another, and print which node did; returns why that is not proven, "" if it is."""
    try:
        return next((problem for probe in probes if (problem := _problem(probe, cluster, interruption))), "")
    except PullSecretError as error:
        return error.message


def _problem(probe: PullProbe, cluster: Cluster, interruption: Interruption) -> str:
    result = probe_pull(cluster, probe, interruption)
    (name,) = probe.secrets
    place = f"with secret/{name} in namespace {probe.namespace}"
    if result.left:
        print_message(Printable(f"warning: pod/{result.left} in namespace {probe.namespace} could not be deleted"))
    if result.is_proven:
        print_message(Printable(f"note: node {result.node} pulled {probe.image} {place}"))
        return ""
    return f"{probe.image} was not pulled {place}: {result.message}"
