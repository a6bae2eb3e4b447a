"""The values of a report: what they are made of, and what is computed from them."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType
from typing import get_args, get_type_hints

from pullsecret.model import cluster_report
from pullsecret.model.check.rule import Severity
from pullsecret.model.cluster_report.owned_objects import OwnedObject
from pullsecret.model.cluster_report.report import ClusterReport, ReportedCluster
from pullsecret.model.cluster_report.reported_secret import ReportedEntry, ReportedSecret, SecretPlace
from pullsecret.model.results.copy_standing import CopyStanding

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLAIN = (str, int, bool, datetime, NoneType)
SOURCE = SecretPlace(namespace="default", name="all-icr-io")


def named_types() -> dict[str, type]:
    """The types that annotations of the room name, with those of other rooms that it may use."""
    found: dict[str, type] = {"datetime": datetime, "Severity": Severity, "CopyStanding": CopyStanding}
    for info in pkgutil.walk_packages(cluster_report.__path__, f"{cluster_report.__name__}."):
        module = importlib.import_module(info.name)
        found |= {name: item for name, item in vars(module).items() if isinstance(item, type)}
    return found


def leaves(kind: object, seen: set[object]) -> set[type]:
    """The types that values of a type are made of in the end."""
    if kind in seen or kind is Ellipsis:
        return set()
    seen.add(kind)
    if arguments := get_args(kind):
        return {leaf for argument in arguments for leaf in leaves(argument, seen)}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind, localns=named_types())
        return {leaf for field in fields(kind) for leaf in leaves(hints[field.name], seen)}
    return {kind} if isinstance(kind, type) else {object}


def test_report_is_made_of_plain_values_only() -> None:
    found = leaves(ClusterReport, set())

    assert {kind for kind in found if kind not in PLAIN and not issubclass(kind, Enum)} == set()
    assert {kind for kind in found if issubclass(kind, Enum)} >= {Severity, CopyStanding}


def secret(namespace: str, *, expires: datetime | None = None, kind: str = "password", age: int = 0) -> ReportedSecret:
    """A copy of SOURCE in a namespace, or SOURCE itself."""
    is_source = namespace == SOURCE.namespace
    return ReportedSecret(
        namespace=namespace,
        name=SOURCE.name,
        type="kubernetes.io/dockerconfigjson",
        written=NOON - timedelta(days=age),
        entries=(ReportedEntry(registry="us.icr.io", username="puller", kind=kind, expires=expires),),
        origin=None if is_source else SOURCE,
        standing=None if is_source else CopyStanding.CURRENT,
    )


def test_copies_are_grouped_by_their_source() -> None:
    other = SecretPlace(namespace="gone", name="old")
    orphan = ReportedSecret(namespace="c", name="old", type="x", origin=other, standing=CopyStanding.ORPHAN)
    cluster = ReportedCluster(context="prod", secrets=(orphan, secret("b"), secret("a"), secret("default")))

    first, second = cluster.copy_groups

    assert (first.source, [copy.namespace for copy in first.copies]) == (SOURCE, ["a", "b"])
    assert first.reported == secret("default")
    assert (second.source, second.reported, second.copies) == (other, None, (orphan,))


def test_sibling_is_no_copy() -> None:
    sibling = ReportedSecret(namespace="a", name="x-previous", type="x", origin=SOURCE, role="previous")

    assert ReportedCluster(context="", secrets=(sibling,)).copy_groups == ()


def test_same_end_of_copies_is_one() -> None:
    soon, late = NOON + timedelta(days=3), NOON + timedelta(days=90)
    secrets = (secret("b", expires=late), secret("a", expires=late), secret("c", expires=soon), secret("d"))

    found = ReportedCluster(context="", secrets=secrets).expiries

    assert [(one.expires, [place.namespace for place in one.secrets]) for one in found] == [
        (soon, ["c"]),
        (late, ["a", "b"]),
    ]


def test_kinds_have_their_ages_and_the_number_with_an_end() -> None:
    secrets = (secret("a", age=9), secret("b", age=2, expires=NOON), secret("c", kind="IBM Cloud API key"))

    first, second = ReportedCluster(context="", secrets=secrets).kinds

    assert (first.kind, first.entries, first.secrets, first.expiring) == ("password", 2, 2, 1)
    assert (first.oldest, first.newest) == (NOON - timedelta(days=9), NOON - timedelta(days=2))
    assert (second.kind, second.entries) == ("IBM Cloud API key", 1)


def test_owners_with_most_objects_come_first() -> None:
    def owned(namespace: str, party: str) -> OwnedObject:
        return OwnedObject(namespace=namespace, subject="secret/x", party=party, prediction="p", advice="a")

    everything = (owned("a", "Helm release app"), owned("b", "Argo CD"), owned("c", "Argo CD"))
    found = ReportedCluster(context="", owned=everything).owners

    assert [(one.party, len(one.objects)) for one in found] == [("Argo CD", 2), ("Helm release app", 1)]
