"""The matrix of a report and can-pull say the same of an image, for seeded pull secrets and lists."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from can_pull_facts import answers_of, facts_of, seen, sources_of
from doctor_evidence import NOW, placed

from can_pull.pull_secrets import pull_secret
from objects import docker_config_secret, service_account
from pullsecret.model.can_pull.answer import CanPull, Reason
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.cluster_report.pull_verdicts import NamespaceView, pull_verdict

if TYPE_CHECKING:
    from control_plane.api import Object

SEEDS = range(300)
IMAGES = (
    "nginx",
    "acme/web:1",
    "quay.io/acme/web:1",
    "us.icr.io/acme/web",
    "icr.io/cpopen/app",
    "cp.icr.io/cp/app",
    "reg.example:5000/a/b/c",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web",
    "eu.gcr.io/acme/web",
)
STATES = {
    CanPull.YES: {PullState.ACCOUNT},
    CanPull.NO: {PullState.BROKEN},
    CanPull.UNKNOWN: {PullState.UNKNOWN, PullState.NONE},
}
NEVER_NONE = {Reason.PROVIDER, Reason.DOUBTFUL, Reason.EXPIRED, Reason.EMPTY}


def secret_of(random: Random, name: str, image: str) -> Object:
    """A secret as the API server has it; one in 20 has nothing to do with the image."""
    made = pull_secret(random, name, [image, random.choice(IMAGES)])
    if made.is_clear:
        return docker_config_secret(name, {entry.key: entry.value for entry in made.entries})  # type: ignore[misc]
    return made.body


@pytest.mark.parametrize("seed", SEEDS)
def test_matrix_judges_as_can_pull_does(seed: int) -> None:
    random = Random(seed)  # noqa: S311  a scene
    image = random.choice(IMAGES)
    names = [f"s{number}" for number in range(random.choice((0, 1, 1, 2, 3)))]
    secrets = {name: placed(secret_of(random, name, image)) for name in names if random.random() < 0.9}
    account = placed(service_account("default", names))
    (answer,) = answers_of(facts_of(sources_of([image]), secrets=seen(secrets.values()), accounts=seen([account])))
    is_read = {name: item for name, item in secrets.items() if item["type"] != "Opaque"}
    view = NamespaceView(namespace="a", now=NOW, secrets=is_read, accounts={"default": account})

    found = pull_verdict(image, tuple(names), PullState.ACCOUNT, view)

    assert found.state in STATES[answer.answer.result], (answer.answer, found)
    assert answer.answer.reason not in NEVER_NONE or found.state is not PullState.NONE, (answer.answer, found)
    credential = answer.answer.credential
    assert credential is None or found.secrets[0] == credential.secret
