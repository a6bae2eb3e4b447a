"""Create pull secrets for OpenShift's internal registry with a token: what to read, and what to write."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.actions.create import CreateRequest
from pullsecret.cluster.target_namespaces import TargetReads
from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.go.printable import Printable
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.pullsecret import built, in_namespace
from pullsecret.model.objects.sibling import with_siblings
from pullsecret.model.openshift.account_tokens import TokenOwner, lasting_token
from pullsecret.model.openshift.internal_hosts import balance_command, route_command
from pullsecret.model.openshift.puller import (
    PULLER,
    check_other_roles,
    puller_account,
    puller_binding,
    shared_role_warnings,
)
from pullsecret.model.plan.change import Change
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.placement import Placement, is_refused, placement_plan
from pullsecret.model.request.suggested_command import CommandStyle, typed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.internal_registry import SeenAccount
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.account_tokens import AccountToken
    from pullsecret.model.openshift.internal_hosts import InternalHosts
    from pullsecret.model.plan.change import Plan, Steps
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.model.request.token_wish import TokenWish

TOKEN_TO_COME: Final = secrets.token_urlsafe(33)
"""Stands for a token that does not exist yet, where only its shape matters; it is never written."""


@dataclass(frozen=True, kw_only=True)
class AccountTokenRequest(CreateRequest):
    """A secret with a token that is made for it."""

    wish: TokenWish

    @property
    def source_connection(self) -> ConnectionFlags | None:
        """The connection to the registry's cluster; None if that is the one of the targets."""
        return self.connection.elsewhere(self.wish.from_context, "")

    @property
    def credential_source(self) -> str:
        """The account."""
        return f"a token of serviceaccount/{self.account}"

    @property
    def account(self) -> str:
        """The account's name, which is the username of the entries, too: the registry takes any."""
        return self.wish.account or PULLER

    @property
    def spans_namespaces(self) -> bool:
        """The account's project is another namespace."""
        return True


def start_reading_targets(request: AccountTokenRequest, cluster: Cluster) -> TargetReads:
    """Begin to read the target namespaces, and what exists there under the secret's name."""
    names = with_siblings((request.name,))
    return TargetReads(cluster, request.targets, lambda _: names, request.attachment)


def servers_for(hosts: InternalHosts, request: AccountTokenRequest, *, is_elsewhere: bool) -> tuple[str, ...]:
    """The keys of the secret: the registry's names in its cluster, and the hosts of its routes.

    Raises:
        PullSecretError: the targets are in another cluster, and no route is known.
    """
    if not is_elsewhere:
        return tuple(dict.fromkeys((*hosts.internal, *hosts.external)))
    if not hosts.external:
        known = "has no route" if hosts.is_complete else "has no route that you are allowed to read"
        raise PullSecretError(
            f"the internal registry {known}, without which other clusters cannot reach it",
            hint=Printable.of("to create one, run: ", _route_command(request)),
        )
    return hosts.external


def route_notes(hosts: InternalHosts, request: AccountTokenRequest) -> tuple[str, ...]:
    """What to say where clients outside the cluster have no way to the registry, or none that is known."""
    if hosts.external:
        return ()
    if not hosts.is_complete:
        return (
            "note: not allowed to read the routes of the internal registry: the secret has its internal names only",
        )
    return (
        Printable.of(
            "note: the internal registry has no route for clients outside the cluster; to create one, run: ",
            _route_command(request),
        ),
        Printable.of(
            "note: then, to let clients that push always reach the same pod of the registry, run: ",
            typed(balance_command(), _style(request)),
        ),
    )


def _route_command(request: AccountTokenRequest) -> Printable:
    return typed(route_command(), _style(request))


def _style(request: AccountTokenRequest) -> CommandStyle:
    return CommandStyle(connection=request.source_connection or request.connection)


def account_steps(request: AccountTokenRequest, seen: SeenAccount, project: str) -> Steps:
    """The changes of the account and its role binding; none for an account that the user names.

    Raises:
        RefusedError: the account has other roles.
    """
    if request.wish.account:
        return ()
    check_other_roles(seen.others or (), project)
    account = Change(
        kind=Kind.SERVICE_ACCOUNT,
        namespace=project,
        name=PULLER,
        desired=partial(puller_account, project=project),
        current=seen.account,
    )
    binding = Change(
        kind=Kind.ROLE_BINDING,
        namespace=project,
        name=PULLER,
        desired=partial(puller_binding, project=project),
        current=seen.binding,
        needs=frozenset({(Kind.SERVICE_ACCOUNT, PULLER)}),
    )
    return account, binding


def account_notes(request: AccountTokenRequest, seen: SeenAccount, project: str) -> tuple[str, ...]:
    """What the token allows, where that is more than pulls, or not known."""
    what = f"serviceaccount/{request.account} in namespace {project}"
    if request.wish.account:
        return (f"warning: everyone who can read the secret can do all that {what} may do, not only pull images",)
    if seen.others is None:
        return (
            f"note: not allowed to list the role bindings of namespace {project}: other roles of {what} are not known",
        )
    return tuple(shared_role_warnings(seen.others, project))


def lasting_tokens(
    request: AccountTokenRequest, observed: ObservedNamespaces, servers: tuple[str, ...], owner: TokenOwner | None
) -> dict[str, AccountToken]:
    """The token in the secret of each namespace that need not be renewed; none with --overwrite."""
    if owner is None or request.replace_policy.overwrite:
        return {}
    found = {
        namespace: lasting_token(observed.secrets.present.get((namespace, request.name)), servers, owner, request.now)
        for namespace in observed.selection.names
    }
    return {namespace: token for namespace, token in found.items() if token is not None}


def token_plan(
    request: AccountTokenRequest,
    observed: ObservedNamespaces,
    servers: tuple[str, ...],
    tokens: Mapping[str, AccountToken],
) -> Plan:
    """Put a secret with its token into each namespace and, if requested, reference it in the service accounts.

    Raises:
        RefusedError: the secret has findings that --check does not allow.
    """
    values = [token.value for token in tokens.values()] or [TOKEN_TO_COME]
    samples = [secret_with_token(request, servers, value) for value in dict.fromkeys(values)]
    warnings = new_secret_warnings(samples, request.now, request.check_level)
    placement = Placement(targets=request.targets, replace_policy=request.replace_policy, attachment=request.attachment)

    def secret_for(namespace: str) -> tuple[NewSecret]:
        value = tokens[namespace].value if namespace in tokens else TOKEN_TO_COME
        return (NewSecret(secret=in_namespace(secret_with_token(request, servers, value), namespace)),)

    result = placement_plan(observed, secret_for, placement)
    return replace(result, notes=(*dict.fromkeys(warnings), *result.notes))


def secret_with_token(request: AccountTokenRequest, servers: tuple[str, ...], token: str) -> Object:
    """The secret for a token, without a namespace."""
    entries = (RegistryEntry(server=server, username=request.account, password=token) for server in servers)
    return built(request.name, encoded(entries))


def written_secrets(plan: Plan, request: AccountTokenRequest) -> tuple[str, ...]:
    """The namespaces in which the secret will be written, or is as it should be."""
    return tuple(
        change.namespace
        for steps in plan.sequences
        for change in steps
        if change.kind is Kind.SECRET and change.name == request.name and not is_refused(change)
    )


def with_tokens_only(plan: Plan, tokens: Mapping[str, AccountToken]) -> Plan:
    """The plan in which no secret is written for which there is no token, whatever has become of its refusal."""

    def settled(change: Change) -> Change:
        if change.kind is not Kind.SECRET or change.namespace in tokens or change.refusal is not None:
            return change
        try:
            change.desired(change.current)
        except PullSecretError as error:
            return replace(change, refusal=error)
        return replace(change, refusal=RefusedError("no token was created for it; run the command again"))

    return replace(plan, sequences=tuple(tuple(map(settled, steps)) for steps in plan.sequences))


def unless_renewed(plan: Plan, request: AccountTokenRequest, servers: tuple[str, ...], owner: TokenOwner) -> Plan:
    """The plan in which a secret is left alone that another run has given a token since it was read."""

    def guarded(change: Change) -> Change:
        if change.kind is not Kind.SECRET or change.name != request.name or request.replace_policy.overwrite:
            return change

        def desired(current: Object | None) -> Object:
            is_renewed = current is not change.current and lasting_token(current, servers, owner, request.now)
            return current if current is not None and is_renewed else change.desired(current)

        return replace(change, desired=desired)

    return replace(plan, sequences=tuple(tuple(map(guarded, steps)) for steps in plan.sequences))


def end_of(token: AccountToken, now: datetime) -> str:
    """When a token ends, in UTC and from now on."""
    left = token.expires - now + timedelta(minutes=1)  # it was made a moment after `now`, and ends with a whole second
    days = left.days
    hours = left.seconds // 3600
    minutes = left.seconds % 3600 // 60
    amount, unit = (days, "day") if days else (hours, "hour") if hours else (minutes, "minute")
    return f"{token.expires:%Y-%m-%d %H:%M} UTC ({amount} {unit}{'' if amount == 1 else 's'})"
