"""The steps of `create --service-id`: read, make what is missing at IBM Cloud, write, take back what is not held."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.composed.service_id import (
    SecretKey,
    held_values,
    plan_for,
    read_targets,
    replaced_key_notes,
    secret_with,
    unless_changed,
    without_placeholders,
    written_namespaces,
)
from pullsecret.apply.engine import Interruption, handle_signals, stream_outcomes
from pullsecret.cluster.bulk_read import read_all_pull_secrets
from pullsecret.cluster.identity import read_identity
from pullsecret.errors import CredentialError, PullSecretError
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.ibmcloud.key_making import KeyMaker
from pullsecret.ibmcloud.readiness import wait_until_accepted
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.ibmcloud.identity import PROFILE_PREFIX
from pullsecret.model.ibmcloud.key_assignment import KeptKey, KeyOwner, assigned_keys, missing_service_id
from pullsecret.model.ibmcloud.marks import key_description
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER
from pullsecret.model.request.command_request import DryRun
from pullsecret.model.request.verification import RegistryAccess
from pullsecret.pipeline.forgotten_keys import settle_forgotten_keys
from pullsecret.pipeline.ibm_session import open_and_name_session
from pullsecret.pipeline.made_keys import MadeKey, MadeKeys
from pullsecret.pipeline.run import located, open_cluster
from pullsecret.report.outcomes import report_outcomes
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.actions.composed.service_id import ServiceIdRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.policy import Policy
    from pullsecret.model.plan.observed import ObservedNamespaces

_LONGEST_NAME = 200
_LONGEST_DESCRIPTION = 900


def create_with_service_id(request: ServiceIdRequest) -> int:
    """Create secrets with a key of a service ID, and return the exit status.

    Raises:
        PullSecretError: nothing was written, and no key is left without being named.
    """
    interruption = Interruption()
    with (
        closing(open_cluster(request)) as cluster,
        open_and_name_session(request.wish.sign_in, request.connection, cluster, interruption) as session,
    ):
        state = _read_state(request, cluster, session)
        if request.output.dry_run is not DryRun.NONE:
            return _show(state)
        if state.service_id is not None and state.identity != OTHER_CLUSTER:
            read = partial(read_all_pull_secrets, cluster)
            settle_forgotten_keys(request, state.owner, state.service_id, session, read)
        with handle_signals(interruption):
            status = _make_and_write(state, interruption)
        return interruption.exit_status or status


@dataclass(frozen=True, kw_only=True)
class _State:
    """What was read of the cluster and of IBM Cloud, and what follows from it.

    `service_id` is None if it must be created. `keys` are those that namespaces keep or share, `needing` the namespaces
    for whose secrets new ones are made. `has_targets`: a secret can be written somewhere; otherwise nothing is created
    at IBM Cloud, either.
    """

    request: ServiceIdRequest
    cluster: Cluster
    session: Session
    maker: KeyMaker
    service_id: ServiceId | None
    policies: tuple[Policy, ...]
    identity: str
    observed: ObservedNamespaces
    keys: Mapping[str, SecretKey] = field(repr=False)
    needing: tuple[str, ...]
    has_targets: bool
    notes: tuple[str, ...]

    @property
    def owner(self) -> KeyOwner:
        """Whose keys count."""
        return _owner_for(self.request, self.service_id, self.identity)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The namespaces that share a new key."""
        if self.request.wish.is_per_namespace:
            return tuple((namespace,) for namespace in self.needing)
        return (self.needing,) if self.needing else ()


def _owner_for(request: ServiceIdRequest, service_id: ServiceId | None, identity: str) -> KeyOwner:
    return KeyOwner(
        iam_id=service_id.iam_id if service_id else "",
        name=request.name,
        cluster=identity,
        is_per_namespace=request.wish.is_per_namespace,
    )


def _read_state(request: ServiceIdRequest, cluster: Cluster, session: Session) -> _State:
    observed, maker, wish = read_targets(request, cluster), KeyMaker.of(session), request.wish
    service_id = maker.find_service_id(wish.service_id)
    if service_id is None and not wish.creates_service_id:
        raise missing_service_id(wish.service_id, session.shown_account)
    identity = read_identity(cluster)
    held = _read_held(request, observed, session) if service_id else {}
    owner = _owner_for(request, service_id, identity)
    assignment = assigned_keys(observed.selection.names, held, owner, request.now)
    keys = {
        namespace: SecretKey(value=kept.value, key=kept.key, service_id=service_id.id if service_id else "")
        for namespace, kept in assignment.kept.items()
    }
    plan = plan_for(request, observed, keys)
    written = written_namespaces(plan, observed.selection.names)
    lost = {namespace: kept for namespace, kept in held.items() if namespace in written}
    return _State(
        request=request,
        cluster=cluster,
        session=session,
        maker=maker,
        service_id=service_id,
        policies=_absent_policies(request, maker, owner.iam_id),
        identity=identity,
        observed=observed,
        keys=keys,
        needing=written_namespaces(plan, assignment.fresh),
        has_targets=bool(written),
        notes=replaced_key_notes(lost, keys, owner, request.now),
    )


def _absent_policies(request: ServiceIdRequest, maker: KeyMaker, iam_id: str) -> tuple[Policy, ...]:
    """The policies to create; none if the key is used as a trusted profile, whose own policies decide."""
    is_profile = request.username.startswith(PROFILE_PREFIX)
    return () if is_profile else maker.absent_policies(iam_id, request.wish)


def _read_held(request: ServiceIdRequest, observed: ObservedNamespaces, session: Session) -> dict[str, KeptKey]:
    """What IAM knows of the keys in the secrets; raises if it is not known of one: it would be replaced."""
    values = held_values(request, observed)
    details = read_key_details(session, values.values())
    for namespace, value in values.items():
        if problem := details[value].problem:
            raise PullSecretError(
                f"cannot look up the API key of secret/{request.name} in namespace {namespace}: {problem}"
            )
    return {
        namespace: KeptKey(key=key, value=value)
        for namespace, value in values.items()
        if (key := details[value].key) is not None
    }


def _show(state: _State) -> int:
    """Say what would be made, and what the cluster would do with secrets of this form."""
    request = state.request
    for line in _intentions(state):
        _say(f"note: would create {line}")
    plan = plan_for(request, state.observed, state.keys)
    stream = stream_outcomes(plan, state.cluster, request.output, Interruption())
    with closing(stream):
        return 0 if report_outcomes(plan, stream, located(request, state.cluster)) else 1


def _intentions(state: _State) -> Iterator[str]:
    name = printable(state.request.wish.service_id)
    if not state.has_targets:
        return
    if state.service_id is None:
        yield f'service ID "{name}"'
    for policy in state.policies:
        yield f"policy: {policy.shown}"
    for group in state.groups:
        yield f"an API key of the service ID for {_listed(group)}"


def _make_and_write(state: _State, interruption: Interruption) -> int:
    """Make what is missing at IBM Cloud and write the secrets; keys that none of these holds are deleted again."""
    identities = replace(state.maker.identities, client=state.session.client.unstoppable())
    made = MadeKeys(identities, (state.request.name,), interruption)
    try:
        state = _with_access(state, interruption) if state.has_targets else state
        keys, notes = _with_new_keys(state, made, interruption)
        plan = without_placeholders(plan_for(state.request, state.observed, keys), keys)
        plan = unless_changed(plan, state.request, state.observed, keys)
        plan = replace(plan, notes=(*state.notes, *notes, *plan.notes))
        stream = stream_outcomes(plan, state.cluster, state.request.output, interruption)
        with closing(stream):
            is_good = report_outcomes(plan, made.watched(stream), located(state.request, state.cluster))
    finally:
        is_settled = made.settle(state.cluster)
    return 0 if is_good and is_settled else 1


def _with_access(state: _State, interruption: Interruption) -> _State:
    """Create the service ID and the policies that are missing."""
    if state.service_id is None:
        _stop_if_interrupted(interruption)
        name = state.request.wish.service_id
        service_id = state.maker.create_service_id(name, _description(state))
        _say(f"note: created service ID {service_id.shown}")
        policies = _absent_policies(state.request, state.maker, service_id.iam_id)
        state = replace(state, service_id=service_id, policies=policies)
    for policy in state.policies:
        _stop_if_interrupted(interruption)
        state.maker.create_policy(policy)
        _say(f"note: created policy: {policy.shown}")
    return state


def _with_new_keys(
    state: _State, made: MadeKeys, interruption: Interruption
) -> tuple[dict[str, SecretKey], tuple[str, ...]]:
    """The keys for all namespaces, new ones where they are needed, and what could not be verified of these."""
    keys, notes, service_id = dict(state.keys), dict[str, None](), state.service_id
    if service_id is None:
        return keys, ()
    for group in state.groups:
        _stop_if_interrupted(interruption)
        key = _make_key(state, service_id)
        made.add(MadeKey(key=key, service_id=service_id, namespaces=group))
        _say(f"note: created API key {key.id} of service ID {service_id.shown}")
        new = SecretKey(value=key.value, key=key, service_id=service_id.id)
        notes.update(dict.fromkeys(_wait(state, new, interruption)))
        keys.update(dict.fromkeys(group, new))
    _stop_if_interrupted(interruption)
    return keys, tuple(notes)


def _make_key(state: _State, service_id: ServiceId) -> ApiKey:
    request = state.request
    expires = request.now + request.wish.expires_in if request.wish.expires_in else None
    description = key_description(name=request.name, cluster=state.identity)
    return state.maker.create_key(
        service_id, f"kubectl-pullsecret-{request.name}"[:_LONGEST_NAME], description, expires
    )


def _wait(state: _State, key: SecretKey, interruption: Interruption) -> tuple[str, ...]:
    request, verification = state.request, state.request.verification
    timeout = request.connection.request_timeout
    try:
        return wait_until_accepted(
            secret_with(request, key),
            verification.images if verification else (),
            verification.access if verification else RegistryAccess(request_timeout=timeout),
            environ=os.environ,
            trace=state.cluster.trace,
            pause=state.session.client.pause,
            seconds=request.wish.longest_wait,
            say=(lambda _: None) if request.output.quiet else _say,
        )
    except CredentialError:
        _stop_if_interrupted(interruption)
        raise


def _description(state: _State) -> str:
    where = f"cluster {state.cluster.context}" if state.cluster.context else "a cluster"
    names = _listed(state.observed.selection.names)
    return f"Service ID for IBM Cloud Container Registry in Kubernetes {where}, {names}"[:_LONGEST_DESCRIPTION]


def _listed(namespaces: Sequence[str]) -> str:
    return f"namespace{'s' * (len(namespaces) != 1)} {', '.join(namespaces)}"


def _stop_if_interrupted(interruption: Interruption) -> None:
    if interruption.event.is_set():
        raise PullSecretError("interrupted; nothing was written").with_exit_status(interruption.exit_status or 1)


def _say(line: str) -> None:
    print_message(Printable(line))
