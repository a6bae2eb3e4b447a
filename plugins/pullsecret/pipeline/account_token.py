"""The steps of `create --internal-registry`: read, create the account and its role, make a token, write the secrets."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from pullsecret.actions.composed.account_token import (
    account_notes,
    account_steps,
    end_of,
    lasting_tokens,
    route_notes,
    servers_for,
    start_reading_targets,
    token_plan,
    unless_renewed,
    with_tokens_only,
    written_secrets,
)
from pullsecret.apply.engine import Interruption, handle_signals, stream_outcomes
from pullsecret.cluster.identity import read_source_identity
from pullsecret.cluster.internal_registry import read_account, read_internal_hosts
from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.openshift.account_tokens import TokenOwner, token_owner
from pullsecret.model.openshift.puller import puller_account
from pullsecret.model.plan.change import Done, Outcome, Plan
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.run import located, open_cluster
from pullsecret.report.outcomes import report_outcomes
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.actions.composed.account_token import AccountTokenRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.openshift.account_tokens import AccountToken
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import ObservedNamespaces


def create_with_account_token(request: AccountTokenRequest) -> int:
    """Create secrets with a token of a service account, and return the exit status.

    Raises:
        PullSecretError: no secret was written.
    """
    interruption = Interruption()
    with closing(open_cluster(request)) as cluster, _open_source(request, cluster) as source:
        state = _read_state(request, cluster, source)
        if request.output.dry_run is not DryRun.NONE:
            return _show(state)
        with handle_signals(interruption):
            status = _make_and_write(state, interruption)
        return interruption.exit_status or status


@dataclass(frozen=True, kw_only=True)
class _State:
    """What was read, and what follows from it.

    `source` is the registry's cluster. `steps` create the account and its role. `kept` are the tokens that are good for
    a while, `needing` the namespaces whose secrets get a new one.
    """

    request: AccountTokenRequest
    cluster: Cluster
    source: Cluster
    project: str
    servers: tuple[str, ...]
    steps: Steps
    owner: TokenOwner | None
    observed: ObservedNamespaces
    kept: Mapping[str, AccountToken]
    needing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _MadeToken:
    """A token that exists since a moment ago, and that cannot be revoked alone."""

    token: AccountToken
    owner: TokenOwner
    end: str

    @property
    def story(self) -> str:
        """What to report of it if the process ends before it is known whether a secret has it."""
        return f"it is not known whether a secret has the new token of {self.owner.shown}; {self.way_out}"

    @property
    def way_out(self) -> str:
        """How long it lasts, and what ends it."""
        return f"it is valid until {self.end}; deleting the account revokes it, and all other tokens of the account"


@contextmanager
def _open_source(request: AccountTokenRequest, cluster: Cluster) -> Iterator[Cluster]:
    """The registry's cluster: that of the targets, or another one."""
    if request.source_connection is None:
        yield cluster
        return
    with closing(cluster.sibling(request.source_connection)) as source:
        source.log_in()
        yield source


def _read_state(request: AccountTokenRequest, cluster: Cluster, source: Cluster) -> _State:
    project = request.wish.project or source.namespace
    is_elsewhere = source is not cluster and read_source_identity(source, cluster) != ""
    targets = start_reading_targets(request, cluster)
    reading_hosts = source.start(partial(read_internal_hosts, source, project))
    seen = read_account(source, project, request.wish.account)
    steps = account_steps(request, seen, project)
    hosts = reading_hosts.result()
    servers = servers_for(hosts, request, is_elsewhere=is_elsewhere)
    observed = targets.result()
    owner = token_owner(seen.account) if seen.account is not None else None
    kept = lasting_tokens(request, observed, servers, owner)
    written = written_secrets(token_plan(request, observed, servers, kept), request)
    needing = tuple(namespace for namespace in written if namespace not in kept)
    return _State(
        request=request,
        cluster=cluster,
        source=source,
        project=project,
        servers=servers,
        steps=steps if written else (),
        owner=owner,
        observed=observed,
        kept=kept,
        needing=needing,
        notes=(*account_notes(request, seen, project), *(route_notes(hosts, request) if needing else ())),
    )


def _show(state: _State) -> int:
    """Say what would be made, and what the clusters would do with it; no token is made."""
    created = _account_outcomes(state, Interruption())
    if state.needing:
        who = f"serviceaccount/{state.request.account} in namespace {state.project}"
        _say(f"note: would create a token of {who}, for {_listed(state.needing)}")
    plan = token_plan(state.request, state.observed, state.servers, state.kept)
    plan = replace(plan, notes=(*state.notes, *_ends(state, state.kept), *plan.notes))
    stream = stream_outcomes(plan, state.cluster, state.request.output, Interruption())
    with closing(stream):
        return 0 if _report(state, created, plan, stream) else 1


def _make_and_write(state: _State, interruption: Interruption) -> int:
    request, made = state.request, None
    created = _account_outcomes(state, interruption)
    tokens, owner, held = dict(state.kept), state.owner, _Held(state.needing)
    if state.needing:
        made = _make_token(state, created, interruption)
        interruption.at_risk[id(made)] = made
        owner = made.owner
        tokens.update(dict.fromkeys(state.needing, made.token))
    try:
        plan = with_tokens_only(token_plan(request, state.observed, state.servers, tokens), tokens)
        plan = unless_renewed(plan, request, state.servers, owner) if owner else plan
        plan = replace(plan, notes=(*state.notes, *_ends(state, tokens), *plan.notes))
        stream = stream_outcomes(plan, state.cluster, request.output, interruption)
        with closing(stream):
            is_good = _report(state, created, plan, held.watched(stream))
    finally:
        if made is not None:
            interruption.at_risk.pop(id(made), None)
            _tell_if_lost(made, held)
    return 0 if is_good else 1


def _make_token(state: _State, created: Sequence[Outcome], interruption: Interruption) -> _MadeToken:
    """Make a token of the account as it is now; if that fails, report first what was created for it."""
    request = state.request
    try:
        _stop_if_interrupted(interruption)
        account = state.source.read(Kind.SERVICE_ACCOUNT, state.project, request.account)
        if not request.wish.account:
            puller_account(account, state.project)  # which refuses one that was created in its place
        token = state.source.create_token(account, seconds=int(request.wish.lifetime.total_seconds()))
    except PullSecretError:
        _tell_created(state, created)
        raise
    return _MadeToken(token=token, owner=token_owner(account), end=end_of(token, request.now))


def _tell_created(state: _State, outcomes: Iterable[Outcome]) -> None:
    """Report in words what became of the account and its role."""
    output = state.request.output
    context = f" of context {state.request.wish.from_context}" if state.source is not state.cluster else ""
    for outcome in outcomes:
        if outcome.done is not Done.UNCHANGED:
            what = f"{outcome.kind.word}/{outcome.name} {outcome.done.value} in namespace {outcome.namespace}"
            _say(f"note: {what}{context}{output.dry_run.suffix}")


class _Held:
    """Which of the secrets that were to get the new token have one, as far as the outcomes tell."""

    def __init__(self, namespaces: Sequence[str]) -> None:
        self._namespaces, self.is_any, self.is_doubtful = namespaces, False, False

    def watched(self, stream: Iterable[Sequence[Outcome]]) -> Iterator[Sequence[Outcome]]:
        """The outcomes, of which those of the secrets are remembered."""
        for outcomes in stream:
            for outcome in outcomes:
                if outcome.kind is Kind.SECRET and outcome.namespace in self._namespaces:
                    # One that is as it should be, without a write, has the token of another run.
                    self.is_any |= outcome.is_good and outcome.done is not Done.UNCHANGED
                    self.is_doubtful |= outcome.done is Done.UNKNOWN
            yield outcomes


def _tell_if_lost(made: _MadeToken, held: _Held) -> None:
    if held.is_any:
        return
    if held.is_doubtful:
        _say(f"warning: {made.story}")
    else:
        _say(f"warning: no secret has the new token of {made.owner.shown}; {made.way_out}")


def _account_outcomes(state: _State, interruption: Interruption) -> tuple[Outcome, ...]:
    """Create the account and its role, or in a dry run tell whether that would work.

    Raises:
        PullSecretError: one of the two failed; no token was created.
    """
    plan = Plan(sequences=(state.steps,) if state.steps else ())
    stream = stream_outcomes(plan, state.source, state.request.output, interruption)
    with closing(stream):
        outcomes = tuple(chain.from_iterable(stream))
    if all(outcome.is_good for outcome in outcomes):
        return outcomes
    _tell_created(state, [outcome for outcome in outcomes if outcome.is_good])
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    _stop_if_interrupted(interruption)
    raise PullSecretError("the account could not be created; no token was created")


def _report(state: _State, created: Sequence[Outcome], plan: Plan, stream: Iterable[Sequence[Outcome]]) -> bool:
    """Report the run: the account among the other objects, or in words where it is in another cluster."""
    request = located(state.request, state.cluster)
    if state.source is not state.cluster:
        _tell_created(state, created)
        return report_outcomes(plan, stream, request)
    sequences = (state.steps, *plan.sequences) if state.steps else plan.sequences
    return report_outcomes(replace(plan, sequences=sequences), chain([created], stream), request)


def _ends(state: _State, tokens: Mapping[str, AccountToken]) -> Iterator[str]:
    """When the tokens end, each with its namespaces."""
    places: dict[tuple[str, bool], list[str]] = {}
    for namespace, token in tokens.items():
        places.setdefault((end_of(token, state.request.now), namespace in state.kept), []).append(namespace)
    for (end, is_kept), namespaces in places.items():
        if is_kept:
            yield (
                f"note: the token in {_listed(namespaces)} is valid until {end}; it is renewed when less than half of "
                "its life is left"
            )
        else:
            yield f"note: the new token for {_listed(namespaces)} is valid until {end}"


def _listed(namespaces: Sequence[str]) -> str:
    return f"namespace{'s' * (len(namespaces) != 1)} {', '.join(namespaces)}"


def _stop_if_interrupted(interruption: Interruption) -> None:
    if interruption.event.is_set():
        raise PullSecretError("interrupted; no token was created").with_exit_status(interruption.exit_status or 1)


def _say(line: str) -> None:
    print_message(Printable(line))
