"""Which copies sync writes, which are orphans, and which it leaves alone."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import ForbiddenError, RefusedError
from pullsecret.model.objects.objects import mapping_at
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER, Provenance, ReplacePolicy
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.sync import SyncSources, SyncTerms, copy_states, sources_among, state_notes, updates

if TYPE_CHECKING:
    from control_plane.api import Object

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def secret(
    place: str, data: str, *, uid: str = "", created: str = "2026-01-01T00:00:00Z", **metadata: object
) -> Object:
    namespace, _, name = place.partition("/")
    meta = {"namespace": namespace, "name": name, "uid": uid or place, "creationTimestamp": created, **metadata}
    return {"type": "kubernetes.io/dockerconfigjson", "metadata": meta, "data": {".dockerconfigjson": data}}


def copy(place: str, source: Object, data: str, *, cluster: str = "", annotations: Object | None = None) -> Object:
    origin = f"{source['metadata']['namespace']}/{source['metadata']['name']}"
    proof = hmac.new(source["metadata"]["uid"].encode(), place.encode(), hashlib.sha256).hexdigest()
    marks = {"kubectl-pullsecret/copied-from": origin, "kubectl-pullsecret/proof": proof}
    marks |= {"kubectl-pullsecret/source-cluster": cluster} if cluster else {}
    labels = {"kubectl-pullsecret/managed": "true"}
    return secret(place, data, labels=labels, annotations={**marks, **(annotations or {})})


_SOURCE = secret("default/s", "bmV3")
_TEAM = secret("tools/s", "bmV3")
_SHARED = secret("tools/s", "bmV3", annotations={"kubectl-pullsecret/share-with": "a"})
_CLOSED = secret("default/s", "bmV3", annotations={"kubectl-pullsecret/share-with": ""})
_OTHER = secret("default/s", "bmV3", uid="another", created="2026-02-01T00:00:00Z")
_UNRELATED = secret("default/s", "bmV3", uid="another", created="2025-02-01T00:00:00Z")
_HELM = {"app.kubernetes.io/managed-by": "Helm", "kubectl-pullsecret/managed": "true"}
_RELEASE = {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "a"}


def origin(source: Object, cluster: str = "") -> Provenance:
    meta = source["metadata"]
    return Provenance(namespace=meta["namespace"], name=meta["name"], cluster=cluster)


@pytest.mark.parametrize(
    ("made_of", "source", "chosen", "reason"),
    [
        (_SOURCE, _SOURCE, (), ""),
        (_TEAM, _TEAM, (), "has its source in namespace tools; use --from tools"),
        (_TEAM, _TEAM, ("tools",), ""),
        (_SHARED, _SHARED, (), ""),
        (_CLOSED, _CLOSED, (), "has its source in namespace default; use --from default"),
        (_SOURCE, _OTHER, (), "was copied before its source was recreated; use copy with -n to update it"),
        (_SOURCE, _UNRELATED, (), "is marked as a copy without a valid proof"),
    ],
    ids=["default", "elsewhere", "from", "shared", "closed", "recreated", "forged"],
)
def test_copy_is_written_only_with_a_proof_from_a_source_that_may_be_used(
    made_of: Object, source: Object, chosen: tuple[str, ...], reason: str
) -> None:
    sources = SyncSources(found={origin(source): source})
    (state,) = copy_states([copy("a/s", made_of, "b2xk")], sources, chosen)
    assert (state.source is None, state.reason, state.is_orphan) == (bool(reason), reason, False)


def test_copy_without_a_source_is_an_orphan_only_if_that_is_known() -> None:
    one = copy("a/s", _SOURCE, "b2xk")
    (gone,) = copy_states([one], SyncSources(gone=frozenset({origin(_SOURCE)})), ())
    (unknown,) = copy_states([one], SyncSources(unknown={origin(_SOURCE): "forbidden"}), ())
    assert gone.is_orphan
    assert (unknown.is_orphan, unknown.reason) == (False, "has a source that is not known: forbidden")


@pytest.mark.parametrize(
    ("cluster", "read", "outcome"),
    [
        ("", Observed(), "gone"),
        ("uid-of-it", Observed(), "gone"),
        (OTHER_CLUSTER, Observed(), "unknown"),
        ("", Observed(unreadable={("default", ""): ForbiddenError("no", code=403, reason="Forbidden")}), "unknown"),
        ("", Observed(present={("default", "s"): {"type": "Opaque", "metadata": {"name": "s"}}}), "unknown"),
        ("", Observed(present={("default", "s"): _SOURCE}), "found"),
    ],
    ids=["gone", "gone-elsewhere", "cluster-unknown", "forbidden", "other-type", "found"],
)
def test_source_is_gone_only_if_nothing_else_can_be(cluster: str, read: Observed, outcome: str) -> None:
    one = origin(_SOURCE, cluster)
    sources = sources_among([one], read, {}, cluster)
    assert [name for name in ("found", "gone", "unknown") if one in getattr(sources, name)] == [outcome]


def test_copy_of_another_cluster_needs_that_cluster() -> None:
    far = copy("a/s", _SOURCE, "b2xk", cluster="uid-of-it")
    (here,) = copy_states([far], SyncSources(found={origin(_SOURCE): _SOURCE}), ())
    there = SyncSources(found={origin(_SOURCE, "uid-of-it"): _SOURCE}, cluster="uid-of-it")
    (with_it,) = copy_states([far], there, ())
    assert here.reason == "has its source in another cluster; use --from-context to read it"
    (elsewhere,) = copy_states([far], SyncSources(cluster="uid-of-another"), ())
    assert elsewhere.reason == "has its source in another cluster than that of --from-context"
    assert with_it.source is _SOURCE


def test_copy_that_somebody_else_manages_is_left_alone() -> None:
    owned = copy("a/s", _SOURCE, "b2xk", annotations=_RELEASE)
    owned["metadata"]["labels"] = _HELM
    (state,) = copy_states([owned], SyncSources(found={origin(_SOURCE): _SOURCE}), ())
    assert state.reason.startswith("is owned by Helm")


def planned(
    copies: list[Object], sources: list[Object], refusal: RefusedError | None = None
) -> dict[tuple[str, str], str]:
    found = SyncSources(found={origin(one): one for one in sources})
    present = {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in copies}
    observed = ObservedNamespaces(secrets=Observed(present=present))
    terms = SyncTerms(replace_policy=ReplacePolicy(), refusal_for=lambda _: refusal)
    changes = updates(copy_states(copies, found, ("a",)), observed, terms)
    wanted = {(change.namespace, change.name): change.desired(change.current) for change in changes}
    return {key: str(mapping_at(item, "data")[".dockerconfigjson"]) for key, item in wanted.items()}


def test_copy_gets_the_data_of_its_source() -> None:
    assert planned([copy("a/s", _SOURCE, "b2xk"), copy("b/s", _SOURCE, "bmV3")], [_SOURCE]) == {
        ("a", "s"): "bmV3",
        ("b", "s"): "bmV3",
    }


def test_copy_of_a_copy_gets_the_data_of_the_first_source() -> None:
    first = copy("a/s", _SOURCE, "b2xk")
    second = copy("b/s", first, "b2xkZXI=")
    assert planned([second, first], [_SOURCE, first])["b", "s"] == "bmV3"


def test_notes_name_copies_by_reason() -> None:
    gone = SyncSources(gone=frozenset({origin(_SOURCE)}))
    states = copy_states([copy(f"{name}/s", _SOURCE, "b2xk") for name in "abcd"], gone, ())
    reason = "is an orphan: its source secret/s in namespace default no longer exists"
    assert state_notes(states, prunes=False) == (f"note: secret/s in 4 namespaces {reason}; --prune deletes it",)
    assert state_notes(states[:1], prunes=True) == (f"note: secret/s in namespace a {reason}",)
