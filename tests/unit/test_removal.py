"""What is left of a removal once the service accounts are changed: by what happened to the secret meanwhile."""

from __future__ import annotations

import pytest

from objects import docker_config_secret, service_account
from pullsecret.errors import ForbiddenError, RefusedError
from pullsecret.model.objects.objects import merged
from pullsecret.model.objects.pullsecret import MANAGED
from pullsecret.model.plan.change import GONE
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.references import References
from pullsecret.model.plan.removal import RemovalOptions, deletions_after, removal_of

SECRET = docker_config_secret("x", {}, namespace="team", uid="1", labels={MANAGED: "true"})
ADOPTED = [{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "name": "e", "controller": True}]
MEANWHILE = {
    "adopted by a controller": ({"ownerReferences": ADOPTED}, "is owned by ExternalSecret e"),
    "recreated": ({"uid": "2"}, "was recreated meanwhile"),
    "no longer managed": ({"labels": None}, "is not managed by kubectl-pullsecret"),
}


@pytest.mark.parametrize(("change", "reason"), MEANWHILE.values(), ids=MEANWHILE)
def test_secret_that_changed_after_it_was_detached_stays_and_the_message_says_both(
    change: dict[str, object], reason: str
) -> None:
    account = merged(service_account("default", ["x"]), {"metadata": {"namespace": "team"}})
    observed = ObservedNamespaces(accounts=Observed(present={("team", "default"): account}))
    references = References(accounts={("team", "x"): ("default",)})
    removal = removal_of([SECRET], observed, references, RemovalOptions())

    ((deletion,),) = deletions_after(removal, (), References()).sequences

    assert deletion.desired(SECRET) == GONE
    with pytest.raises(RefusedError, match=rf"{reason}.*\(detached, not deleted\)"):
        deletion.desired(merged(SECRET, {"metadata": change}))


def test_deletion_without_knowing_all_users_has_a_warning() -> None:
    hidden = ForbiddenError("serviceaccounts is forbidden", code=403, reason="Forbidden")
    references = References(unreadable={"team": hidden})
    removal = removal_of([SECRET], ObservedNamespaces(), references, RemovalOptions(in_use=True))
    assert removal.allowed == (("team", "x"),)
    assert removal.detaching.notes == (
        "warning: not all users of secrets in namespace team are known: serviceaccounts is forbidden",
    )
