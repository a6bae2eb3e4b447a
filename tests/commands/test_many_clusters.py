"""Several clusters in one run: which are written, what one that is dead or refuses does to the others, one report."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from many_clusters import ThreePlanes, write_contexts

from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from program import Program


@pytest.fixture(scope="module")
def three() -> Iterator[ThreePlanes]:
    with ThreePlanes() as running:
        yield running


def test_a_dead_cluster_and_one_that_refuses_stop_no_other(
    three: ThreePlanes, offline: Program, tmp_path: Path
) -> None:
    team, other = (f"team-{secrets.token_hex(3)}" for _ in range(2))
    three.make_namespaces(team)
    three.make_namespaces(other)
    name = f"regcred-{secrets.token_hex(3)}"
    sources = [
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), "default") for api in three.apis
    ]
    refused = three.user(1)
    contexts = {
        "one": three.admin(0, team),
        "one/again": three.admin(0, other),
        "ns/two:6443,u": refused,
        "dead": three.dead(),
        "three": three.admin(2, team),
    }

    result = offline(
        "copy", name, "--all-contexts", "--yes", "--attach", kubeconfig=write_contexts(tmp_path, contexts), expect=1
    )

    written = (("one", team), ("one", other), ("three", team))
    for line in (f"secret/{name} created in namespace {space} (context {context})" for context, space in written):
        assert result.stdout.count(line) == 1
    for line in ("context one: 2 namespaces: 2 created", "context dead: failed; no changes were made"):
        assert line in result.stderr
    assert three.apis[0].read("Secret", name, other)["data"] == sources[0]["data"]
    assert three.apis[2].read("Secret", name, team)["data"] == sources[2]["data"]
    assert three.apis[1].find("Secret", name, team) is None
