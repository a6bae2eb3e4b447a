"""Read the secrets to rotate, and what remembers their rotations beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_one_by_one
from pullsecret.errors import NotFoundError
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind, Object
from pullsecret.model.objects.sibling import is_previous, previous_name
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, Flag, Name, kubectl, typed

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Observed
    from pullsecret.model.request.connection import ConnectionFlags


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The secrets to rotate, each with its sibling if there is one."""

    pairs: tuple[tuple[Object, Object | None], ...] = field(repr=False)


def read_rotated(request: RotateRequest, cluster: Cluster) -> Sources:
    """Read the secrets to rotate and their siblings.

    Raises:
        NotFoundError: one does not exist.
        ForbiddenError: one cannot be read.
    """
    namespace = request.from_namespace
    keys = [(namespace, each) for name in request.names for each in (name, previous_name(name))]
    found = read_one_by_one(cluster, Kind.SECRET, keys)
    if error := next(iter(found.unreadable.values()), None):
        raise error
    for name in request.names:
        if (namespace, name) not in found.present:
            message = f'secrets "{name}" not found in namespace {namespace}'
            raise NotFoundError(message, code=404, reason="NotFound", hint=_hint(name, found, request))
    present = found.present
    return Sources(
        pairs=tuple((present[namespace, name], present.get((namespace, previous_name(name)))) for name in request.names)
    )


def _hint(name: str, found: Observed, request: RotateRequest) -> str:
    """What to do without a source: nothing is deleted here, as its previous credential may be all that is left."""
    namespace, sibling = request.from_namespace, previous_name(name)
    if not is_previous(found.present.get((namespace, sibling), {})):
        return "use --from to specify the source namespace"
    line = memory_deletion_command(sibling, namespace, request.connection)
    return f"secret/{sibling} keeps its previous credential; once nothing needs that anymore, run: {line}"


def memory_deletion_command(name: str, namespace: str, connection: ConnectionFlags) -> Printable:
    """The line that deletes a secret whose source is gone."""
    deletion = kubectl("delete", "secret", Name(name), Flag("-n", namespace))
    return typed(deletion, CommandStyle(connection=connection)) or Printable(NOT_PASTEABLE)
