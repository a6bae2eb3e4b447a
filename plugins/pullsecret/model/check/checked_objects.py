"""The objects that a check of namespaces looks at, the good ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.rule import CheckedObject
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pod import owner_of
from pullsecret.model.request.copy_names import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.observed import Inventory


def checked_objects(inventory: Inventory, names: Sequence[str]) -> Iterator[CheckedObject]:
    """The secrets of these names in each namespace, and if all are checked (no names), what references secrets."""
    observed = inventory.observed
    for namespace in observed.selection.names:
        secrets = sorted(name_of(item) for item in observed.secrets.in_namespace(namespace))
        subjects = [f"secret/{name}" for name in secrets if is_wanted(name, names)]
        if not names:
            accounts = sorted(name_of(item) for item in observed.accounts.in_namespace(namespace))
            owners = sorted({owner_of(pod) for pod in observed.pods.in_namespace(namespace)})
            subjects += [*(f"serviceaccount/{name}" for name in accounts), *owners]
        yield from (CheckedObject(namespace=namespace, subject=subject) for subject in subjects)
