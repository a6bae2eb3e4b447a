"""API keys of an earlier run that was killed before a secret held them: they are found and, if confirmed, deleted."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.errors import CloudError, PullSecretError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.key_assignment import forgotten_keys, ibm_keys_in, is_certainly_forgotten
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

    One that another run may have made just now is never deleted.
    `read_secrets` reads every secret that may hold one.
    """
    identities = Identities.of(session)
    try:
        found = forgotten_keys(identities.api_keys(owner.iam_id), (), owner)
    except CloudError:
        return  # nothing is reported to a user who may not list keys
    held, is_complete = _read_held(session, read_secrets) if found else (frozenset(), True)
    left = forgotten_keys(found, held, owner)
    if not is_complete:
        for key in left:
            _say(f"note: not all secrets could be read, so it is not known whether one has API key {key.id}")
        return
    # What is listed has no last use; the key itself has.
    unused = forgotten_keys(_with_activity(left, identities), (), owner)
    for key in unused:
        _say(f"warning: no secret holds API key {key.id} of service ID {service_id.shown}, which an earlier run made")
    certain = [key for key in unused if is_certainly_forgotten(key, datetime.now(UTC))]
    ended = _delete_each(certain, identities) if certain and _is_confirmed(request) else frozenset()
    for key in unused:
        if key.id not in ended:
            when = "to delete it" if key in certain else "to delete it unless another run is still going on"
            _say(f"note: {when}, run: {deletion_command(key, service_id)}")


def _is_confirmed(request: CommandRequest) -> bool:
    if request.output.dry_run is not DryRun.NONE:
        return False
    return not must_ask(request) or (is_terminal_input(sys.stdin) and ask("Delete?"))


def _delete_each(keys: Sequence[ApiKey], identities: Identities) -> frozenset[str]:
    """Delete keys, and return the IDs of those that are gone."""
    ended = set()
    for key in keys:
        try:
            identities.delete_api_key(key.id)
        except CloudError as error:
            _say(f"warning: API key {key.id} could not be deleted: {error.message}")
        else:
            ended.add(key.id)
            _say(f"note: API key {key.id} was deleted")
    return frozenset(ended)


def _read_held(session: Session, read_secrets: Callable[[], Observed]) -> tuple[frozenset[str], bool]:
    """The IDs of the keys that secrets hold, and whether these are all."""
    try:
        secrets = read_secrets()
    except PullSecretError:
        return frozenset(), False
    values = [value for secret in secrets.present.values() for value in ibm_keys_in(secret)]
    details = read_key_details(session, values).values()
    is_complete = not (secrets.unreadable or any(each.problem for each in details))
    return frozenset(each.key.id for each in details if each.key is not None), is_complete


def _with_activity(keys: Sequence[ApiKey], identities: Identities) -> tuple[ApiKey, ...]:
    """The keys that still exist, with their last use if that may be read."""
    found = []
    for key in keys:
        try:
            found.append(identities.api_key(key.id, has_activity=True))
        except CloudError:
            found.append(key)
    return tuple(key for key in found if key is not None)


def _say(line: str) -> None:
    print_message(Printable(line))
