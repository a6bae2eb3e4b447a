"""Find problems with the pull secrets of namespaces and with what references them, without contacting a registry."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, read_pull_secrets
from pullsecret.cluster.internal_registry import read_token_accounts
from pullsecret.cluster.mirror_reads import read_mirrors
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.check.catalogue import namespace_findings
from pullsecret.model.check.checked_objects import checked_objects
from pullsecret.model.check.global_rules import left_to_nodes
from pullsecret.model.check.mirror_rules import needs_mirrors
from pullsecret.model.check.observed import CheckedNamespace, Inventory, images_of, pull_secret_names, references_in
from pullsecret.model.check.owner_rules import left_to_owner
from pullsecret.model.check.pulled_images import images_by_secret
from pullsecret.model.check.reference_rules import source_in_inventory
from pullsecret.model.check.rule import CheckResult, Finding
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import is_source, secret_findings
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, holds_same, provenance_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.owners.owner import Field
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, unreadable_place
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.request.targets import NO_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.key_lookup import KeyLookup
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.ibmcloud.key_facts import CloudKnowledge
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.model.request.ibm_sign_in import IbmSignIn

_NOT_FINISHED = "status.phase!=Succeeded,status.phase!=Failed"

OTHER_TYPES = ",".join(f"type!={kind}" for kind in DATA_KEYS)
"""The field selector of all secrets that are not pull secrets."""


@dataclass(frozen=True, kw_only=True)
class CheckRequest(CommandRequest):
    """Which secrets to check: those of these names, or all; `needs_private` requires entries for private hosts.

    With `sign_in`, IBM Cloud is asked about the API keys in them, by `lookup` if there is one already.
    """

    names: tuple[str, ...] = ()
    needs_private: bool = False
    sign_in: IbmSignIn | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    lookup: KeyLookup | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> CheckRequest:
        """The request with what asks IBM Cloud, once for all clusters."""
        return replace(self, lookup=key_lookup(self.sign_in, self.connection))

    @property
    def reads_stdin(self) -> bool:
        """Whether the API key to sign in to IBM Cloud with comes from standard input."""
        return self.sign_in is not None and self.sign_in.api_key_file == "-"

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2


def observe(request: CheckRequest, cluster: Cluster) -> Inventory:
    """Read by a LIST for each type of pull secret, for service accounts and for pods, and two more where needed."""
    return read_inventory(request, cluster, TargetNamespaces(cluster, request.targets))


def read_inventory(request: CheckRequest, cluster: Cluster, namespaces: TargetNamespaces) -> Inventory:
    """The same in namespaces that are being read already."""
    reads = (
        namespaces.start(partial(read_pull_secrets, cluster, has_siblings=True)),
        namespaces.start(partial(read_all_in, cluster, Kind.POD, fields=_NOT_FINISHED)),
        namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT)),
    )
    selection = namespaces.selection
    found, pods, accounts = (read.result() for read in reads)
    secrets, siblings = _without_siblings(found)
    running = {key: pod for key, pod in pods.present.items() if text_at(pod, "status", "phase") == "Running"}
    part = ObservedNamespaces(
        selection=selection, secrets=secrets, accounts=accounts, pods=replace(pods, present=running)
    )
    pending = {key: pod for key, pod in pods.present.items() if key not in running}
    inventory = Inventory(observed=part, pending=Observed(present=pending), siblings=siblings)
    return _with_referenced(request, cluster, inventory)


def _with_referenced(request: CheckRequest, cluster: Cluster, inventory: Inventory) -> Inventory:
    """Add the sources of copies, and what has the names that no pull secret has."""
    observed = inventory.observed
    sources = cluster.start(partial(_read_sources, cluster, observed))
    mirrors = cluster.start(partial(read_mirrors, cluster)) if needs_mirrors(observed) else None
    others = _read_others(request, cluster, observed)
    referenced = references_in(observed)
    generic = read_by_keys(cluster, Kind.SECRET, [key for key in others.present if key in referenced])
    tokens = read_token_accounts(cluster, observed)
    read = replace(inventory, others=others, generic=generic, sources=sources.result(), token_accounts=tokens)
    if mirrors is not None:
        found = mirrors.result()
        read = replace(read, mirrors=found.policies, node_credentials=found.node_credentials, mirror_notes=found.notes)
    return replace(read, cloud=_ask_ibm_cloud(request, read, cluster))


def key_lookup(sign_in: IbmSignIn | None, connection: ConnectionFlags) -> KeyLookup | None:
    """What asks IBM Cloud about API keys; None without --ibmcloud."""
    if sign_in is None:
        return None
    from pullsecret.ibmcloud.key_lookup import KeyLookup  # noqa: PLC0415  most runs do not contact IBM Cloud

    return KeyLookup(sign_in, connection)


def _ask_ibm_cloud(request: CheckRequest, inventory: Inventory, cluster: Cluster) -> CloudKnowledge | None:
    """Ask IBM Cloud about the API keys in the secrets to check; None without --ibmcloud.

    Raises:
        PullSecretError: no one is signed in, or IBM Cloud gives no answer.
    """
    lookup = request.lookup or key_lookup(request.sign_in, request.connection)
    if lookup is None:
        return None
    from pullsecret.model.ibmcloud.registry_keys import registry_keys_in  # noqa: PLC0415

    secrets = [item for (_, name), item in inventory.observed.secrets.present.items() if is_wanted(name, request.names)]
    secrets += [item for (_, name), item in inventory.siblings.present.items() if name in request.names]
    return lookup.ask([key for secret in secrets for key in registry_keys_in(secret)], cluster.trace)


def _without_siblings(found: Observed) -> tuple[Observed, Observed]:
    """The pull secrets, and the siblings among them."""
    siblings = {key: item for key, item in found.present.items() if is_sibling(item)}
    secrets = {key: item for key, item in found.present.items() if key not in siblings}
    return replace(found, present=secrets), Observed(present=siblings)


def _read_others(request: CheckRequest, cluster: Cluster, observed: ObservedNamespaces) -> Observed:
    """Read the names of secrets of other types, if a name is referenced that no pull secret has."""
    namespaces = observed.selection.usable
    named = {*references_in(observed), *((namespace, name) for namespace in namespaces for name in request.names)}
    if named <= set(observed.secrets.present):
        return Observed()
    return read_all_in(cluster, Kind.SECRET, namespaces, fields=OTHER_TYPES, metadata_only=True)


def _read_sources(cluster: Cluster, observed: ObservedNamespaces) -> Observed:
    """Read the sources of copies that are in none of the checked namespaces, and IBM Cloud's secret in `default`."""
    origins = [provenance_of(secret) for secret in observed.secrets.present.values()]
    keys = dict.fromkeys(key for origin in origins if origin and (key := origin.local_key))
    if any(name == ALL_ICR_IO for _, name in (*observed.secrets.present, *references_in(observed))):
        keys[SHARED_NAMESPACE, ALL_ICR_IO] = None
    return read_by_keys(cluster, Kind.SECRET, [key for key in keys if key[0] not in observed.selection.names])


def plan(request: CheckRequest, inventory: Inventory) -> CheckResult:
    """The findings by namespace: of its secrets, then of its service accounts, its copies and its pods."""
    found = tuple(
        finding
        for namespace in inventory.observed.selection.names
        for finding in _findings_in(namespace, request, inventory)
        if is_wanted(finding.secret_name, request.names)
    )
    return CheckResult(
        findings=found,
        objects=tuple(checked_objects(inventory, request.names)),
        notes=(*inventory.observed.notes, *_unseen_notes(inventory)),
        failures=_failures(request, inventory),
        scope=_scope(request, inventory),
    )


def _findings_in(namespace: str, request: CheckRequest, inventory: Inventory) -> Iterator[Finding]:
    observed = inventory.observed
    pods = observed.pods.in_namespace(namespace)
    circumstances = Circumstances(
        now=request.now,
        images={image for pod in pods for image in images_of(pod)},
        used_by_pods={name for pod in pods for name in pull_secret_names(pod)},
        needs_private=request.needs_private,
        cloud=inventory.cloud,
        accounts={**inventory.token_accounts.present, **observed.accounts.present},
    )
    pulled = images_by_secret(namespace, inventory) if inventory.cloud else {}
    for secret in sorted(observed.secrets.in_namespace(namespace), key=name_of):
        source = source_in_inventory(secret, inventory)
        is_same = source is not None and holds_same(secret, source)
        checked = CheckedSecret(
            secret=secret,
            circumstances=circumstances,
            source=source if is_same else None,
            shared=None if source else _good_shared(name_of(secret), circumstances, inventory),
            pulled_images=pulled.get(name_of(secret), ()),
        )
        found = (left_to_nodes(finding, secret) for finding in secret_findings(checked))
        yield from (left_to_owner(finding, secret, Field.DATA) for finding in found)
    subject = CheckedNamespace(
        namespace=namespace,
        inventory=inventory,
        names=request.names,
        needs_private=request.needs_private,
        now=request.now,
    )
    yield from (_left_to_owner(finding, subject) for finding in namespace_findings(subject))


def _left_to_owner(finding: Finding, subject: CheckedNamespace) -> Finding:
    kind, _, name = finding.subject.partition("/")
    if kind == "secret":
        return left_to_owner(finding, subject.secret(name) or {}, Field.DATA)
    if kind == "serviceaccount":
        account = subject.inventory.observed.accounts.present.get((subject.namespace, name), {})
        return left_to_owner(finding, account, Field.PULL_LIST)
    return finding


def _good_shared(name: str, circumstances: Circumstances, inventory: Inventory) -> Object | None:
    """IBM Cloud's secret in `default`, unless it has problems itself."""
    found = inventory.source((SHARED_NAMESPACE, name)) if name == ALL_ICR_IO else None
    if found is None or not is_source(found, circumstances.now):
        return None
    checked = CheckedSecret(secret=found, circumstances=replace(circumstances, images=(), used_by_pods=()))
    return None if any(secret_findings(checked)) else found


def _unseen_notes(inventory: Inventory) -> Iterator[str]:
    """What was not checked, because there is none or it may not be read."""
    if not inventory.observed.selection.names:
        yield NO_NAMESPACES
    for what, part in (("service accounts", inventory.observed.accounts), ("pods", inventory.observed.pods)):
        if part.unreadable:
            yield f"note: not allowed to list {what} {unreadable_place(part)}; references from them were not checked"
    for namespace in dict.fromkeys(namespace for namespace, _ in inventory.sources.unreadable):
        yield f"note: not allowed to read secrets in namespace {namespace}; copies of them were not compared"
    yield from inventory.mirror_notes
    yield from cloud_notes(inventory)


def cloud_notes(inventory: Inventory) -> Iterator[str]:
    """The account that IBM Cloud was asked as, and what it did not tell; nothing where it was not asked."""
    if inventory.cloud is not None:
        yield f"note: API keys were looked up in IBM Cloud as account {inventory.cloud.account}"
        yield from (f"note: {problem}" for problem in inventory.cloud.problems if not inventory.cloud.is_unknown)


def _failures(request: CheckRequest, inventory: Inventory) -> tuple[str, ...]:
    """What was requested and could not be read, in the server's words."""
    selection = inventory.observed.selection
    unreadable = [
        error.line for part in (inventory.observed.secrets, inventory.others) for error in part.unreadable.values()
    ]
    known = {
        name for _, name in (*inventory.observed.secrets.present, *inventory.others.present, *inventory.referenced_by)
    }
    unusable = [error.line for error in selection.failures]
    exact = () if unreadable or selection.is_unusable else tuple(name for name in request.names if not is_pattern(name))
    absent = [f'secrets "{name}" not found' for name in exact if name not in known]
    missing = [NotFoundError(message, code=404, reason="NotFound").line for message in absent]
    return tuple(dict.fromkeys((*unreadable, *unusable, *missing, *cloud_failures(inventory))))


def cloud_failures(inventory: Inventory) -> Iterator[str]:
    """Why IBM Cloud told nothing about any API key; nothing where it told something."""
    if inventory.cloud is not None and inventory.cloud.is_unknown:
        yield from (f"error: {problem}" for problem in inventory.cloud.problems)


def _scope(request: CheckRequest, inventory: Inventory) -> str:
    """How much was checked: `3 namespaces (12 pull secrets)`; what was found may be on other objects in them."""
    names = [name for _, name in inventory.observed.secrets.present]
    secrets = sum(1 for name in names if is_wanted(name, request.names))
    namespaces = len(inventory.observed.selection.usable)
    return f"{_counted(namespaces, 'namespace')} ({_counted(secrets, 'pull secret')})"


def _counted(number: int, noun: str) -> str:
    """A number with its noun: `1 namespace`, `2 namespaces`."""
    return f"{number or 'no'} {noun}" + ("" if number == 1 else "s")
