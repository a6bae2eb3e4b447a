"""What can-pull knows, for tables: manifests, and what a cluster has."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from doctor_evidence import NOW, TEAM
from hostile_findings import EXPIRED

from objects import registry_entry
from pullsecret.files.manifests import read_manifests
from pullsecret.model.can_pull.facts import Facts
from pullsecret.model.can_pull.overlay import accounts_with, declared_places, secrets_with
from pullsecret.model.can_pull.report import report_of
from pullsecret.model.can_pull.sources import (
    accounts_of,
    declared_sources,
    existing_pods,
    image_sources,
    planned_pods,
    pods_of,
    workload_sources,
)
from pullsecret.model.declared.declared_parts import DeclaredParts, declared_parts
from pullsecret.model.doctor.evidence import Evidence
from pullsecret.model.objects.objects import Kind, name_of, namespace_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from control_plane.api import Object
    from pullsecret.errors import PullSecretError
    from pullsecret.model.can_pull.admission import PodOrigin
    from pullsecret.model.can_pull.answer import PullAnswer
    from pullsecret.model.images.verdict import Verdict


EXPIRED_ENTRY = registry_entry("u", EXPIRED)
"""An entry whose password is a token that has expired."""

DEFAULT_ACCOUNT: Object = {"metadata": {"name": "default", "namespace": TEAM}}


def seen(items: Iterable[Object], unreadable: Mapping[tuple[str, str], PullSecretError] | None = None) -> Observed:
    """These objects, as read; `unreadable` are errors by namespace and name."""
    return Observed(present={(namespace_of(item), name_of(item)): item for item in items}, unreadable=unreadable or {})


def sources_of(
    images: Sequence[str] = (), workloads: Sequence[Object] = (), account: str = ""
) -> tuple[PodOrigin, ...]:
    """The pods for images, and of workloads that exist."""
    kinds = {kind.title: kind for kind in Kind}
    found = (one for item in workloads for one in workload_sources(kinds[item["kind"]], item))
    return (*image_sources(images, (TEAM,), account), *found)


def declared_in(folder: Path, text: str) -> DeclaredParts:
    """What a manifest declares, in a file app.yaml, which is read as its users' files are."""
    file = folder / "app.yaml"
    file.write_text(dedent(text))
    return declared_parts(read_manifests([str(file)]), TEAM)


def facts_of(
    sources: Sequence[PodOrigin],
    *,
    parts: DeclaredParts | None = None,
    secrets: Observed | None = None,
    accounts: Observed | None = None,
    pods: Sequence[Object] = (),
    elsewhere: Sequence[Object] = (),
    mirrors: Sequence[Object] = (),
    verdicts: Mapping[tuple[str, str, str], Verdict] | None = None,
    is_offline: bool = False,
) -> Facts:
    """The facts for these pods; the namespace has its default account, unless others are given."""
    declared = parts or DeclaredParts()
    found = accounts_with(declared, accounts or seen([DEFAULT_ACCOUNT]), accounts_of(sources))
    new = pods_of(sources, found)
    existing = existing_pods(new, pods)
    all_pods = (*new, *(item for items in existing.values() for item in items))
    overlay = secrets_with(declared, secrets or Observed(), all_pods)
    observed = ObservedNamespaces(
        selection=Selection(names=(TEAM,)),
        secrets=overlay.secrets,
        accounts=found,
        pods=seen([dict(item.pod) for item in all_pods]),
    )
    evidence = Evidence(
        now=NOW,
        observed=observed,
        planned=planned_pods(all_pods),
        elsewhere={(namespace_of(item), name_of(item)): item for item in elsewhere},
        mirrors=tuple(mirrors),
        nodes={"": {"status": {"nodeInfo": {"containerRuntimeVersion": "cri-o://"}}}} if mirrors else {},
        verdicts=verdicts or {},
    )
    places = declared_places(declared)
    return Facts(
        evidence=evidence, pods=new, promised=overlay.promised, files=places, existing=existing, is_offline=is_offline
    )


def answers_of(facts: Facts) -> tuple[PullAnswer, ...]:
    """The answers."""
    return report_of(facts).answers


def answers_to_manifest(folder: Path, text: str, **known: object) -> tuple[PullAnswer, ...]:
    """The answers for the pods of a manifest."""
    parts = declared_in(folder, text)
    return answers_of(facts_of(tuple(declared_sources(parts)), parts=parts, **known))  # type: ignore[arg-type]
