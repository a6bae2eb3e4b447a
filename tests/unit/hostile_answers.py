"""What can-pull answers where the API server, or a manifest, accepts any text."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from can_pull_facts import facts_of, seen
from doctor_evidence import TEAM, placed
from hostile_waits import DIAGNOSED

from objects import service_account
from pullsecret.model.can_pull.admission import PodOrigin
from pullsecret.model.can_pull.answer import CanPullReport
from pullsecret.model.can_pull.report import report_of
from pullsecret.model.declared.declared import DeclaredObject
from pullsecret.model.declared.file_line import FileLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile_waits import Scene

    from control_plane.api import Object
    from pullsecret.model.can_pull.answer import PullAnswer


@lru_cache(maxsize=1)
def answered(text: str) -> CanPullReport:
    """The answers where the text is in every place: of pods, of workloads, and of manifests."""
    scenes = (place(text) for place in DIAGNOSED.values())
    return CanPullReport(answers=tuple(answer for item, scene in scenes for answer in answers_in(item, scene, text)))


def answers_in(item: Object, scene: Scene, text: str) -> Iterator[PullAnswer]:
    """The answers for a pod that doctor knows, and for what could have made it."""
    attached = scene.get("attached", ())
    accounts = seen([placed(service_account(name, attached)) for name in ("default", text)])
    facts = facts_of(
        tuple(origins_of(item, text)),
        secrets=seen(scene.get("secrets", ())),
        accounts=accounts,
        elsewhere=scene.get("elsewhere", ()),
        mirrors=scene.get("mirrors", ()),
    )
    files = {(TEAM, f"{kind}/{text}"): FileLine(file=text, line=2) for kind in ("secret", "serviceaccount")}
    for one in (facts, replace(facts, files=files), replace(facts, is_offline=True)):
        yield from report_of(one).answers


def origins_of(item: Object, text: str) -> Iterator[PodOrigin]:
    """The pod itself, workloads with it, and a manifest; the last ones with an account that is called so."""
    other = {**item, "spec": {**item["spec"], "serviceAccountName": text}}
    gone = {**item, "spec": {**item["spec"], "serviceAccountName": f"{text}-gone"}}
    declared = DeclaredObject(content=item, place=FileLine(file=text, line=1))
    template = ("spec", "template", "spec")
    yield PodOrigin(subject=f"pod/{text}", pod=item, exists=True)
    yield PodOrigin(subject=f"deployment/{text}", pod=item, path=template)
    yield PodOrigin(subject="deployment/app", pod=other, path=template)
    yield PodOrigin(subject=f"{text}/{text}", pod=other, path=("spec",), maker=f"{text}/{text}")
    yield PodOrigin(subject=f"deployment/{text}", pod=other, item=declared)
    yield PodOrigin(subject=f"deployment/{text}", pod=gone, item=declared)
