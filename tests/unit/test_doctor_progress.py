"""The state of pods after a fix, and how pods and owners that are recreated should be."""

from __future__ import annotations

import pytest

from objects import references
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.doctor.progress import State, WatchedOwner
from pullsecret.model.doctor.runtime_messages import PullError
from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at
from pullsecret.model.plan.change import GONE
from pullsecret.model.plan.restart import RESTARTED_AT, deleted, recreated_pod, restarted, with_pull_secrets

REFUSED = "401 Unauthorized"
NOW = "2026-11-21T12:00:00Z"


def pod(uid: str, reason: str = "", message: str = REFUSED, **metadata: object) -> Object:
    """A pod of the name `app`; without a reason its container runs."""
    state = {"waiting": {"reason": reason, "message": message}} if reason else {"running": {}}
    return {
        "metadata": {"name": "app", "uid": uid, **metadata},
        "spec": {"containers": [{"name": "main", "image": "reg.example/a:1"}]},
        "status": {"containerStatuses": [{"name": "main", "state": state}]},
    }


def watched(*, needs_new_pods: bool) -> WatchedOwner:
    return WatchedOwner(
        namespace="team",
        owner="pod/app",
        uids=frozenset({"old"}),
        errors=frozenset({PullError.UNAUTHORIZED}),
        needs_new_pods=needs_new_pods,
    )


STATES = {
    "same-trouble": (False, [pod("old", "ErrImagePull")], State.WAITING),
    "back-off-without-words": (False, [pod("old", "ImagePullBackOff", 'Back-off pulling image "x"')], State.WAITING),
    "another-trouble": (False, [pod("old", "ErrImagePull", "x: not found")], State.OTHER_ERROR),
    "runs": (False, [pod("old")], State.RECOVERED),
    "crashes-but-was-pulled": (False, [pod("old", "CrashLoopBackOff", "")], State.RECOVERED),
    "starts": (False, [pod("old", "ContainerCreating", "")], State.WAITING),
    "gone": (False, [], State.WAITING),
    "old-one-left": (True, [pod("old", "ErrImagePull")], State.WAITING),
    "old-one-going": (True, [pod("old", "ErrImagePull", deletionTimestamp=NOW)], State.WAITING),
    "new-one-starts": (True, [pod("new", "ContainerCreating", "")], State.WAITING),
    "new-one-runs": (True, [pod("new")], State.RECOVERED),
    "new-one-runs-beside-the-old": (True, [pod("new"), pod("old", "ErrImagePull")], State.WAITING),
    "new-one-runs-and-the-old-goes": (
        True,
        [pod("new"), pod("old", "ErrImagePull", deletionTimestamp=NOW)],
        State.RECOVERED,
    ),
    "new-one-refused": (True, [pod("new", "ErrImagePull")], State.OTHER_ERROR),
    "old-one-runs": (True, [pod("old")], State.WAITING),
}


@pytest.mark.parametrize(("needs_new_pods", "pods", "state"), STATES.values(), ids=STATES.keys())
def test_state_of_pods_after_a_fix(pods: list[Object], state: State, *, needs_new_pods: bool) -> None:
    assert watched(needs_new_pods=needs_new_pods).observed_state(pods).state is state


def owner(*own: str, **spec: object) -> Object:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"imagePullSecrets": references(own)} if own else {}}
    return {"metadata": {"name": "app"}, "spec": {"template": template, **spec}}


def test_restart_writes_kubectls_annotation_and_nothing_else() -> None:
    desired = restarted(Kind.DEPLOYMENT, "app", NOW)(owner("one"))

    assert mapping_at(desired, "spec", "template", "metadata") == {
        "labels": {"a": "b"},
        "annotations": {RESTARTED_AT: NOW},
    }
    assert mappings_at(desired, "spec", "template", "spec", "imagePullSecrets") == tuple(references(["one"]))


def test_secret_is_appended_to_the_own_list_once() -> None:
    desired = restarted(Kind.DEPLOYMENT, "app", NOW, "two")(owner("one"))
    again = with_pull_secrets(Kind.DEPLOYMENT, "app", "two")(desired)

    assert mappings_at(desired, "spec", "template", "spec", "imagePullSecrets") == tuple(references(["one", "two"]))
    assert again == desired


def test_paused_deployment_is_refused_as_kubectl_does() -> None:
    with pytest.raises(RefusedError, match="can't restart paused deployment"):
        restarted(Kind.DEPLOYMENT, "app", NOW)(owner(paused=True))


def test_owner_that_is_gone_is_not_found() -> None:
    with pytest.raises(NotFoundError, match=r'deployments\.apps "app" not found'):
        restarted(Kind.DEPLOYMENT, "app", NOW)(None)


def test_pod_is_deleted_unless_it_is_another_one_by_now() -> None:
    desired = deleted(pod("old"))

    assert (desired(None), desired(pod("old"))) == (GONE, GONE)
    assert desired(pod("new")) == pod("new")


def test_recreated_pod_is_its_manifest_with_one_more_secret() -> None:
    desired = recreated_pod(pod("old"), "good")

    fresh = desired({**pod("old"), "status": {"phase": "Pending"}})
    assert "status" not in fresh
    assert mapping_at(fresh, "metadata") == {"name": "app"}
    assert mappings_at(fresh, "spec", "imagePullSecrets") == tuple(references(["good"]))
    assert desired(pod("new")) == pod("new")
    assert desired(None) == fresh
