"""What another command's command line asks for, read as that command reads it, without running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pullsecret.commands.app import values_of
from pullsecret.commands.flags import checked_patterns, single_name, split
from pullsecret.commands.flags.rotated_key import KeyFlags
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.openshift.puller import PULLER
from pullsecret.model.rbac.permission import When
from pullsecret.model.rbac.table import NEEDED
from pullsecret.model.rbac.usage import Usage
from pullsecret.model.request.command_request import Attachment, DryRun, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.copy_names import check_copy_name
from pullsecret.model.request.key_wish import KeyWish
from pullsecret.model.request.pullable import images_and_workloads
from pullsecret.model.request.rotation import RotationStep
from pullsecret.model.request.stream_tag import import_targets, parsed_stream_tag
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.token_wish import TokenWish
from pullsecret.model.request.workload_name import WorkloadName

Wanted = TypeVar("Wanted")
_PROJECT_SOURCES = frozenset({"copy", "sync"})
"""The commands on a Code Engine project that read their sources in a cluster."""

_PROGRAMS = (["kubectl", "pullsecret"], ["ibmcloud", "pullsecret"], ["kubectl-pullsecret"])


def usage_in(words: Sequence[str], program: str) -> tuple[Usage, ConnectionFlags]:
    """The use of a command in a command line, and its connection; the program's name may stand before the command.

    The namespace of the use is "": the connection's, where no target is named, is for the caller to find out.

    Raises:
        UsageError: there is no such command, it refuses its flags, or it contacts no cluster.
    """
    argv = next((words[len(head) :] for head in _PROGRAMS if list(words[: len(head)]) == head), words)
    command, values = values_of(argv, program)
    if command not in NEEDED or _is_offline(command, values):
        raise UsageError(f'"{printable(command)}" needs no permissions: it does not contact a cluster')
    in_project = bool(values.get("project"))
    if in_project and command not in _PROJECT_SOURCES:
        raise UsageError(
            f'"{printable(command)} --code-engine-project" needs no permissions: it does not contact a cluster'
        )
    targets = _targets(command, values)
    token = _value(values, TokenWish)
    usage = Usage(
        command=command,
        names=_names(command, values),
        targets=targets,
        attachment=_value(values, Attachment),
        name_template=str(values.get("name", "")) if command == "copy" and not in_project else "",
        in_project=in_project,
        accounts=_accounts(command, values),
        is_global=bool(values.get("is_global")),
        named_workloads=_named_workloads(command, values),
        has_known_names=not values.get("append_hash"),
        sources=(SHARED_NAMESPACE, *_sources(values)) if command == "sync" else _sources(values),
        canary=str(values.get("canary") or ""),
        is_source_elsewhere=bool(
            values.get("from_context") or values.get("from_kubeconfig") or (token and token.from_context)
        ),
        token_account=(token.account or PULLER) if token else "",
        given=frozenset(condition for condition, holds in _conditions(values).items() if holds),
        is_reading=(_value(values, Output) or Output()).dry_run is DryRun.CLIENT or values.get("dry_run") == "client",
    )
    check_copy_name(usage.name_template, usage.names)
    return usage, _value(values, ConnectionFlags) or ConnectionFlags()


def _is_offline(command: str, values: Mapping[str, object]) -> bool:
    """Whether the flags keep a command from contacting a cluster."""
    targets, connection = _value(values, Targets) or Targets(), _value(values, ConnectionFlags) or ConnectionFlags()
    is_asked = targets.is_given or targets.contexts.is_given or connection.names_cluster
    in_files = command == "check" and bool(values.get("from_file"))
    return bool(values.get("offline") or values.get("explain")) or (in_files and not is_asked)


def _targets(command: str, values: Mapping[str, object]) -> Targets:
    targets = _value(values, Targets) or Targets()
    return import_targets(parsed_stream_tag(str(values["tag"])), targets) if command == "import" else targets


def _value(values: Mapping[str, object], kind: type[Wanted]) -> Wanted | None:
    """What a group of flags made."""
    return next((value for value in values.values() if isinstance(value, kind)), None)


def _names(command: str, values: Mapping[str, object]) -> tuple[str, ...]:
    given = values.get("names")
    names = [str(name) for name in given] if isinstance(given, list) else []
    if values.get("is_global") and command != "copy":
        return ()
    if command == "create":
        return (single_name(names[-1:]),)  # after the words of `kubectl create secret docker-registry`
    if command == "entitled":
        return (str(values["name"]),)
    if command in ("doctor", "can-pull"):
        return ()
    return checked_patterns(names or None) or ((ALL_ICR_IO,) if command == "copy" else ())


def _sources(values: Mapping[str, object]) -> tuple[str, ...]:
    if token := _value(values, TokenWish):
        return (token.project,)
    given = values.get("from_namespace") or values.get("sources") or ()
    return tuple(map(str, given)) if isinstance(given, list | tuple) else (str(given),)


def _accounts(command: str, values: Mapping[str, object]) -> tuple[str, ...]:
    given = values.get("serviceaccount")
    if command == "can-pull":
        is_default = not (_named_workloads(command, values) or values.get("filename"))
        return (str(given or "default"),) if is_default else ()
    return split(given) if command == "allow-pull" and isinstance(given, list) else ()


def _named_workloads(command: str, values: Mapping[str, object]) -> tuple[WorkloadName, ...]:
    given = values.get("names")
    is_typed = command == "can-pull" and isinstance(given, list)
    return images_and_workloads(split(given))[1] if is_typed and isinstance(given, list) else ()


def _ends_key(flags: KeyFlags | None) -> bool:
    return flags is not None and (flags.disable is not None or flags.delete is not None)


def _conditions(values: Mapping[str, object]) -> Mapping[When, object]:
    """The conditions that flags of single commands meet."""
    policy = _value(values, ReplacePolicy)
    step = _value(values, RotationStep)
    token = _value(values, TokenWish)
    is_renewal = bool(values.get("ibm_cluster"))
    return {
        When.ROTATE: step is RotationStep.ROTATE and not is_renewal,
        When.ROTATE_OR_UNDO: step in (RotationStep.ROTATE, RotationStep.UNDO) and not is_renewal,
        When.CREDENTIAL: not is_renewal,
        When.RENEW: is_renewal,
        When.UNDO: step is RotationStep.UNDO,
        When.FINISH: step is RotationStep.FINISH,
        When.RECREATE: policy.recreate if policy else values.get("recreate"),
        When.FIX: values.get("fix"),
        When.RECREATE_PODS: values.get("fix") and values.get("recreate_pods"),
        When.FROM: values.get("sources"),
        When.PROBE: values.get("probe"),
        When.IN_CLUSTER: values.get("in_cluster"),
        When.NOT_IN_CLUSTER: not values.get("in_cluster"),
        When.PRUNE: values.get("prune"),
        When.UNUSED: values.get("unused"),
        When.STALE: values.get("stale"),
        When.UNLESS_IN_USE: not values.get("in_use"),
        When.SERVICE_ID: _value(values, KeyWish) or _value(values, KeyFlags) not in (None, KeyFlags()),
        When.INTERNAL_REGISTRY: token,
        When.PULLER: token and not token.account,
        When.ALLOW: not values.get("revoke"),
        When.REVOKE: values.get("revoke"),
        When.NAMED_ACCOUNTS: values.get("serviceaccount"),
        When.KEY_END: _ends_key(_value(values, KeyFlags)),
    }
