"""The steps of `rotate --service-id`: read, ask, make the key, wait for the registries, rotate."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.composed import rotate as composed
from pullsecret.actions.composed.rotate_key import KeySource, marks_of, observe_with, read_source, with_key
from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.cluster.bulk_read import read_all_pull_secrets
from pullsecret.cluster.identity import read_identity
from pullsecret.errors import CredentialError, PullSecretError, RefusedError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.key_details import read_key_details, read_seen_details
from pullsecret.ibmcloud.key_making import KeyMaker
from pullsecret.ibmcloud.readiness import repeated_until_accepted, wait_until_accepted
from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.key_assignment import KeyOwner
from pullsecret.model.ibmcloud.marks import key_description
from pullsecret.model.ibmcloud.rotated_keys import (
    check_named,
    check_origin,
    check_replaceable,
    check_resumed,
    service_id_of,
)
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER
from pullsecret.model.objects.sibling import previous_name
from pullsecret.model.plan.rotation import changed_part
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.forgotten_keys import settle_forgotten_keys
from pullsecret.pipeline.ibm_session import open_and_name_session
from pullsecret.pipeline.made_keys import MadeKey, MadeKeys
from pullsecret.pipeline.prepared import is_confirmed, must_ask
from pullsecret.pipeline.rotate import BROAD, prepared_rotation
from pullsecret.pipeline.run import apply_prepared, located, open_cluster
from pullsecret.report.conclusion import print_conclusions
from pullsecret.report.confirmation import check_can_ask
from pullsecret.report.outcomes import report_outcomes
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateView
    from pullsecret.actions.composed.rotate_key import RotateKeyRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.pipeline.prepared import Prepared
    from pullsecret.report.conclusion import Conclusion

_LONGEST_NAME = 200


def rotate_to_new_key(request: RotateKeyRequest) -> int:
    """Rotate one secret to a new key of the service ID that its key belongs to, and return the exit status.

    Raises:
        PullSecretError: nothing was written, and no key is left without being named.
    """
    if request.targets.is_broad and must_ask(request):
        check_can_ask(BROAD)
    interruption = Interruption()
    with closing(open_cluster(request)) as cluster:
        if request.output.dry_run is not DryRun.NONE:
            return _show(request, cluster)
        with open_and_name_session(request.wish.sign_in, request.connection, cluster, interruption) as session:
            state = _read_state(request, cluster, session)
            prepared = prepared_rotation(request, state.view, cluster)
            if state.value == "" and state.identity != OTHER_CLUSTER:
                read = partial(read_all_pull_secrets, cluster)
                settle_forgotten_keys(request, state.owner, state.service_id, session, read)
            if not is_confirmed(prepared.question, request):
                return 1
            with handle_signals(interruption):
                status = _rotate(state, interruption)
            return interruption.exit_status or status


@dataclass(frozen=True, kw_only=True)
class _State:
    """What was read, and whose key is replaced; `key` is the one that an earlier run began to write, None for none."""

    request: RotateKeyRequest
    cluster: Cluster
    session: Session
    seen: KeySource
    view: RotateView
    identity: str
    service_id: ServiceId
    old: ApiKey | None
    key: ApiKey | None

    @property
    def value(self) -> str:
        """The value of the key that an earlier run began to write; "" if there is none."""
        return self.seen.resumed.password if self.seen.resumed else ""

    @property
    def owner(self) -> KeyOwner:
        """Whose keys an earlier run may have left."""
        return KeyOwner(iam_id=self.service_id.iam_id, name=self.request.names[0], cluster=self.identity)

    @property
    def place(self) -> tuple[str, str]:
        """The namespace and name of the source."""
        return self.request.from_namespace, self.request.names[0]


def _show(request: RotateKeyRequest, cluster: Cluster) -> int:
    """What the rotation would change; IBM Cloud is not asked, and no registry."""
    seen = read_source(request, cluster)
    if seen.resumed is None:
        _say("note: would create an API key of the service ID that the present one belongs to")
    prepared = prepared_rotation(request, observe_with(request, cluster, seen), cluster)
    return apply_prepared(prepared, cluster, request)


def _read_state(request: RotateKeyRequest, cluster: Cluster, session: Session) -> _State:
    """Find out whose key is replaced, and refuse what is not a service ID's, or not the named one's."""
    seen = read_source(request, cluster)
    what = f"secret/{request.names[0]} in namespace {request.from_namespace}"
    old, key = _read_keys(request, session, seen, what)
    owner = key or old
    service_id = _read_service_id(session, owner) if owner else None
    if service_id is None:
        raise RefusedError(f"the service ID of the API key of {what} does not exist, or you may not see it")
    check_named(service_id, request.wish.service_id, what)
    identity = read_identity(cluster)
    if key is None and old is not None and not request.wish.service_id:
        check_origin(old, service_id, name=request.names[0], cluster=identity, what=what)
    return _State(
        request=request,
        cluster=cluster,
        session=session,
        seen=seen,
        view=observe_with(request, cluster, seen),
        identity=identity,
        service_id=service_id,
        old=old,
        key=key,
    )


def _read_keys(
    request: RotateKeyRequest, session: Session, seen: KeySource, what: str
) -> tuple[ApiKey | None, ApiKey | None]:
    """The old key, and the one that an earlier run began to write; once that is so, the old one is not to be used."""
    if seen.resumed is None:
        found = read_key_details(session, [seen.old.password])[seen.old.password]
        return check_replaceable(found.key, found.problem, session.account, what), None
    found = read_key_details(session, [seen.resumed.password])[seen.resumed.password]
    old = read_seen_details(session, seen.old.password).key
    return old, check_resumed(found.key, found.problem, old, request.now, what)


def _read_service_id(session: Session, key: ApiKey) -> ServiceId | None:
    found = Identities.of(session).service_id(service_id_of(key))
    return found if found is not None and found.iam_id == key.iam_id else None


def _rotate(state: _State, interruption: Interruption) -> int:
    """Make the key unless an earlier run did, wait, and rotate; a key that no secret holds is deleted again."""
    _, name = state.place
    client = state.session.client.unstoppable()
    identities = replace(Identities.of(state.session), client=client)
    made = MadeKeys(identities, (name, previous_name(name)), interruption)
    try:
        prepared = _prepared_with_key(state, made, interruption)
        stream = prepared.stream(state.cluster, state.request.output, interruption)
        with closing(stream):
            is_good = report_outcomes(prepared.plan, made.watched(stream), located(state.request, state.cluster))
    finally:
        is_settled = made.settle(state.cluster)
    output = state.request.output
    is_done = print_conclusions([(_with_ids(prepared.conclusion(output, interruption), state), output)])
    return 0 if is_good and is_settled and is_done else 1


def _with_ids(conclusion: Conclusion | None, state: _State) -> Conclusion | None:
    """The conclusion that names the old key, where nothing holds it anymore."""
    if conclusion is None or state.old is None:
        return conclusion
    namespace, name = state.place
    line = f"rotate {name} --from={namespace} --finish --delete-old-key"
    old = f"API key {state.old.id} of service ID {state.service_id.shown}"
    said = f"note: no secret in this cluster holds {old} anymore, and it is still valid; to delete it, run `{line}`"
    return replace(conclusion, last=(Printable(said),) if conclusion.last else ())


def _prepared_with_key(state: _State, made: MadeKeys, interruption: Interruption) -> Prepared:
    key, value = state.key, state.value
    if key is None:
        _stop_if_interrupted(interruption)
        key = _make_key(state)
        value = key.value
        made.add(MadeKey(key=key, service_id=state.service_id, namespaces=(state.place[0],)))
        _say(f"note: created API key {key.id} of service ID {state.service_id.shown}")
    view = with_key(state.view, value, marks_of(key, state.service_id, state.seen), state.request)
    notes = _wait(state, view, interruption)
    _stop_if_interrupted(interruption)
    return prepared_rotation(state.request, replace(view, notes=(*view.notes, *notes)), state.cluster)


def _make_key(state: _State) -> ApiKey:
    request, name = state.request, state.place[1]
    expires = request.now + request.wish.expires_in if request.wish.expires_in else None
    if expires is None and state.old is not None and state.old.expires is not None:
        _say("note: the old API key has an expiry date, and the new one has none: --expires-in")
    description = key_description(name=name, cluster=state.identity)
    title = f"kubectl-pullsecret-{name}"[:_LONGEST_NAME]
    return KeyMaker.of(state.session).create_key(state.service_id, title, description, expires)


def _wait(state: _State, view: RotateView, interruption: Interruption) -> tuple[str, ...]:
    """Wait until the registries accept the key, and it pulls the images in use; lines about what could not be asked."""
    request = state.request
    if request.verification is None:
        return ("warning: no registry was asked whether it accepts the new API key; for some seconds it may not",)
    try:
        for rotation in view.rotations:
            wait_until_accepted(
                changed_part(rotation)[1],
                (),
                request.verification.access,
                environ=os.environ,
                trace=state.cluster.trace,
                pause=state.session.client.pause,
                say=(lambda _: None) if request.output.quiet else _say,
                seconds=request.wish.longest_wait,
            )
        attempt = partial(composed.verify_in_use, request, view.rotations, view.observed, state.cluster)
        return repeated_until_accepted(attempt, state.session.client.pause)
    except CredentialError:
        _stop_if_interrupted(interruption)
        raise


def _stop_if_interrupted(interruption: Interruption) -> None:
    if interruption.event.is_set():
        raise PullSecretError("interrupted; nothing was written").with_exit_status(interruption.exit_status or 1)


def _say(line: str) -> None:
    print_message(Printable(line))
