"""Describe pull secrets: what `list` and `check` know of them, their copies in the whole cluster, and who uses them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions import check
from pullsecret.actions.list import row_of
from pullsecret.cluster.build_reads import read_build_users
from pullsecret.cluster.bulk_read import read_all_pull_secrets
from pullsecret.cluster.image_grants import read_grants
from pullsecret.cluster.secret_references import read_users
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.check.described_keys import described_keys
from pullsecret.model.check.description import DescribedCopy, Description, Descriptions
from pullsecret.model.check.origin_standing import origin_standing
from pullsecret.model.objects.generated_secrets import account_of_generated, is_written_by_openshift
from pullsecret.model.objects.objects import Kind, name_of, namespace_of
from pullsecret.model.objects.pullsecret import holds_same
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.openshift.image_grants import grants_in
from pullsecret.model.owners.find_owner import field_owner
from pullsecret.model.owners.owner import Fate, Field
from pullsecret.model.plan.copies import Doubt, claims_among, copies_through
from pullsecret.model.plan.observed import Observed, in_namespaces
from pullsecret.model.plan.references import References, known_references, with_uses
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.model.results.copy_standing import CopyStanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.errors import PullSecretError
    from pullsecret.ibmcloud.key_lookup import KeyLookup
    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_grants import ImageGrant
    from pullsecret.model.plan.copies import Claims, Copies
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.request.ibm_sign_in import IbmSignIn

_COPY_STATES = {Doubt.RECREATED: CopyStanding.RECREATED, Doubt.FORGED: CopyStanding.FORGED}


@dataclass(frozen=True, kw_only=True)
class DescribeRequest(CommandRequest):
    """The names or patterns of the secrets to describe, and the time that dates are compared with.

    With `sign_in`, IBM Cloud is asked about the API keys in them, by `lookup` if there is one already.
    """

    names: tuple[str, ...]
    sign_in: IbmSignIn | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    lookup: KeyLookup | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> DescribeRequest:
        """The request with what asks IBM Cloud, once for all clusters."""
        return replace(self, lookup=check.key_lookup(self.sign_in, self.connection))

    @property
    def reads_stdin(self) -> bool:
        """Whether the API key to sign in to IBM Cloud with comes from standard input."""
        return self.checking.reads_stdin

    @property
    def checking(self) -> check.CheckRequest:
        """What `check` would be asked about the same secrets."""
        return check.CheckRequest(
            names=self.names,
            sign_in=self.sign_in,
            lookup=self.lookup,
            now=self.now,
            targets=self.targets,
            output=self.output,
            connection=self.connection,
        )


@dataclass(frozen=True, kw_only=True)
class DescribedNamespaces:
    """What `check` reads of the namespaces, who uses their secrets, and the pull secrets of the cluster.

    `bindings` are those of allow-pull, None if they may not be listed.
    """

    inventory: Inventory
    references: References
    everywhere: Observed = field(repr=False)
    bindings: tuple[Object, ...] | None = field(default=(), repr=False)


def observe(request: DescribeRequest, cluster: Cluster) -> DescribedNamespaces:
    """Read what `check` reads, the templates of workloads, and where copies of the secrets may be."""
    namespaces = TargetNamespaces(cluster, request.targets)
    templates = {kind: namespaces.start(partial(read_users, cluster, kind)) for kind in POD_SPECS}
    everywhere = None if request.targets.every else cluster.start(partial(read_all_pull_secrets, cluster))
    inventory = check.read_inventory(request.checking, cluster, namespaces)
    observed = inventory.observed
    return DescribedNamespaces(
        inventory=inventory,
        references=known_references(
            {
                **{kind: read.result() for kind, read in templates.items()},
                Kind.POD: _pods(inventory),
                Kind.BUILD_CONFIG: read_build_users(cluster, observed.accounts),
            },
            observed.accounts,
        ),
        everywhere=observed.secrets if everywhere is None else everywhere.result(),
        bindings=read_grants(cluster, observed.selection.usable, _wanted(request, inventory)),
    )


def _pods(inventory: Inventory) -> Observed:
    """The pods that have not ended, as they are kept for who uses secrets."""
    running = inventory.observed.pods
    pods = {**running.present, **inventory.pending.present}
    return replace(running, present={key: with_uses(Kind.POD, pod) for key, pod in pods.items()})


def plan(request: DescribeRequest, seen: DescribedNamespaces) -> Descriptions:
    """Describe each secret, by namespace and name; an error for each name that no pull secret has."""
    checked = check.plan(request.checking, seen.inventory)
    findings: dict[Key, list[Finding]] = {}
    for finding in checked.findings:
        findings.setdefault((finding.namespace, finding.secret_name), []).append(finding)
    claims = claims_among({**seen.inventory.observed.secrets.present, **seen.everywhere.present}.values())
    secrets = tuple(_wanted(request, seen.inventory))
    items = tuple(
        replace(
            _description(secret, seen, claims, findings),
            api_keys=described_keys(secret, seen.inventory.cloud, request.now),
        )
        for secret in secrets
    )
    failures = (
        *_unreadable(seen.inventory),
        *check.cloud_failures(seen.inventory),
        *(error.line for error in _not_found(request, secrets, seen.inventory)),
    )
    return Descriptions(items=items, notes=tuple(_notes(request, seen)), failures=tuple(dict.fromkeys(failures)))


def _wanted(request: DescribeRequest, inventory: Inventory) -> Iterator[Object]:
    """The secrets asked for; siblings only by their names."""
    named = {key: item for key, item in inventory.siblings.present.items() if key[1] in request.names}
    for (_, name), secret in sorted({**inventory.observed.secrets.present, **named}.items(), key=lambda item: item[0]):
        if is_wanted(name, request.names):
            yield secret


def _description(
    secret: Object, seen: DescribedNamespaces, claims: Claims, findings: Mapping[Key, Sequence[Finding]]
) -> Description:
    key = (namespace_of(secret), name_of(secret))
    return Description(
        row=row_of(secret, seen.references.accounts.get(key, ())),
        origin=origin_standing(secret, seen.inventory, seen.everywhere.present),
        prediction=_prediction(secret),
        copies=tuple(_copies(secret, copies_through(secret, claims))),
        users=seen.references.workloads.get(key, ()),
        is_all_known=seen.references.is_known(key[0]),
        findings=tuple(findings.get(key, ())),
        images_of=_images_of(secret, seen.bindings),
    )


def _images_of(secret: Object, bindings: Sequence[Object] | None) -> tuple[ImageGrant, ...] | None:
    """What allow-pull lets the service account of a generated secret pull; None if that is not known."""
    if not is_written_by_openshift(secret) or bindings is None:
        return None if is_written_by_openshift(secret) else ()
    place, account = namespace_of(secret), account_of_generated(secret)
    return tuple(grant for grant in grants_in(bindings, {place}) if grant.has(place, account))


def _copies(source: Object, copies: Copies) -> Iterator[DescribedCopy]:
    states = [
        (copy, CopyStanding.CURRENT if holds_same(copy, source) else CopyStanding.STALE) for copy in copies.proven
    ]
    states += [(copy.secret, _COPY_STATES[copy.doubt]) for copy in copies.unproven]
    for copy, state in sorted(states, key=lambda item: (namespace_of(item[0]), name_of(item[0]))):
        yield DescribedCopy(namespace=namespace_of(copy), name=name_of(copy), state=state)


def _prediction(secret: Object) -> str:
    """What the owner's next run does to a write, and where to make it instead."""
    owner = field_owner(secret, Field.DATA)
    return f"{owner.prediction}; {owner.advice}" if owner and owner.fate is not Fate.UNKNOWN else ""


def _notes(request: DescribeRequest, seen: DescribedNamespaces) -> Iterator[str]:
    inventory = seen.inventory
    yield from inventory.observed.notes
    if not inventory.observed.selection.names:
        yield NO_NAMESPACES
    if unknown := seen.references.unreadable:
        place = in_namespaces(unknown)
        yield f"note: not allowed to list all service accounts, pods and workloads {place}; more may use the secrets"
    if seen.everywhere.unreadable and not request.targets.every:
        yield "note: not allowed to list secrets in all namespaces; copies in other namespaces are not shown"
    yield from check.cloud_notes(inventory)


def _unreadable(inventory: Inventory) -> tuple[str, ...]:
    reads = (inventory.observed.secrets, inventory.others)
    errors = (*inventory.observed.selection.failures, *(error for read in reads for error in read.unreadable.values()))
    return tuple(error.line for error in errors)


def _not_found(request: DescribeRequest, secrets: Iterable[Object], inventory: Inventory) -> Iterator[PullSecretError]:
    """An error for each name that is not a pattern and that no pull secret has, where all secrets could be read."""
    observed = inventory.observed
    is_unknown = observed.secrets.unreadable or inventory.others.unreadable or observed.selection.is_unusable
    found = {name_of(secret) for secret in secrets}
    for name in (name for name in request.names if not is_pattern(name) and name not in found):
        others = [namespace for namespace, other in inventory.others.present if other == name]
        for namespace in others:
            yield RefusedError(f'secrets "{name}" in namespace {namespace} is not a pull secret')
        if not others and not is_unknown:
            yield NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound")
