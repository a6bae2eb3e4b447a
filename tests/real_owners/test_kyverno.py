"""What Kyverno clones and keeps in step stays Kyverno's, whatever marks the clone carries."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from owners.programs import KYVERNO, version
from real_owners.chart import REGCRED
from real_owners.controllers import kyverno_controller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from control_plane.process import Process
    from namespaces import Namespaces
    from program import Program, Result
    from real_owners.ours import Ours

PARTY = f"Kyverno {version(KYVERNO)}"
FORCED = ("--overwrite", "--force-conflicts")
NAMESPACES = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["namespaces"]}


@pytest.fixture(scope="module")
def controller(kubectl_of_module: Program, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Kyverno's background controller."""
    with kyverno_controller(kubectl_of_module, api, tmp_path_factory.mktemp("kyverno")) as process:
        yield process


@pytest.fixture
def source(ours: Ours, namespaces: Namespaces) -> Ours:
    """Our program in the namespace of which the secret is cloned."""
    return replace(ours, namespace=namespaces(1)[0])


@contextmanager
def cloned(controller: Process, kubectl: Program, source: Ours, target: Ours) -> Iterator[None]:
    """Have the secret cloned, and kept in step, from one namespace to the other."""
    policy = json.dumps(cloning_policy(source.namespace, target.namespace))
    kubectl("apply", "-f", "-", input=policy)
    controller.wait_for(target.secret, "Kyverno to clone the secret", within=120)
    yield
    kubectl("delete", "-f", "-", input=policy)


def cloning_policy(source: str, target: str) -> Object:
    """A policy that clones the secret, and keeps the clone in step."""
    on: Object = {"enabled": True}
    return {
        "apiVersion": "policies.kyverno.io/v1",
        "kind": "GeneratingPolicy",
        "metadata": {"name": f"clone-to-{target}"},
        "spec": {
            "evaluation": {"generateExisting": on, "synchronize": on, "orphanDownstreamOnPolicyDelete": on},
            "matchConstraints": {"resourceRules": [NAMESPACES]},
            "matchConditions": [{"name": "target", "expression": f"object.metadata.name == '{target}'"}],
            "variables": [{"name": "source", "expression": f"resource.Get('v1', 'secrets', '{source}', '{REGCRED}')"}],
            "generate": [{"expression": "generator.Apply(object.metadata.name, [variables.source])"}],
        },
    }


def test_clone_is_refused_and_a_forced_write_is_taken_back_as_announced(
    controller: Process, api: Api, kubectl: Program, source: Ours, ours: Ours
) -> None:
    api.create(docker_config_secret(REGCRED, {"reg.example": registry_entry()}), source.namespace)
    with cloned(controller, kubectl, source, ours):
        before = ours.content()

        refused = ours.overwrite("--overwrite")
        untouched = ours.content()
        ours.record(PARTY, f"create {REGCRED} --overwrite", refused, "nothing to take back")
        forced = ours.overwrite(*FORCED)
        controller.wait_for(lambda: ours.content() == before, "Kyverno to take the write back", within=60)
        ours.record(PARTY, " ".join(("create", REGCRED, *FORCED)), forced, "the password is the source's, in seconds")

    assert (refused.status, untouched) == (1, before)
    assert forced.status == 0
    assert announced(refused)
    assert announced(forced)


def test_clone_of_a_copy_of_ours_is_not_taken_for_ours(
    controller: Process, kubectl: Program, namespaces: Namespaces, source: Ours, ours: Ours
) -> None:
    origin = replace(ours, namespace=namespaces(1)[0])
    copy = ("copy", REGCRED, "--from", origin.namespace)
    made = [origin.overwrite(), source.run(*copy)]
    with cloned(controller, kubectl, source, ours):
        before = ours.content()
        made.append(origin.overwrite())

        refused = ours.run(*copy)
        ours.record(f"{PARTY}, clone of our copy", f"copy {REGCRED} --from shared", refused, "nothing to take back")

    assert [result.status for result in made] == [0, 0, 0]
    assert refused.status == 1
    assert announced(refused)
    assert ours.content() == before != origin.content()


def announced(said: Result) -> bool:
    """Whether we named Kyverno, and said that it takes a write back."""
    return "Kyverno" in said.stderr and "takes the change back" in said.stderr
