"""Create a pull secret from registry credentials and put it into namespaces."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.cluster.target_namespaces import TargetReads
from pullsecret.credentials.bounded_read import write_warnings
from pullsecret.credentials.docker_credentials import read_local_entries
from pullsecret.credentials.dockerconfig_file import read_dockerconfigjson
from pullsecret.credentials.password import read_password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.credentials.terminal import hidden_prompt
from pullsecret.errors import ConfigError, ConnectError, CredentialError, UnauthorizedError, UsageError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.images.credential_problem import entitlement_key_problem
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded, registries_of
from pullsecret.model.images.edited_entries import EntryEdits, key_meaning
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.name_hash import hashed_name
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pullsecret import ReplacePolicy, built, in_namespace
from pullsecret.model.objects.sibling import with_siblings
from pullsecret.model.plan.entry_edits import absent_notes
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.placement import Placement, placement_plan
from pullsecret.model.request.command_request import Attachment, CheckLevel, CommandRequest, DryRun
from pullsecret.model.request.selection import selection_of
from pullsecret.network.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.verification import Verification

Content: TypeAlias = tuple[bytes, tuple[str, ...]]
"""A secret's `.dockerconfigjson`, and lines for stderr about how it was read."""


@dataclass(frozen=True, kw_only=True)
class CreateRequest(CommandRequest):
    """The secret's name, and where its content comes from: a password, a local docker or podman file, or a whole file.

    `login_file` is the docker or podman file with the servers' entries, "" for the usual places and None for no such
    file; `secret_file` is a complete `.dockerconfigjson`, "" for none. `is_entitlement`: the password is an entitlement
    key. `check_level`: which problems with the secret prevent the write. `content` is what has been read already.
    `is_added`: the entries are added to an existing secret; `removed` are the registries whose entries are removed.
    """

    name: str
    servers: tuple[str, ...] = ()
    username: str = ""
    email: str = ""
    password: PasswordSource = field(default_factory=PasswordSource)
    login_file: str | None = None
    secret_file: str = ""
    append_hash: bool = False
    is_entitlement: bool = False
    check_level: CheckLevel = CheckLevel.ERRORS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    replace_policy: ReplacePolicy = field(default_factory=ReplacePolicy)
    attachment: Attachment | None = None
    verification: Verification | None = None
    is_added: bool = False
    removed: tuple[str, ...] = ()
    content: Content | None = field(default=None, repr=False)

    @property
    def is_edit(self) -> bool:
        """Whether entries of an existing secret are changed, and the others stay."""
        return self.is_added or bool(self.removed)

    @property
    def reads_credentials(self) -> bool:
        """Whether there are entries to add: --remove-registry alone has none."""
        return bool(self.is_added or not self.removed)

    def with_input(self, log: Callable[[Printable], None]) -> CreateRequest:
        """The request with the credentials, which are read, and verified with their registries, once for all clusters.

        Raises:
            CredentialError: the input has no usable credentials, or a registry rejects them.
            UsageError: there is not exactly one source for the password.
        """
        return replace(self, content=read_verified(self, Trace(verbosity=self.connection.verbosity, log=log)))

    @property
    def credential_source(self) -> str:
        """The flag that the credentials were read with, or the prompt."""
        if not self.reads_credentials:
            return ""
        if self.secret_file:
            return "--from-file"
        if self.login_file is not None:
            return "--from-docker-config"
        default = self.password.default_env if self.password.default_env in os.environ else "the prompt"
        return next(iter(self.password.given), default)

    @property
    def reads_stdin(self) -> bool:
        """Whether the credentials come from standard input."""
        return self.password.stdin or "-" in (self.password.file, self.secret_file, self.login_file)

    @property
    def needs_no_cluster(self) -> bool:
        """Whether the result can be shown without an API server: a client-side dry run for namespaces that are known.

        Those are named ones, or the one of the kubeconfig's context.
        """
        has_cluster_targets = self.targets.is_broad or self.targets.create_missing or self.attachment is not None
        is_dry = self.output.dry_run is DryRun.CLIENT
        return is_dry and not (has_cluster_targets or self.is_edit)

    @property
    def password_variable(self) -> str:
        """The variable of --password-env or --key-env."""
        return self.password.env


@dataclass(frozen=True, kw_only=True)
class CreateView:
    """The secret to create, notes on its credentials, and the target namespaces with what exists in them."""

    secret: Object = field(repr=False)
    notes: tuple[str, ...]
    observed: ObservedNamespaces


def observe(request: CreateRequest, cluster: Cluster) -> CreateView:
    """Read the credentials, then the target namespaces and what exists there under the secret's name.

    Raises:
        CredentialError: the input has no usable credentials, or a registry rejects them.
        UsageError: there is not exactly one source for the password.
    """
    content, notes = request.content or read_verified(request, cluster.trace)
    secret = built(request.name, content)
    name = hashed_name(secret) if request.append_hash else request.name
    observed, more = _read_targets(request, name, cluster)
    return CreateView(secret=built(name, content), notes=(*notes, *more), observed=observed)


def read_verified(request: CreateRequest, trace: Trace) -> Content:
    """Read the credentials and, if asked, verify them with their registries; raises as `observe`."""
    if not request.reads_credentials:
        return encoded(()), ()
    content, notes = _read_content(request)
    if not request.verification:
        return content, notes
    from pullsecret.registry.preflight import verify_before_write  # noqa: PLC0415  4 ms that most runs save: they contact no registry

    secret = built(request.name, content)
    return content, (*notes, *verify_before_write(secret, request.verification, environ=os.environ, trace=trace))


def read_entries(request: CreateRequest, trace: Trace) -> tuple[tuple[RegistryEntry, ...], tuple[str, ...]]:
    """Read the credentials, an entry for each registry, and lines for stderr about them.

    There are none for --remove-registry alone.

    Raises:
        CredentialError: the input has no usable credentials, or a registry rejects them.
        UsageError: there is not exactly one source for the password.
    """
    content, notes = request.content or read_verified(request, trace)
    found = registries_of(built("secret", content))
    if not found.entries and request.reads_credentials:
        raise CredentialError(f"there are no credentials: {found.malformed or 'the file has no entries'}")
    return found.entries, notes


def _read_targets(request: CreateRequest, name: str, cluster: Cluster) -> tuple[ObservedNamespaces, tuple[str, ...]]:
    """Read the target namespaces; for a client-side dry run that needs no API server, only if there is one.

    A manifest (-o json, -o yaml) is the same with and without a server, as that of kubectl create.
    """
    named = request.targets.named or (cluster.namespace,)
    selection = selection_of(request.targets, cluster.namespace, dict.fromkeys(named, False))
    unread = ObservedNamespaces(selection=selection)
    if request.needs_no_cluster and request.output.shows_manifests:
        return unread, ()
    try:
        names = with_siblings((name,))
        return TargetReads(cluster, request.targets, lambda _: names, request.attachment).result(), ()
    except (ConfigError, ConnectError, UnauthorizedError) as error:
        if not request.needs_no_cluster:
            raise
        return unread, (f"note: existing objects were not read: {error.line.removeprefix('error: ')}",)


def _read_content(request: CreateRequest) -> Content:
    if request.secret_file:
        return read_dockerconfigjson(request.secret_file), write_warnings(request.secret_file)
    if request.login_file is not None:
        entries = read_local_entries(request.servers, file=request.login_file, environ=os.environ)
        return encoded(entries), write_warnings(request.login_file)
    source = replace(request.password, label=_prompt_label(request))
    password = read_password(source, prompt=hidden_prompt(), stdin=sys.stdin.buffer, environ=os.environ)
    if request.is_entitlement and (problem := entitlement_key_problem(password.value)):
        raise CredentialError(problem)
    entries = tuple(
        RegistryEntry(server=server, username=request.username, password=password.value, email=request.email)
        for server in request.servers
    )
    return encoded(entries), password.notes


def _prompt_label(request: CreateRequest) -> str:
    """What the prompt asks for, so that the password of another user or registry is not typed."""
    username = RegistryEntry(server="", username=request.username, password="").shown_username
    return f"{request.password.label} for {username} at {', '.join(map(shown_key, request.servers))}"


def plan(request: CreateRequest, view: CreateView) -> Plan:
    """Put the secret into each namespace and, if requested, reference it in the service accounts.

    Raises:
        RefusedError: the secret has findings that --check does not allow.
    """
    judged = [view.secret] if request.reads_credentials else []
    warnings = new_secret_warnings(judged, request.now, request.check_level)
    placement = Placement(targets=request.targets, replace_policy=request.replace_policy, attachment=request.attachment)
    result = placement_plan(view.observed, partial(_secrets_for, request=request, view=view), placement)
    absent = absent_notes(view.observed.secrets.present.values(), request.removed)
    return replace(result, notes=(*view.notes, *warnings, *absent, *result.notes))


def _secrets_for(namespace: str, request: CreateRequest, view: CreateView) -> tuple[NewSecret, ...]:
    """The secret for a namespace; none where entries are only removed, and it is not there and not named."""
    secret = in_namespace(view.secret, namespace)
    if not request.is_edit:
        return (NewSecret(secret=secret),)
    is_there = (namespace, name_of(secret)) in view.observed.secrets.present
    if not (is_there or request.reads_credentials or request.targets.is_named(namespace)):
        return ()
    return (NewSecret(secret=secret, edits=edits_of(request, registries_of(secret).entries)),)


def edits_of(request: CreateRequest, entries: tuple[RegistryEntry, ...]) -> EntryEdits:
    """The entries to add, and the registries of those to remove.

    Raises:
        UsageError: one is both added and removed.
    """
    added = {key_meaning(entry.server) for entry in entries}
    if both := next((key for key in request.removed if key_meaning(key) in added), ""):
        raise UsageError(f"the entry for {shown_key(both)} cannot be added and removed at once")
    return EntryEdits(added=entries, removed=request.removed)
