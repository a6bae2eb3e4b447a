"""API keys of an earlier run that was killed before a secret held them: they are found and, if confirmed, deleted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pullsecret.errors import CloudError, PullSecretError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.key_assignment import forgotten_keys, ibm_keys_in
from pullsecret.model.ibmcloud.key_commands import deletion_command
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.prepared import must_ask
from pullsecret.report.confirmation import ask
from pullsecret.report.streams import print_message
from pullsecret.system.terminal import is_terminal_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.key_assignment import KeyOwner
    from pullsecret.model.plan.observed import Observed
    from pullsecret.model.request.command_request import CommandRequest


def settle_forgotten_keys(
    request: CommandRequest,
    owner: KeyOwner,
    service_id: ServiceId,
    session: Session,
    read_secrets: Callable[[], Observed],
) -> None:
    """Look for such keys; delete them with --yes or after asking, else say how to. Without any, nothing is said.

    `read_secrets` reads every secret that may hold one.
    """
    identities = Identities.of(session)
    try:
        found = forgotten_keys(identities.api_keys(owner.iam_id), (), owner)
    except CloudError:
        return  # who may not list keys is told nothing about them
    left = _without_held(found, owner, session, read_secrets) if found else ()
    if left is None:
        _say("note: not all secrets could be read, so it is not known whether earlier runs left API keys")
        return
    # What is listed has no last use; the key itself has.
    unused = forgotten_keys(_with_activity(left, identities), (), owner)
    if not unused:
        return
    for key in unused:
        _say(f"warning: no secret holds API key {key.id} of service ID {service_id.shown}, which an earlier run made")
    if _is_confirmed(request):
        _delete_all(unused, identities)
    else:
        for key in unused:
            _say(f"note: to delete it, run: {deletion_command(key, service_id)}")


def _is_confirmed(request: CommandRequest) -> bool:
    if request.output.dry_run is not DryRun.NONE:
        return False
    return not must_ask(request) or (is_terminal_input(sys.stdin) and ask("Delete?"))


def _delete_all(keys: Sequence[ApiKey], identities: Identities) -> None:
    for key in keys:
        identities.delete_api_key(key.id)
        _say(f"note: API key {key.id} was deleted")


def _without_held(
    found: Sequence[ApiKey], owner: KeyOwner, session: Session, read_secrets: Callable[[], Observed]
) -> Sequence[ApiKey] | None:
    """Those that no secret holds; None if that cannot be known."""
    try:
        secrets = read_secrets()
    except PullSecretError:
        return None
    values = [value for secret in secrets.present.values() for value in ibm_keys_in(secret)]
    details = read_key_details(session, values).values()
    left = forgotten_keys(found, {each.key.id for each in details if each.key is not None}, owner)
    is_open = secrets.unreadable or any(each.problem for each in details)
    return None if left and is_open else left


def _with_activity(keys: Sequence[ApiKey], identities: Identities) -> tuple[ApiKey, ...]:
    read = (identities.api_key(key.id, has_activity=True) for key in keys)
    return tuple(key for key in read if key is not None)


def _say(line: str) -> None:
    print_message(Printable(line))
