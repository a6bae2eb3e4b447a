"""Let the service accounts of projects pull another project's images from OpenShift's internal registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import ForbiddenError, NotFoundError, UsageError
from pullsecret.model.objects.objects import Kind, name_of, resource_of, text_at
from pullsecret.model.openshift.image_grants import (
    Puller,
    allowed,
    allows,
    binding_name,
    granting_command,
    is_grant,
    project_of_binding,
    pullers_of,
    revoked,
    still_allows,
)
from pullsecret.model.openshift.puller import PULLER_ROLE
from pullsecret.model.plan.change import GONE, Change, Plan
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.placement import absence_steps, is_refused
from pullsecret.model.plan.system_namespaces import system_notes
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.selection import selection_of
from pullsecret.model.request.suggested_command import CommandStyle, Flag, Program, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.request.targets import Selection

_FEW = 3
"""So many accounts that can pull already, or still, are named for a binding; more are counted."""


@dataclass(frozen=True, kw_only=True)
class AllowPullRequest(CommandRequest):
    """Whose images, and which accounts of the target projects, none for all of them; `is_revocation` is --revoke.

    `program` is what the user typed to start this program.
    """

    project: str
    accounts: tuple[str, ...] = ()
    is_revocation: bool = False
    program: str = Program.PULLSECRET.value

    @property
    def spans_namespaces(self) -> bool:
        """All bindings are in the project of the images."""
        return False


@dataclass(frozen=True, kw_only=True)
class AllowPullView:
    """The target projects, all bindings of the images' project, and the named accounts.

    `has_role` tells whether there is a ClusterRole system:image-puller; None if that could not be read.
    """

    selection: Selection
    bindings: Observed
    accounts: Observed = field(default_factory=Observed)
    has_role: bool | None = None


def observe(request: AllowPullRequest, cluster: Cluster) -> AllowPullView:
    """Read the target projects, one LIST of bindings, the role, and the accounts that are named.

    Raises:
        UsageError: no target is named, and the context's namespace is the project of the images.
    """
    if not request.targets.is_given and request.project == cluster.namespace:
        raise UsageError("no target project; name one with -n, or select several with -l or -A")

    def read_accounts(namespaces: Sequence[str]) -> Observed:
        names = () if request.is_revocation else request.accounts
        keys = [(namespace, name) for namespace in namespaces for name in names]
        return read_by_keys(cluster, Kind.SERVICE_ACCOUNT, keys)

    bindings = cluster.start(partial(read_all_in, cluster, Kind.ROLE_BINDING, [request.project]))
    role = None if request.is_revocation else cluster.start(partial(_has_role, cluster))
    namespaces = TargetNamespaces(cluster, request.targets)
    accounts = namespaces.start(read_accounts)
    return AllowPullView(
        selection=namespaces.selection,
        bindings=bindings.result(),
        accounts=accounts.result(),
        has_role=role.result() if role else None,
    )


def _has_role(cluster: Cluster) -> bool | None:
    try:
        cluster.read(Kind.CLUSTER_ROLE, "", PULLER_ROLE)
    except NotFoundError:
        return False
    except ForbiddenError:
        return None
    return True


def plan(request: AllowPullRequest, view: AllowPullView) -> Plan:
    """A binding for each target project, with the accounts added or removed; all its other subjects stay.

    Raises:
        NotFoundError: the cluster has no ClusterRole system:image-puller.
    """
    if view.has_role is False:
        message = f'{resource_of(Kind.CLUSTER_ROLE)} "{PULLER_ROLE}" not found'
        hint = "allow-pull needs the role that OpenShift creates for its internal registry"
        raise NotFoundError(message, code=404, reason="NotFound", hint=hint)
    return _revoking_plan(request, view) if request.is_revocation else _granting_plan(request, view)


def changed_projects(planned: Plan) -> tuple[str, ...]:
    """The projects whose accounts get or lose permission to pull, as far as is known before anything is written."""
    changes = (change for steps in planned.sequences for change in steps if change.kind is Kind.ROLE_BINDING)
    return tuple(change.name.removeprefix(binding_name("")) for change in changes if _is_written(change))


def _granting_plan(request: AllowPullRequest, view: AllowPullView) -> Plan:
    selection = view.selection
    observed = ObservedNamespaces(selection=selection)
    sequences: list[Steps] = []
    taken: dict[Puller, Object] = {}
    for project in (name for name in selection.names if name not in selection.system):
        if absence := absence_steps(project, observed):
            sequences.append(absence)
            continue
        pullers = pullers_of(project, request.accounts)
        found = _taken(pullers, project, request, view)
        taken |= found
        missing = [puller for puller in pullers if puller not in found]
        if missing:
            edit = partial(allowed, pullers=missing, project=request.project, name=binding_name(project))
            sequences.append((_change(project, request, view, edit),))
    unchanged = {name_of(binding): binding for binding in taken.values()}
    sequences += [(_unchanged(binding, request.project),) for binding in unchanged.values()]
    notes = (
        *selection.notes,
        *system_notes(observed, ()),
        *_taken_notes(taken, request),
        *_absent_accounts(request, view),
    )
    return Plan(sequences=tuple(sequences), notes=notes)


def _taken(
    pullers: Iterable[Puller], project: str, request: AllowPullRequest, view: AllowPullView
) -> Mapping[Puller, Object]:
    """The accounts that can pull already, each with the binding that allows it, unless that is the one to write."""
    own = view.bindings.present.get((request.project, binding_name(project)))
    others = [binding for binding in view.bindings.present.values() if binding is not own or not is_grant(binding)]
    found = ((puller, next((each for each in others if allows(each, puller)), None)) for puller in pullers)
    return {puller: binding for puller, binding in found if binding is not None}


def _revoking_plan(request: AllowPullRequest, view: AllowPullView) -> Plan:
    sequences: list[Steps] = []
    notes = list(view.selection.notes)
    for project in _projects_to_revoke(request, view):
        pullers = pullers_of(project, request.accounts)
        own = view.bindings.present.get((request.project, binding_name(project)))
        if own is None and not view.bindings.unreadable:
            notes.append(f"note: no rolebinding of allow-pull for project {project} in namespace {request.project}")
        else:
            sequences.append((_change(project, request, view, partial(_without, pullers=pullers)),))
        notes += _still_notes(pullers, own, request, view)
    return Plan(sequences=tuple(sequences), notes=tuple(notes))


def _projects_to_revoke(request: AllowPullRequest, view: AllowPullView) -> tuple[str, ...]:
    """The projects that are named, whether or not they exist still, and those with a binding that a rule selects."""
    bound = [project for each in view.bindings.present.values() if (project := project_of_binding(each))]
    if request.targets.selector:
        selected: Iterable[str] = view.selection.names
    else:
        selected = selection_of(request.targets, "", dict.fromkeys(bound, False)).names
    named = [project for project in view.selection.names if request.targets.is_named(project)]
    return tuple(dict.fromkeys((*named, *(project for project in selected if project in bound))))


def _without(current: Object | None, pullers: tuple[Puller, ...]) -> Object:
    return (revoked(current, pullers) if current is not None else None) or GONE


def _change(project: str, request: AllowPullRequest, view: AllowPullView, edit: partial[Object]) -> Change:
    key = (request.project, binding_name(project))
    advice = _advice(request, view)
    error = view.bindings.error_at(key)
    return Change(
        kind=Kind.ROLE_BINDING,
        namespace=key[0],
        name=key[1],
        desired=edit,
        current=view.bindings.present.get(key),
        refusal=error.with_hint(advice) if error else None,
        forbidden_hint=advice,
    )


def _unchanged(binding: Object, project: str) -> Change:
    return Change(kind=Kind.ROLE_BINDING, namespace=project, name=name_of(binding), current=binding)


def _advice(request: AllowPullRequest, view: AllowPullView) -> str:
    """What to ask for without that permission: the same command, for an administrator of the images' project."""
    targets = request.targets
    broad = (
        *((Flag("-A"),) if targets.every else ()),
        *((Flag("-l", targets.selector),) if targets.selector else ()),
        *((Flag("-n", ",".join(targets.names)),) if targets.names else ()),
        *((Flag("--exclude", pattern)) for pattern in targets.exclude),
    )
    selecting = broad if targets.is_broad else (Flag("-n", ",".join(view.selection.names)),)
    revoking = (Flag("--revoke"),) if request.is_revocation else ()
    line = typed(
        granting_command(request.project, (*selecting, *revoking), request.accounts),
        CommandStyle(program=request.program),
    )
    return f"ask an administrator of project {request.project} to run: {line}" if line else ""


def _taken_notes(taken: Mapping[Puller, Object], request: AllowPullRequest) -> Iterator[str]:
    """Which bindings allow it already, each with those whom it does."""
    by_binding: dict[str, list[Puller]] = {}
    for puller, binding in taken.items():
        by_binding.setdefault(name_of(binding), []).append(puller)
    for name, pullers in by_binding.items():
        place = f"rolebinding/{name} in namespace {request.project}"
        yield f"note: {place} already allows {_listed(pullers)} to pull"


def _still_notes(
    pullers: Sequence[Puller], own: Object | None, request: AllowPullRequest, view: AllowPullView
) -> Iterator[str]:
    """Who can still pull afterwards, by which bindings."""
    left = revoked(own, pullers) if own is not None and is_grant(own) else None
    others = [binding for binding in view.bindings.present.values() if binding is not own or not is_grant(binding)]
    for binding in (*others, *((left,) if left else ())):
        still = [puller for puller in pullers if still_allows(binding, puller)]
        if still:
            role = text_at(binding, "roleRef", "name")
            name = f"rolebinding/{name_of(binding)} ({role}) in namespace {request.project}"
            yield f"warning: {name} still allows {_listed(still)} to pull"


def _listed(pullers: Sequence[Puller]) -> str:
    if len(pullers) > _FEW:
        return f"service accounts of {len({puller.project for puller in pullers})} projects"
    return " and ".join(map(str, pullers))


def _absent_accounts(request: AllowPullRequest, view: AllowPullView) -> Iterator[str]:
    """The named accounts that do not exist, as far as that could be read."""
    for project in view.selection.usable if request.accounts else ():
        for name in () if project in view.selection.system else request.accounts:
            key = (project, name)
            if key not in view.accounts.present and not view.accounts.error_at(key):
                yield f"warning: serviceaccount/{name} in namespace {project} does not exist yet"


def _is_written(change: Change) -> bool:
    """Whether a change is not known to fail or to change nothing."""
    return not is_refused(change) and change.desired(change.current) != (change.current or GONE)
