"""A container of `kubectl debug` whose image cannot be pulled, in a pod that runs without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.objects.pod import listed_names
from pullsecret.model.plan.waiting_pods import Recovery

if TYPE_CHECKING:
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.doctor.waiting_container import WaitingContainer

_WITHOUT = "an image that needs no credentials"
_EDITED = f"a debug container uses the pod's own imagePullSecrets, which cannot be changed: use {_WITHOUT}"
_COPIED = (
    "the pod keeps the list it was created with: once the secret is attached, debug a copy of the pod "
    f"(kubectl debug --copy-to), or use {_WITHOUT}"
)
_NEXT = f"the pod keeps the list it was created with: debug a pod that is created later, or use {_WITHOUT}"


def for_debug_container(case: WaitingContainer, fix: Fix) -> Fix:
    """The same fix without all that restarts or changes the workload, which runs; words say what to do instead.

    A copy of a pod gets its service account's list only where the pod itself lists nothing: `kubectl debug` copies the
    list, too (kubectl: pkg/cmd/debug/debug.go, generatePodCopyWithDebugContainer).
    """
    if fix.recovery in (None, Recovery.WAIT):
        return fix
    if fix.recovery is Recovery.EDIT_TEMPLATE:
        return replace(fix, steps=(), recovery=None, advice=_EDITED)
    words = _NEXT if listed_names(case.pod) else _COPIED
    return replace(fix, recovery=None, advice="; ".join(filter(None, (fix.advice, words))))
