"""The steps of `create --service-id --code-engine-project`: read, make what is missing at IBM Cloud, write, take back.

They are those of `create --service-id` in a cluster, with the policy that lets Code Engine get the details of an API
key (IBM Cloud documentation, Code Engine: "Authorize service ID to get details of an API key").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.service_id import PLACEHOLDER
from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.errors import PullSecretError
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.ibmcloud.key_making import KeyMaker
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.ibmcloud.code_engine import entry_of, is_automatic
from pullsecret.model.ibmcloud.identity import PROFILE_PREFIX
from pullsecret.model.ibmcloud.key_assignment import KeptKey, KeyOwner, assigned_keys, is_ibm_key, missing_service_id
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.plan.observed import Observed
from pullsecret.model.plan.project_secrets import placing_plan, refused_wishes, wishes_for
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.forgotten_keys import settle_forgotten_keys
from pullsecret.pipeline.project import (
    WrittenSecrets,
    checked_request,
    open_project,
    write_in_project,
    write_registry_secrets,
)
from pullsecret.pipeline.project_key import KeyPurpose, ProjectKey, stop_if_interrupted
from pullsecret.report.streams import print_error, print_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.actions.composed.service_id import ServiceIdRequest
    from pullsecret.model.ibmcloud.identity import ServiceId
    from pullsecret.model.ibmcloud.policy import Policy
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.plan.project_secrets import Wish
    from pullsecret.model.request.code_engine import ProjectTarget
    from pullsecret.pipeline.project import OpenProject


@dataclass(frozen=True, kw_only=True)
class _State:
    """What was read of the project and of IAM, and what follows from it.

    `service_id` is None if it must be created. `wishes` are the secrets, with their keys: those of `fresh` with a
    placeholder for a new one.
    """

    request: ServiceIdRequest
    project: OpenProject
    seen: ProjectSecrets = field(repr=False)
    maker: KeyMaker
    service_id: ServiceId | None
    policies: tuple[Policy, ...]
    wishes: tuple[Wish, ...] = field(repr=False)
    fresh: tuple[str, ...]

    @property
    def owner(self) -> KeyOwner:
        """Whose keys count."""
        return _owner_for(self.request, self.project, self.service_id)

    def wishes_with(self, key: str) -> tuple[Wish, ...]:
        """The secrets, with a new key where there is a placeholder."""
        return tuple(
            replace(wish, entry=replace(wish.entry, password=key)) if wish.name in self.fresh else wish
            for wish in self.wishes
        )


def create_in_project_with_service_id(request: ServiceIdRequest, target: ProjectTarget) -> int:
    """Create registry secrets with a key of a service ID, and return the exit status.

    Raises:
        PullSecretError: nothing was written, and no key is left without being named.
    """
    request, interruption = checked_request(request), Interruption()
    with open_project(request, target, interruption) as project:
        state = _read_state(request, project)
        if refused := refused_wishes(state.seen, state.wishes, overwrite=request.replace_policy.overwrite):
            for error in refused:
                print_error(error)
            return 1
        for warning in _warnings(state):
            _say(warning)
        if request.output.dry_run is not DryRun.NONE:
            return _show(state)
        if state.service_id is not None:
            secrets = {("", name): secret for name, secret in state.seen.registry.items() if not is_automatic(secret)}
            settle_forgotten_keys(
                request, state.owner, state.service_id, project.session, lambda: Observed(present=secrets)
            )
        with handle_signals(interruption):
            status = _make_and_write(state, interruption)
        return interruption.exit_status or status


def _owner_for(request: ServiceIdRequest, project: OpenProject, service_id: ServiceId | None) -> KeyOwner:
    iam_id = service_id.iam_id if service_id else ""
    return KeyOwner(iam_id=iam_id, name=request.name, cluster=f"code-engine-{project.shown.id}")


def _read_state(request: ServiceIdRequest, project: OpenProject) -> _State:
    maker, wish = KeyMaker.of(project.session), request.wish
    entries = [
        RegistryEntry(server=server, username=request.username, password=PLACEHOLDER, email=request.email)
        for server in request.servers
    ]
    wishes = wishes_for(request.name, entries, {})
    service_id = maker.find_service_id(wish.service_id)
    if service_id is None and not wish.creates_service_id:
        raise missing_service_id(wish.service_id, project.session.shown_account)
    seen = project.read_secrets()
    held = _read_held(wishes, seen, project) if service_id else {}
    owner = _owner_for(request, project, service_id)
    assignment = assigned_keys([one.name for one in wishes], held, owner, request.now)
    return _State(
        request=request,
        project=project,
        seen=seen,
        maker=maker,
        service_id=service_id,
        policies=_absent_policies(request, maker, owner.iam_id),
        wishes=tuple(_with_key(one, assignment.kept, held, owner, seen) for one in wishes),
        fresh=assignment.fresh,
    )


def _absent_policies(request: ServiceIdRequest, maker: KeyMaker, iam_id: str) -> tuple[Policy, ...]:
    """The policies to create; none if the key is used as a trusted profile, whose own policies decide."""
    is_profile = request.username.startswith(PROFILE_PREFIX)
    return () if is_profile else maker.absent_policies(iam_id, request.wish, has_code_engine=True)


def _read_held(wishes: Sequence[Wish], seen: ProjectSecrets, project: OpenProject) -> dict[str, KeptKey]:
    """What IAM knows of the keys in the secrets; raises if it is not known of one: it would be replaced."""
    entries = {wish.name: entry_of(seen.registry[wish.name]) for wish in wishes if wish.name in seen.registry}
    values = {
        wish.name: entries[wish.name].password
        for wish in wishes
        if wish.name in entries
        and (entries[wish.name].server, entries[wish.name].username) == (wish.entry.server, wish.entry.username)
        and is_ibm_key(entries[wish.name])
    }
    details = read_key_details(project.session, values.values())
    for name, value in values.items():
        if problem := details[value].problem:
            raise PullSecretError(f"cannot look up the API key of secret/{name}: {problem}")
    return {
        name: KeptKey(key=key, value=value) for name, value in values.items() if (key := details[value].key) is not None
    }


def _with_key(
    wish: Wish, kept: Mapping[str, KeptKey], held: Mapping[str, KeptKey], owner: KeyOwner, seen: ProjectSecrets
) -> Wish:
    """The secret with the key that it keeps or shares; a key of the same service ID that is dead may be replaced."""
    there = held.get(wish.name)
    is_own = there is not None and there.key.iam_id == owner.iam_id
    replaces = entry_of(seen.registry[wish.name]) if is_own else None
    key = kept.get(wish.name)
    entry = replace(wish.entry, password=key.value) if key else wish.entry
    if is_own and key and there and key.value == there.value and replaces is not None:
        entry = replace(entry, email=entry.email or replaces.email)
    return replace(wish, entry=entry, replaces=replaces)


def _warnings(state: _State) -> tuple[str, ...]:
    request = state.request
    return new_secret_warnings([wish.secret for wish in state.wishes], request.now, request.check_level)


def _show(state: _State) -> int:
    """Say what would be made, and what would be written."""
    for line in _intentions(state):
        _say(f"note: would create {line}")
    plan = placing_plan(state.seen, state.wishes, overwrite=state.request.replace_policy.overwrite)
    status, _ = write_in_project(plan, state.project, state.request, Interruption())
    return status


def _intentions(state: _State) -> Iterator[str]:
    if state.service_id is None:
        yield f'service ID "{printable(state.request.wish.service_id)}"'
    for policy in state.policies:
        yield f"policy: {policy.shown}"
    if state.fresh:
        yield f"an API key of the service ID for {', '.join(state.fresh)}"


def _make_and_write(state: _State, interruption: Interruption) -> int:
    """Make what is missing at IBM Cloud and write the secrets; a key that none of these holds is deleted again."""
    service_id = _with_access(state, interruption)
    purpose = KeyPurpose(
        request=state.request,
        project=state.project,
        maker=state.maker,
        owner=state.owner,
        service_id=service_id,
        names=state.fresh,
        servers=tuple(wish.entry.server for wish in state.wishes if wish.name in state.fresh),
    )
    made = ProjectKey(purpose, interruption)
    try:
        wishes = state.wishes_with(made.create())
        made.written = write_registry_secrets(
            state.project, wishes, state.request, interruption, overwrite=state.request.replace_policy.overwrite
        )
        status = made.written.status
    except PullSecretError:
        made.written = WrittenSecrets(status=1, holders=(), is_known=True)  # nothing was written
        raise
    finally:
        is_settled = made.settle()
    return status if is_settled else 1


def _with_access(state: _State, interruption: Interruption) -> ServiceId:
    """Create the service ID and the policies that are missing; returns the service ID."""
    service_id, policies = state.service_id, state.policies
    if service_id is None:
        stop_if_interrupted(interruption)
        description = f"Service ID for IBM Cloud Container Registry in Code Engine project {state.project.shown.name}"
        service_id = state.maker.create_service_id(state.request.wish.service_id, description)
        _say(f"note: created service ID {service_id.shown}")
        policies = _absent_policies(state.request, state.maker, service_id.iam_id)
    for policy in policies:
        stop_if_interrupted(interruption)
        state.maker.create_policy(policy)
        _say(f"note: created policy: {policy.shown}")
    return service_id


def _say(line: str) -> None:
    print_message(Printable(line))
