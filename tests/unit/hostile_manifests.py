"""Manifests with any text in them: an object for each code of check for manifests, around one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doctor_evidence import NOW

from objects import docker_config_secret, named, registry_entry, service_account
from pullsecret.actions.check_file import CheckedFilesView, CheckFileRequest, plan
from pullsecret.files.checked_files import CheckedFiles
from pullsecret.model.check.observed import Inventory
from pullsecret.model.check.rule import CheckResult
from pullsecret.model.declared.declared import Declared, DeclaredObject
from pullsecret.model.declared.file_line import FileLine
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from control_plane.api import Object


def _workload(text: str, listed: object, *images: str, account: str = "default") -> Object:
    containers = [{"name": text, "image": image} for image in (*images, f"reg.example/{text}")]
    spec = {"serviceAccountName": account, "imagePullSecrets": listed, "containers": containers}
    return named(text, text, spec={"template": {"spec": spec}})


def _hostile_objects(text: str) -> list[Object]:
    entries = {"reg.example": registry_entry(text), f"reg.example/{text}": registry_entry(text)}
    deployment = _workload(text, [{"name": text}, {"name": "gone"}, {}])
    needed = docker_config_secret("needed", {"needed.example": registry_entry(text)})
    elsewhere = docker_config_secret("moved", entries, namespace="other")
    return [
        {**deployment, "apiVersion": "apps/v1", "kind": "Deployment", "imagePullSecrets": [{"name": text}]},
        elsewhere,
        _workload(text, [{"name": "moved"}, {"name": f"moved{text}"}], "us.icr.io/abc/app", "app:1", "A/B", text),
        docker_config_secret("own", {"own.example": registry_entry(text)}),
        docker_config_secret("some", {"x.example/y": registry_entry(text), "some.example": registry_entry(text)}),
        _workload(text, [{"name": "some"}], "x.example/y", f"x.example/{text}", "x.example/z"),
        needed,
        {**needed, "metadata": {"name": "again"}},
        service_account("needing", ["needed", "again", "gone", "gone", f"gone{text}", "", "own"]),
        _workload(text, [{"name": "own"}], "needed.example/x", account="needing"),
        {**named("SealedSecret", f"s{text}", spec={"template": {"type": f"x{text}"}}), "apiVersion": "bitnami.com/v1"},
        service_account("sealing", [f"s{text}"]),
        _workload(text, [{"name": "own"}], "x.example/y", account="sealing"),
        _workload(text, [{"name": ""}]),
        {**named("Secret", text, type="kubernetes.io/dockercfg"), "data": {text: text}},
        _workload(text, [text]),
    ]


def checked_manifests(text: str) -> CheckResult:
    """What check finds in manifests around a text, without a cluster and with one that has a secret of this name."""
    place = FileLine(file=f"{text}.yaml", line=1)
    objects = tuple(DeclaredObject(content=item, place=place) for item in _hostile_objects(text))
    files = CheckedFiles(declared=Declared(objects=objects))
    shared = docker_config_secret(text, {"reg.example": registry_entry(text)}, namespace="default")
    inventory = Inventory(
        observed=ObservedNamespaces(selection=Selection(names=("shop",))),
        sources=Observed(present={("default", text): shared}),
    )
    request = CheckFileRequest(files=(text,), now=NOW, needs_private=True)
    offline = plan(request, CheckedFilesView(files=files))
    online = plan(request, CheckedFilesView(files=files, namespace="shop", inventory=inventory))
    return CheckResult(findings=(*offline.findings, *online.findings), notes=offline.notes, scope=offline.scope)
