"""Which secrets of a cluster are copies of a source: the proven ones, those that only claim it, and their copies."""

from __future__ import annotations

from objects import docker_config_secret, registry_entry
from pullsecret.model.objects.objects import Object, merged, namespace_of, text_at
from pullsecret.model.objects.pullsecret import copied
from pullsecret.model.plan.copies import Copies, Doubt, claims_among, copies_of, copies_through

EARLIER, LATER = "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"


def secret(namespace: str, name: str = "icr", *, created: str = EARLIER) -> Object:
    """A secret as the server sends it, whose uid nobody can guess from its name."""
    uid = f"uid-of-{namespace}-{name}"
    found = docker_config_secret(name, {"reg.example": registry_entry()}, namespace=namespace, uid=uid)
    return merged(found, {"metadata": {"creationTimestamp": created}})


def copy_of(source: Object, namespace: str, name: str = "icr", *, cluster: str = "") -> Object:
    return merged(secret(namespace, name), copied(source, name, namespace, cluster=cluster))


def places(copies: Copies) -> tuple[list[str], dict[str, Doubt]]:
    return [*map(namespace_of, copies.proven)], {namespace_of(copy.secret): copy.doubt for copy in copies.unproven}


SOURCE = secret("default")
FORGED = copy_of(secret("default", "guessed"), "mallory")
FORGED = merged(FORGED, {"metadata": {"annotations": {"kubectl-pullsecret/copied-from": "default/icr"}}})


def test_copies_are_those_with_a_proof_and_no_siblings_or_other_types() -> None:
    moved = merged(copy_of(SOURCE, "team-a"), {"metadata": {"namespace": "kyverno"}})
    sibling = merged(copy_of(SOURCE, "team-c"), {"metadata": {"labels": {"kubectl-pullsecret/role": "previous"}}})
    secrets = [
        SOURCE,
        copy_of(SOURCE, "team-a"),
        copy_of(SOURCE, "team-b", "other-name"),
        sibling,
        {**copy_of(SOURCE, "team-d"), "type": "Opaque"},
        copy_of(SOURCE, "team-e", cluster="7"),
        copy_of(secret("default", "another"), "team-f"),
        FORGED,
        moved,
    ]
    claims = claims_among(secrets)

    assert places(copies_of(SOURCE, claims)) == (
        ["team-a", "team-b"],
        {"mallory": Doubt.FORGED, "kyverno": Doubt.FORGED},
    )
    assert places(copies_of(SOURCE, claims, cluster="7")) == (["team-e"], {})


def test_copy_of_a_source_that_was_recreated_is_told_from_a_forged_one() -> None:
    recreated = merged(secret("default", created=LATER), {"metadata": {"uid": "another"}})
    since = merged(FORGED, {"metadata": {"creationTimestamp": "2026-11-03T10:00:00Z"}})

    found = copies_of(recreated, claims_among([copy_of(SOURCE, "team-a"), since]))

    assert places(found) == ([], {"team-a": Doubt.RECREATED, "mallory": Doubt.FORGED})


def test_copies_of_copies_are_followed_while_each_step_is_proven() -> None:
    first = copy_of(SOURCE, "team-a")
    second = copy_of(first, "team-b", "renamed")
    third = copy_of(second, "team-c")
    of_forged = copy_of(FORGED, "mallory-2")
    circle = merged(copy_of(third, "default"), {"metadata": {"uid": text_at(SOURCE, "metadata", "uid")}})

    found = copies_through(SOURCE, claims_among([circle, third, second, first, of_forged, FORGED]))

    assert places(found) == (["team-a", "team-b", "team-c"], {"mallory": Doubt.FORGED})
