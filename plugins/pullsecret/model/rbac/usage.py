"""One use of a command: what its flags say about the objects that it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import resource_of
from pullsecret.model.objects.sibling import RENEWAL_NAMESPACE, previous_name, renewal_name, with_siblings
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.objects.workload_types import type_parts
from pullsecret.model.openshift.global_secrets import GLOBAL_PULL_SECRET
from pullsecret.model.openshift.image_grants import binding_name
from pullsecret.model.openshift.internal_hosts import REGISTRY_NAMESPACE
from pullsecret.model.openshift.puller import PULLER_ROLE
from pullsecret.model.rbac.permission import Limit, Place, When
from pullsecret.model.request.copy_names import copy_name, is_pattern
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.request.command_request import Attachment
    from pullsecret.model.request.workload_name import WorkloadName


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The command and what its flags select.

    `namespace` is that of the connection, for no target flags. `names` are the NAMEs, `has_known_names` whether the
    secrets in the target namespaces are called so: `--append-hash` and patterns leave that open. `name_template` is
    copy's --name. `sources` are the namespaces of --from, in another cluster if `is_source_elsewhere`. `canary` is
    the namespace of --canary. `given` are the conditions that flags of the command's own meet; the others follow
    from the rest. `token_account` is the service account that a token is made of. `is_reading`: a dry run.
    `in_project`: the targets are in a Code Engine project. `accounts` are the service accounts of a command that
    attaches nothing to them. `is_global`: the target is OpenShift's global pull secret.
    `named_workloads` are those of a command that changes none.
    """

    command: str
    names: tuple[str, ...] = ()
    targets: Targets = field(default_factory=Targets)
    namespace: str = ""
    attachment: Attachment | None = None
    name_template: str = ""
    has_known_names: bool = True
    sources: tuple[str, ...] = ()
    is_source_elsewhere: bool = False
    canary: str = ""
    given: frozenset[When] = frozenset()
    token_account: str = ""
    is_reading: bool = False
    in_project: bool = False
    accounts: tuple[str, ...] = ()
    is_global: bool = False
    named_workloads: tuple[WorkloadName, ...] = ()

    @property
    def conditions(self) -> frozenset[When]:
        """All conditions that hold."""
        found = {
            When.NAMED: not self.targets.is_broad,
            When.BROAD: self.targets.is_broad,
            When.EXACT: self._has_exact_names,
            When.PATTERN: not self._has_exact_names,
            When.CREATE_NAMESPACES: self.targets.create_missing,
            When.GLOBAL: self.is_global,
            When.ATTACH: self.attachment is not None,
            When.EVERY_ACCOUNT: self.attachment is not None and self.attachment.every,
            When.ACCOUNTS: self.attachment is None or not (self.attachment.workloads or self.attachment.builds),
            When.WORKLOADS: self.attachment is not None and bool(self.attachment.workloads),
            When.BUILDS: self.attachment is not None and self.attachment.builds is not None,
            When.NAMED_WORKLOADS: bool(self.named_workloads),
            When.ACCOUNT_SECRETS: self.attachment is not None and self.attachment.keep_account_secrets,
        }
        return self.given | {condition for condition, holds in found.items() if holds}

    @property
    def is_cluster_wide(self) -> bool:
        """Whether a ClusterRole is needed: for namespaces that are not known, or that do not exist yet."""
        return self.targets.is_broad or self.targets.create_missing

    @property
    def target_namespaces(self) -> tuple[str, ...]:
        """The namespaces that are named; that of the connection for none."""
        return self.targets.named if self.targets.is_given else (self.namespace,)

    @property
    def source_namespaces(self) -> tuple[str, ...]:
        """The namespaces of --from, each once; that of the connection for ""."""
        return tuple(dict.fromkeys(source or self.namespace for source in self.sources))

    def namespaces_of(self, place: Place) -> tuple[str, ...]:
        """Where a permission for this place is granted; "" is the whole cluster."""
        if place is Place.TARGETS:
            return ("",) if self.is_cluster_wide else self.target_namespaces
        known = {
            Place.SOURCE: self.source_namespaces,
            Place.SHARED: (SHARED_NAMESPACE,),
            Place.CANARY: (self.canary,) if self.canary else (),
            Place.SYSTEM: (RENEWAL_NAMESPACE,),
            Place.REGISTRY: (REGISTRY_NAMESPACE,),
            Place.OPENSHIFT_CONFIG: (GLOBAL_PULL_SECRET[0],),
        }
        return known.get(place, ("",))

    def names_for(self, limit: Limit, place: Place, namespace: str) -> tuple[str, ...]:
        """What a permission in a namespace is limited to; () for no limit."""
        if limit.is_name:
            return (str(limit.value),)
        if limit in (Limit.SECRETS, Limit.SIBLINGS):
            names = self._sources if place is Place.SOURCE else self._secrets_in(namespace)
            return with_siblings(names) if limit is Limit.SIBLINGS else names
        siblings = {Limit.PREVIOUS: previous_name, Limit.RENEWAL: renewal_name}
        if limit in siblings:
            return tuple(map(siblings[limit], self._sources))
        if limit in (Limit.ACCOUNTS, Limit.BUILDS) and self.attachment is not None:
            return self._attached_to(limit, self.attachment)
        if limit is Limit.NAMESPACES:
            return (namespace,) if namespace else self.targets.named
        bindings = () if self.targets.is_broad else tuple(map(binding_name, self.target_namespaces))
        known = {Limit.ACCOUNTS: self.accounts, Limit.BINDINGS: bindings}
        known |= {Limit.TOKEN_ACCOUNT: (self.token_account,), Limit.PULLER_ROLE: (PULLER_ROLE,)}
        return known.get(limit, ())

    @staticmethod
    def _attached_to(limit: Limit, attachment: Attachment) -> tuple[str, ...]:
        """The service accounts or build configs that are named; () for all service accounts."""
        if limit is Limit.BUILDS:
            return attachment.builds.names if attachment.builds else ()
        return () if attachment.every else attachment.accounts

    @property
    def workloads(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the workloads, by their resource with its group, in the plural as far as known."""
        found: dict[str, tuple[str, ...]] = {}
        for workload in self.attachment.workloads if self.attachment else self.named_workloads:
            name, _, group = type_parts(workload.type)
            resource = resource_of(workload.kind) if workload.kind else f"{name}.{group}"
            found[resource] = (*found.get(resource, ()), workload.name)
        return found

    @property
    def _has_exact_names(self) -> bool:
        return bool(self.names) and not any(map(is_pattern, self.names))

    @property
    def _sources(self) -> tuple[str, ...]:
        return self.names if self._has_exact_names else ()

    def _secrets_in(self, namespace: str) -> tuple[str, ...]:
        """The secrets in a namespace; "" is every namespace."""
        differs = not namespace and "{namespace}" in self.name_template
        if differs or not (self.has_known_names and self._has_exact_names):
            return ()
        return tuple(copy_name(self.name_template, name, namespace, "") for name in self.names)
