"""Build a pull secret from registry credentials, and put it into namespaces."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_namespaces, select_namespaces
from pullsecret.credentials.docker_logins import read_local_entries
from pullsecret.credentials.dockerconfig_file import read_dockerconfigjson
from pullsecret.credentials.password import read_password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.credentials.terminal import hidden_prompt
from pullsecret.errors import CredentialError
from pullsecret.model.check.logins import entitlement_key_problem
from pullsecret.model.check.one_secret import notes_on
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.objects.name_hash import hashed_name
from pullsecret.model.objects.pullsecret import ReplacePolicy, built
from pullsecret.model.plan.placement import Placement, placing_plan
from pullsecret.model.request.common import Attachment, Request

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.request.verification import Verification


@dataclass(frozen=True, kw_only=True)
class CreateRequest(Request):
    """The secret's name, and where its content comes from: one password for some servers, local logins, or a file.

    `login_file` is the docker or podman file to take the servers' entries from, "" for the usual places and None for no
    such file; `secret_file` a whole `.dockerconfigjson`, "" for none. `is_entitlement`: the password is
    an entitlement key. `strict`: what is found wrong with the secret is an error, not a warning.
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
    strict: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    replace_policy: ReplacePolicy = field(default_factory=ReplacePolicy)
    attachment: Attachment | None = None
    verification: Verification | None = None

    @property
    def reads_stdin(self) -> bool:
        """The password may come from there."""
        return self.password.stdin or "-" in (self.password.file, self.secret_file, self.login_file)


@dataclass(frozen=True, kw_only=True)
class CreateView:
    """The secret as it shall be, what its credentials gave cause to say, and the scene that it shall go to."""

    secret: Object = field(repr=False)
    notes: tuple[str, ...]
    observed: ObservedNamespaces


def observe(request: CreateRequest, cluster: Cluster) -> CreateView:
    """Read the credentials, then what is there under the secret's name.

    Raises:
        CredentialError: what was given holds no usable credential, or a registry that is to be asked refuses it.
        UsageError: not exactly one place for the password.
    """
    content, notes = _read_content(request)
    secret = built(request.name, content)
    if request.verification:
        from pullsecret.registry.preflight import prove  # noqa: PLC0415  most runs ask no registry: 4 ms less for them

        notes = (*notes, *prove(secret, request.verification, environ=os.environ, trace=cluster.trace))
    name = hashed_name(secret) if request.append_hash else request.name
    selection = select_namespaces(cluster, request.targets)
    observed = read_namespaces(cluster, selection, lambda _: (name,), request.attachment)
    return CreateView(secret=built(name, content), notes=notes, observed=observed)


def _read_content(request: CreateRequest) -> tuple[bytes, tuple[str, ...]]:
    if request.secret_file:
        return read_dockerconfigjson(request.secret_file), ()
    if request.login_file is not None:
        return encoded(read_local_entries(request.servers, file=request.login_file, environ=os.environ)), ()
    password = read_password(request.password, prompt=hidden_prompt(), stdin=sys.stdin.buffer, environ=os.environ)
    if request.is_entitlement and (problem := entitlement_key_problem(password.value)):
        raise CredentialError(problem)
    entries = [
        RegistryEntry(server=server, username=request.username, password=password.value, email=request.email)
        for server in request.servers
    ]
    return encoded(entries), password.notes


def plan(request: CreateRequest, view: CreateView) -> Plan:
    """The secret in each namespace, and its name on the service accounts if asked for.

    Raises:
        RefusedError: there is something wrong with the secret, and nothing shall be written then.
    """
    warnings = notes_on([view.secret], request.now, strict=request.strict)
    placement = Placement(targets=request.targets, replace_policy=request.replace_policy, attachment=request.attachment)
    result = placing_plan(view.observed, lambda _: (view.secret,), placement)
    return replace(result, notes=(*view.notes, *warnings, *result.notes))
