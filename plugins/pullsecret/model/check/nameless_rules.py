"""PS509 and PS603: entries without a name in lists of pull secrets, as charts render them from an empty value.

The server stores `- name: ""` as `{}`. Source: kubernetes plugin/pkg/admission/serviceaccount (a pod whose list is not
empty does not get the service account's), pkg/kubelet (a reference without a name is skipped).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pod import account_of, has_nameless_entry, listed_names, listed_secrets, owner_of
from pullsecret.model.objects.serviceaccount import FIELDS, secret_names
from pullsecret.model.request.suggested_command import Flag, Name, SuggestedCommand, kubectl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.objects.objects import Object

_FIELD = FIELDS["pull"]


def _of_accounts(subject: CheckedNamespace) -> Iterator[Match]:
    for account in subject.inventory.observed.accounts.in_namespace(subject.namespace):
        if "" in secret_names(account):
            message = "lists a pull secret without a name, which references nothing"
            yield Match(message=message, subject=f"serviceaccount/{name_of(account)}", secret_name="")


def _of_pods(subject: CheckedNamespace) -> Iterator[Match]:
    """Owners of pods whose own list has such an entry; one that came with the account's list is the account's."""
    inventory = subject.inventory
    parts = (inventory.observed.pods, inventory.pending)
    pods = (pod for part in parts for pod in part.in_namespace(subject.namespace) if has_nameless_entry(pod))
    for owner, pod in {owner_of(pod): pod for pod in pods if not _is_inherited(pod, subject)}.items():
        message = "lists a pull secret without a name, which references nothing"
        if not listed_secrets(pod):
            message += f' and hides the list of service account "{account_of(pod)}"'
        yield Match(message=message, subject=owner, secret_name="")


def _is_inherited(pod: Object, subject: CheckedNamespace) -> bool:
    account = subject.inventory.observed.accounts.present.get((subject.namespace, account_of(pod)), {})
    names = listed_names(pod)
    return names == secret_names(account)[: len(names)]


def _removed(subject: CheckedNamespace, match: Match) -> SuggestedCommand:
    """A patch that removes these entries, and none if the list is another one by then."""
    name = match.subject.partition("/")[2]
    account = subject.inventory.observed.accounts.present[subject.namespace, name]
    positions = [position for position, entry in enumerate(secret_names(account)) if not entry]
    steps = [
        step
        for path in (f"/{_FIELD}/{position}" for position in reversed(positions))
        for step in ({"op": "test", "path": path, "value": {}}, {"op": "remove", "path": path})
    ]
    patch = Flag("-p", json.dumps(steps, separators=(",", ":")))
    return kubectl(Flag("-n", subject.namespace), "patch", Name(match.subject), Flag("--type", "json"), patch)


NAMELESS_RULES: tuple[Rule[CheckedNamespace], ...] = (
    Rule(
        code="PS509",
        severity=Severity.WARNING,
        title="Service account lists a secret without a name",
        explanation=(
            "The kubelet ignores the entry. Patches of the list that merge entries by name fail: map does not contain "
            "declared merge key. attach and detach remove such entries, too."
        ),
        condition=_of_accounts,
        fix=_removed,
    ),
    Rule(
        code="PS603",
        severity=Severity.WARNING,
        title="Pods list a secret without a name",
        explanation=(
            "A chart renders the entry where no name is set. It references nothing, but a pod whose own list is not "
            "empty does not get the list of its service account."
        ),
        condition=_of_pods,
        fix=lambda _, match: f"remove the entry from the imagePullSecrets of {match.subject}, or where it is rendered",
    ),
)
