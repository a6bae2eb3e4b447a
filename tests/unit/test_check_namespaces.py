"""The findings about service accounts, copies and running pods; each rule with the cases where it does not apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from objects import MANAGED, copy_marks, docker_config_secret, named, pod, registry_entry, service_account
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.errors import ForbiddenError
from pullsecret.model.check.mirror_rules import needs_mirrors
from pullsecret.model.check.observed import Inventory
from pullsecret.model.objects.sibling import as_sibling, sibling_name
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.suggested_command import CommandStyle, typed
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object
    from pullsecret.model.plan.observed import Key

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOGIN, OTHER = registry_entry(), registry_entry()
FORBIDDEN = ForbiddenError("no", code=403, reason="Forbidden")
ORG = {"reg.example.org": LOGIN}
HOST = "reg.example.org"
IMAGE = f"{HOST}/a/b:1"


def placed(item: Object, namespace: str, **metadata: object) -> Object:
    """An object as the server has it."""
    return {**item, "metadata": {**item["metadata"], "namespace": namespace, **metadata}}


def secret(name: str, entries: dict[str, Object] | None = None, namespace: str = "a", **metadata: object) -> Object:
    return placed(docker_config_secret(name, entries or ORG), namespace, **metadata)


def account(*names: str) -> Object:
    return placed(service_account("puller", names), "a")


def running(*names: str, image: str = IMAGE, **metadata: object) -> Object:
    return placed(pod("p", image, "n", pull_secrets=names), "a", **metadata)


def mirrors(mirror: str = "mirror.example/all", *, source: str = HOST, policy: str = "NeverContactSource") -> Object:
    """Mirrors for the images of a registry by tag, which by default is never contacted itself."""
    rule = {"source": source, "mirrors": [mirror], **({"mirrorSourcePolicy": policy} if policy else {})}
    return named("ImageTagMirrorSet", "ours", spec={"imageTagMirrors": [rule]})


def offered(namespace: str, patterns: str) -> Object:
    return secret("x", {"r.example": ROBOT}, namespace, annotations={"kubectl-pullsecret/share-with": patterns})


def copy_of(namespace: str, name: str, entries: dict[str, Object], **more: str) -> Object:
    more_marks = {f"kubectl-pullsecret/{key}": value for key, value in more.items()}
    annotations = {**copy_marks(f"{namespace}/{name}", "1", "a/copied")["annotations"], **more_marks}
    created = "2026-11-20T00:00:00Z"
    return secret("copied", entries, labels=MANAGED, annotations=annotations, creationTimestamp=created)


def keyed(*items: Object) -> dict[Key, Object]:
    return {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in items}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What exists in namespace `a`, the only one that is checked, and in others."""

    secrets: Sequence[Object] = ()
    others: Sequence[Object] = ()
    sources: Sequence[Object] = ()
    accounts: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    siblings: Sequence[Object] = ()
    mirrors: Sequence[Object] = ()
    node_credentials: Object | None = None
    unreadable: Sequence[str] = ()
    names: tuple[str, ...] = ()
    expected: Sequence[tuple[str, str]] = ()
    said: str = field(default="")

    @property
    def inventory(self) -> Inventory:
        def part(what: str, items: Sequence[Object]) -> Observed:
            return Observed(present=keyed(*items), unreadable={("a", ""): FORBIDDEN} if what in self.unreadable else {})

        observed = ObservedNamespaces(
            selection=Selection(names=("a",)),
            secrets=part("secrets", self.secrets),
            accounts=part("accounts", self.accounts),
            pods=part("pods", self.pods),
        )
        return Inventory(
            observed=observed,
            others=part("others", self.others),
            sources=Observed(present=keyed(*self.sources)),
            siblings=Observed(present=keyed(*self.siblings)),
            mirrors=tuple(self.mirrors),
            node_credentials=self.node_credentials,
        )


MALFORMED = secret("x", {"reg.example.org": {"auth": "!"}})
OPAQUE: Object = {"metadata": {"name": "x", "namespace": "a"}}
SIBLING: Object = {**as_sibling(secret("x"))}
KEPT = f"secret/{sibling_name('x')}"
NEWER, OLDER = "2026-11-21T00:00:00Z", "2026-11-01T00:00:00Z"
MIRRORS = mirrors()
TABLE = {
    "account-lists-what-is-there": Seen(secrets=[secret("x")], accounts=[account("x")]),
    "account-lists-nothing": Seen(accounts=[account("x")], expected=[("PS502", "serviceaccount/puller")]),
    "account-without-list": Seen(accounts=[account()]),
    "account-lists-the-empty-name": Seen(accounts=[account("")], expected=[("PS509", "serviceaccount/puller")]),
    "pod-lists-the-empty-name": Seen(
        pods=[running("")], expected=[("PS603", "pod/p")], said='and hides the list of service account "default"'
    ),
    "pod-lists-the-empty-name-and-another": Seen(
        secrets=[secret("x")], pods=[running("", "x")], expected=[("PS603", "pod/p")]
    ),
    "pod-inherits-the-empty-name": Seen(
        accounts=[account("")],
        pods=[{**running(""), "spec": {**running("")["spec"], "serviceAccountName": "puller"}}],
        expected=[("PS509", "serviceaccount/puller")],
    ),
    "mirrors-only": Seen(
        secrets=[secret("x")],
        pods=[running("x")],
        mirrors=[MIRRORS],
        expected=[("PS604", "secret/x")],
        said="which the nodes pull from mirror.example/all only (ImageTagMirrorSet/ours)",
    ),
    "mirrors-first": Seen(secrets=[secret("x")], pods=[running("x")], mirrors=[mirrors(policy="")]),
    "mirrors-on-the-same-host": Seen(secrets=[secret("x")], pods=[running("x")], mirrors=[mirrors(f"{HOST}/copies")]),
    "mirrors-of-another-registry": Seen(
        secrets=[secret("x")], pods=[running("x")], mirrors=[mirrors(source="other.example")]
    ),
    "mirrors-that-the-namespace-serves": Seen(
        secrets=[secret("x")],
        pods=[running("x")],
        mirrors=[MIRRORS],
        node_credentials=named(
            "CRIOCredentialProviderConfig",
            "cluster",
            spec={"matchImages": [HOST]},
            status={"conditions": [{"type": "MachineConfigRendered", "status": "True"}]},
        ),
    ),
    "mirrors-only-for-no-secret": Seen(pods=[running()], mirrors=[MIRRORS]),
    "account-where-secrets-may-not-be-read": Seen(accounts=[account("x")], unreadable=["secrets"]),
    "account-where-other-secrets-may-not-be-read": Seen(accounts=[account("x")], unreadable=["others"]),
    "account-lists-another-type": Seen(
        others=[OPAQUE],
        accounts=[account("x")],
        expected=[("PS501", "secret/x")],
        said="referenced by serviceaccount/puller",
    ),
    "nothing-references-another-type": Seen(others=[OPAQUE]),
    "requested-another-type": Seen(others=[OPAQUE], names=("x",), expected=[("PS501", "secret/x")]),
    "account-lists-twice": Seen(
        secrets=[secret("x")], accounts=[account("x", "x")], expected=[("PS503", "serviceaccount/puller")]
    ),
    "account-lists-equal-ones": Seen(
        secrets=[secret("x"), secret("y")],
        accounts=[account("x", "y")],
        expected=[("PS506", "serviceaccount/puller")],
        said='"x" and "y"',
    ),
    "account-lists-different-ones": Seen(
        secrets=[secret("x"), secret("y", {"reg.example.org": OTHER})], accounts=[account("x", "y")]
    ),
    "equal-ones-that-nothing-references-together": Seen(secrets=[secret("x"), secret("y")], accounts=[account("x")]),
    "copy-like-its-source": Seen(secrets=[copy_of("b", "x", ORG)], sources=[secret("x", ORG, "b", uid="1")]),
    "copy-unlike-its-source": Seen(
        secrets=[copy_of("b", "x", ORG)],
        sources=[secret("x", {"reg.example.org": OTHER}, "b", uid="1")],
        expected=[("PS504", "secret/copied")],
        said="no longer matches its source b/x",
    ),
    "copy-unlike-a-source-recreated": Seen(
        secrets=[copy_of("b", "x", ORG)],
        sources=[secret("x", {"reg.example.org": OTHER}, "b", uid="2", creationTimestamp=NEWER)],
        expected=[("PS504", "secret/copied")],
    ),
    "copy-unlike-a-namesake": Seen(
        secrets=[copy_of("b", "x", ORG)],
        sources=[secret("x", {"reg.example.org": OTHER}, "b", uid="2", creationTimestamp=OLDER)],
    ),
    "copy-from-another-cluster": Seen(secrets=[copy_of("b", "x", ORG, **{"source-cluster": "other"})]),
    "copy-without-source": Seen(
        secrets=[copy_of("b", "x", ORG)], expected=[("PS505", "secret/copied")], said="no longer exists"
    ),
    "copy-with-an-annotation-that-is-none": Seen(secrets=[copy_of("", "", ORG, **{"copied-from": "nonsense"})]),
    "pod-lists-what-is-there": Seen(secrets=[secret("x")], pods=[running("x")]),
    "pod-lists-a-missing-one": Seen(pods=[running("x")], expected=[("PS601", "pod/p")]),
    "pod-lists-nothing": Seen(pods=[running()]),
    "pod-with-another-matching-one": Seen(secrets=[secret("y")], pods=[running("x", "y")]),
    "pod-with-another-that-does-not-match": Seen(
        secrets=[secret("y", {"b.example": LOGIN})], pods=[running("x", "y")], expected=[("PS601", "pod/p")]
    ),
    "pod-where-secrets-may-not-be-read": Seen(pods=[running("x")], unreadable=["secrets"]),
    "pod-lists-a-malformed-one": Seen(
        secrets=[MALFORMED], pods=[running("x")], expected=[("PS101", "secret/x"), ("PS602", "pod/p")]
    ),
    "pod-lists-a-malformed-one-beside-a-good-one": Seen(
        secrets=[MALFORMED, secret("y")],
        pods=[running("x", "y")],
        expected=[("PS101", "secret/x"), ("PS602", "pod/p")],
    ),
    "pod-lists-another-type": Seen(
        others=[OPAQUE], pods=[running("x")], expected=[("PS501", "secret/x"), ("PS602", "pod/p")]
    ),
    "pod-of-a-deployment": Seen(
        pods=[
            running(
                "x",
                labels={"pod-template-hash": "1"},
                ownerReferences=[{"kind": "ReplicaSet", "name": "app-1", "controller": True}],
            )
        ],
        expected=[("PS601", "deployment/app")],
    ),
    "sibling-beside-its-secret": Seen(
        secrets=[secret("x")], siblings=[SIBLING], expected=[("PS510", KEPT)], said="is still there"
    ),
    "sibling-of-a-secret-that-is-gone": Seen(siblings=[SIBLING], expected=[("PS510", KEPT)], said="is gone"),
    "sibling-requested-by-its-secret": Seen(siblings=[SIBLING], names=("x",), expected=[("PS510", KEPT)]),
    "sibling-that-keeps-nothing": Seen(siblings=[placed(named("Secret", "x-recreate-1"), "a")]),
    "names-restrict-the-findings": Seen(
        secrets=[MALFORMED], accounts=[account("z")], names=("z",), expected=[("PS502", "serviceaccount/puller")]
    ),
}


@pytest.mark.parametrize("seen", TABLE.values(), ids=TABLE.keys())
def test_findings_in_a_namespace(seen: Seen) -> None:
    checked = plan(CheckRequest(now=NOW, names=seen.names), seen.inventory)

    assert [(finding.code, finding.subject) for finding in checked.findings] == list(seen.expected)
    assert seen.said in "".join(finding.message for finding in checked.findings)


def test_key_that_matches_a_running_pods_image_has_no_finding() -> None:
    odd = secret("x", {"reg.example.org:443": LOGIN})

    def codes(image: str) -> list[str]:
        checked = plan(CheckRequest(now=NOW), Seen(secrets=[odd], pods=[running("x", image=image)]).inventory)
        return [finding.code for finding in checked.findings]

    assert codes("reg.example.org:443/a/b") == []
    assert codes("reg.example.org/a/b") == ["PS204"]


UNREAD = {
    "secrets": (["secrets"], "Error from server (Forbidden): no", 0),
    "accounts": (["accounts"], "note: not allowed to list service accounts in namespace a; ", 1),
    "pods": (["pods"], "note: not allowed to list pods in namespace a; ", 1),
}


@pytest.mark.parametrize(("what", "line", "is_note"), UNREAD.values(), ids=UNREAD.keys())
def test_what_may_not_be_read_is_reported(what: list[str], line: str, is_note: int) -> None:
    checked = plan(CheckRequest(now=NOW), Seen(unreadable=what).inventory)

    (said,) = (checked.failures, checked.notes)[is_note]
    assert said.startswith(line)
    assert (checked.failures, checked.notes)[not is_note] == ()


def test_unreadable_source_is_reported_and_not_taken_for_missing() -> None:
    seen = Seen(secrets=[copy_of("b", "x", ORG)]).inventory
    unseen = Inventory(observed=seen.observed, sources=Observed(unreadable={("b", "x"): FORBIDDEN}))

    checked = plan(CheckRequest(now=NOW), unseen)

    assert checked.findings == ()
    assert checked.notes == ("note: not allowed to read secrets in namespace b; copies of them were not compared",)


ROBOT = registry_entry("puller")
NOT_TAKEN = {
    "account-lists-a-secret-of-another-namespace": (
        Seen(secrets=[secret("x", {"pay.example.com": ROBOT}, "team-pay")], accounts=[account("x")]),
        "PS502",
        "secret/x in namespace team-pay (username puller); copy it if its owner agrees",
    ),
    "pod-lists-a-secret-of-another-namespace": (
        Seen(secrets=[secret("x", {"pay.example.com": ROBOT}, "team-pay")], pods=[running("x")]),
        "PS601",
        "secret/x in namespace team-pay (username puller); copy it if its owner agrees",
    ),
    "two-other-namespaces": (
        Seen(
            secrets=[secret("x", namespace="aaa-mallory"), secret("x", {"r.example": ROBOT}, "zz-owner")],
            accounts=[account("x")],
        ),
        "PS502",
        (
            "secret/x in namespace aaa-mallory (username puller), secret/x in namespace zz-owner (username puller); "
            "copy it if its owner agrees"
        ),
    ),
    "ibm-clouds-secret-that-default-does-not-have": (
        Seen(accounts=[account("all-icr-io")]),
        "PS502",
        (
            "copy it from namespace default once it is there: "
            "`rotate all-icr-io --ibm-cluster CLUSTER` has IBM Cloud create it"
        ),
    ),
    "closed-by-its-owner": (
        Seen(secrets=[offered("default", "")], accounts=[account("x")]),
        "PS502",
        "secret/x in namespace default (username puller); copy it if its owner agrees",
    ),
    "two-offered": (
        Seen(secrets=[offered("tools", "a"), offered("b", "a*")], accounts=[account("x")]),
        "PS502",
        "choose one: secret/x in namespace b (username puller), secret/x in namespace tools (username puller)",
    ),
    "forged-marks": (
        Seen(secrets=[copy_of("b", "x", ORG)], sources=[secret("x", {"r.example": ROBOT}, "b", uid="1")]),
        "PS504",
        "marked as a copy of secret/x in namespace b (username puller); copy it again if its owner agrees",
    ),
    "forged-marks-of-a-lost-source": (
        Seen(secrets=[copy_of("b", "x", ORG), secret("x", {"r.example": ROBOT}, "c")]),
        "PS505",
        "copy it from where the secret is now, or create it in this namespace",
    ),
    "faulty-in-default": (
        Seen(secrets=[secret("x", {"r.example": {}}, "default")], accounts=[account("x")]),
        "PS502",
        "secret/x in namespace default: fix its own problems first, then copy it",
    ),
    "stale-copy-that-is-not-managed-any-more": (
        Seen(
            secrets=[{**(copy := copy_of("default", "x", ORG)), "metadata": {**copy["metadata"], "labels": {}}}],
            sources=[secret("x", {"reg.example.org": OTHER}, "default", uid="1")],
        ),
        "PS504",
        (
            "it is not as kubectl-pullsecret wrote it: copy it again with --overwrite, or keep it and remove its "
            "annotation kubectl-pullsecret/copied-from"
        ),
    ),
    "stale-copy-of-a-faulty-source": (
        Seen(
            secrets=[copy_of("default", "x", ORG)],
            sources=[secret("x", {"reg.example.org": {}}, "default", uid="1")],
        ),
        "PS504",
        "fix its source first, then copy it again",
    ),
}


@pytest.mark.parametrize(("seen", "code", "advice"), NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_secrets_of_other_namespaces_are_named_and_in_no_command(seen: Seen, code: str, advice: str) -> None:
    (finding,) = (item for item in plan(CheckRequest(now=NOW), seen.inventory).findings if item.code == code)

    assert (finding.fix, finding.advice) == (None, advice)


def test_entries_without_a_name_are_removed_by_a_patch_of_exactly_them() -> None:
    (finding,) = plan(
        CheckRequest(now=NOW), Seen(secrets=[secret("x")], accounts=[account("", "x", "")]).inventory
    ).findings

    assert finding.fix is not None
    assert typed(finding.fix, CommandStyle()) == (
        "kubectl -n a patch serviceaccount/puller --type=json -p "
        """'[{"op":"test","path":"/imagePullSecrets/2","value":{}},{"op":"remove","path":"/imagePullSecrets/2"},"""
        """{"op":"test","path":"/imagePullSecrets/0","value":{}},{"op":"remove","path":"/imagePullSecrets/0"}]'"""
    )


SYSTEM = [secret("x", {"r.example": ROBOT}, namespace) for namespace in ("kube-system", "openshift-config")]
NOT_EVEN_NAMED = {
    "system": SYSTEM,
    "service-account": [
        secret("x", {"r.example": ROBOT}, "b", annotations={"openshift.io/token-secret.name": "t"}),
    ],
}


@pytest.mark.parametrize("secrets", NOT_EVEN_NAMED.values(), ids=NOT_EVEN_NAMED.keys())
def test_secrets_that_nobody_may_copy_are_not_named(secrets: list[Object]) -> None:
    (finding,) = plan(CheckRequest(now=NOW), Seen(secrets=secrets, accounts=[account("x")]).inventory).findings

    assert finding.fix is not None
    assert typed(finding.fix, CommandStyle()) == "kubectl pullsecret detach x --serviceaccount=puller -n a"


WAITING_FOR_THE_SIBLING = {
    "account": (Seen(siblings=[SIBLING], accounts=[account("x")]), "PS502"),
    "pod": (Seen(siblings=[SIBLING], pods=[running("x")]), "PS601"),
    "sibling": (Seen(siblings=[SIBLING]), "PS510"),
}


@pytest.mark.parametrize(("seen", "code"), WAITING_FOR_THE_SIBLING.values(), ids=WAITING_FOR_THE_SIBLING.keys())
def test_secret_that_is_being_recreated_gets_words(seen: Seen, code: str) -> None:
    (finding,) = (item for item in plan(CheckRequest(now=NOW), seen.inventory).findings if item.code == code)

    assert finding.fix is None
    assert finding.advice == (
        "run the command that was recreating secret/x in namespace a again, with --recreate: it finishes or restores it"
    )


SHARED = {
    "missing": (Seen(secrets=[secret("x", namespace="default")], accounts=[account("x")]), "PS502", "copy x"),
    "offered": (Seen(secrets=[offered("tools", "a,b")], accounts=[account("x")]), "PS502", "copy x --from=tools"),
    "pod": (Seen(secrets=[secret("x", namespace="default")], pods=[running("x")]), "PS601", "copy x"),
    "stale": (
        Seen(secrets=[copy_of("default", "x", ORG)], sources=[secret("x", {"r.example": ROBOT}, "default", uid="1")]),
        "PS504",
        "copy x",
    ),
}


@pytest.mark.parametrize(("seen", "code", "beginning"), SHARED.values(), ids=SHARED.keys())
def test_good_secrets_of_default_are_in_commands(seen: Seen, code: str, beginning: str) -> None:
    (finding,) = (item for item in plan(CheckRequest(now=NOW), seen.inventory).findings if item.code == code)

    assert finding.fix is not None
    assert typed(finding.fix, CommandStyle()).startswith(f"kubectl pullsecret {beginning} ")


def test_source_of_another_namespace_is_left_to_its_owner() -> None:
    broken = {"reg.example.org": registry_entry("me", "word\n")}
    seen = Seen(secrets=[copy_of("team-pay", "x", broken)], sources=[secret("x", broken, "team-pay", uid="1")])

    (finding,) = plan(CheckRequest(now=NOW), seen.inventory).findings

    assert finding.code == "PS306"
    assert finding.fix is None
    assert finding.advice == "ask the owner of its source to fix that one, and copy it again if that is agreed"


def test_mirrors_are_read_only_where_crio_runs_pods_with_secrets_in_openshift() -> None:
    def seen(container: str, *names: str, listed: str = "builder-dockercfg-x", name: str = "builder") -> bool:
        status = {"containerStatuses": [{"containerID": container}]}
        item = placed(service_account(name, (listed,)), "a")
        pods = Observed(present=keyed({**running(*names), "status": status}))
        return needs_mirrors(ObservedNamespaces(accounts=Observed(present=keyed(item)), pods=pods))

    assert seen("cri-o://4f", "x")
    assert seen("cri-o://4f", "x", listed="default-dockercfg-x", name="default")
    assert not seen("containerd://4f", "x")
    assert not seen("cri-o://4f")
    assert not seen("cri-o://4f", "x", listed="regcred", name="default")
