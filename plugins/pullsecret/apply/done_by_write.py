"""What a successful write is called, in kubectl's words."""

from __future__ import annotations

from pullsecret.model.objects.objects import AnyKind, CustomKind, Kind, Object, mapping_at
from pullsecret.model.objects.pullsecret import must_be_recreated
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.plan.change import Done

_RESTARTABLE = frozenset({Kind.DEPLOYMENT, Kind.DAEMON_SET})
_PATCHED = _RESTARTABLE | {Kind.SERVICE_ACCOUNT, Kind.BUILD_CONFIG, *POD_SPECS}
"""The kinds of which a part is changed; a restart changes no more than an annotation of the template."""


def done_by_write(kind: AnyKind, current: Object | None, desired: Object) -> Done:
    """What a successful write from the current to the desired object is called."""
    if current is None:
        return Done.CREATED
    if not desired:
        return Done.DELETED
    if kind is Kind.POD or (kind is Kind.SECRET and must_be_recreated(current, desired)):
        return Done.REPLACED
    path = ("spec", "template", "spec")
    if kind in _RESTARTABLE and mapping_at(current, *path) == mapping_at(desired, *path):
        return Done.RESTARTED
    return Done.PATCHED if kind in _PATCHED or isinstance(kind, CustomKind) else Done.CONFIGURED
