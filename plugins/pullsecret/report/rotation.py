"""What a rotation is about to change, and who still holds what it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.plan.revocation import revocation_of
from pullsecret.model.request.suggested_command import CommandStyle, typed
from pullsecret.report.conclusion import Conclusion
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.plan.credential_holders import Holder, Remaining
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.request.command_request import CommandRequest

_SHOWN = 10
"""So many namespaces are listed; more are counted, unless all names are asked for."""


def report_scope(rotations: Sequence[Rotation], changed: Sequence[Key]) -> None:
    """Print what will be changed, before the prompt: each source with its credential, then the namespaces."""
    for rotation in rotations:
        namespace, name = rotation.place
        what = f"secret/{name} in namespace {namespace}: username {rotation.before.shown_username}"
        after = rotation.after.shown_username
        becomes = f" becomes {after}" if after != rotation.before.shown_username else _password_of(rotation)
        hosts = Printable.listed(map(shown_key, sorted(rotation.hosts)))
        print_message(Printable.of(what, becomes, ", for ", hosts))
    namespaces = list(dict.fromkeys(namespace for namespace, _ in changed))
    names = _names(namespaces, is_all=False)
    print_message(Printable.of(f"{len(changed)} cop{'ies' if len(changed) != 1 else 'y'} in namespaces ", names))


def _password_of(rotation: Rotation) -> str:
    return ", previous password" if rotation.is_undo else ", new password"


def stop_line(reason: str) -> Printable:
    """Why a rotation has stopped, and how it goes on."""
    return Printable(f"error: {reason}; run the same command again to go on, or with --undo to go back")


def concluded(
    rotations: Sequence[Rotation], remaining: Sequence[Remaining], request: CommandRequest, stopped: str = ""
) -> Conclusion:
    """Who still holds each credential that was replaced; how it is revoked, for the case that none does."""
    lines = [stop_line(stopped)] if stopped else []
    last: list[Printable] = []
    for left in remaining:
        is_undo = any(rotation.is_undo for rotation in rotations if rotation.before == left.credential)
        subject = f"the {'new' if is_undo else 'old'} credential of username {left.credential.shown_username}"
        lines += _remaining_lines(left, subject, request)
        last.append(_revocation_line(left, rotations, subject, request))
    is_clear = not stopped and all(left.is_complete and not left.holders for left in remaining)
    return Conclusion(lines=tuple(lines), last=tuple(last), is_clear=is_clear, is_failure=bool(stopped))


def _remaining_lines(left: Remaining, subject: str, request: CommandRequest) -> list[Printable]:
    is_all = request.connection.verbosity > 0 or request.output.is_document
    unread = () if left.is_complete else left.unread
    elsewhere = (f"warning: {subject} may be held elsewhere: {reason}; do not revoke it yet" for reason in unread)
    return [*_holder_lines(left.holders, subject, is_all=is_all), *map(Printable, elsewhere)]


def _holder_lines(holders: Sequence[Holder], subject: str, *, is_all: bool) -> list[Printable]:
    """A line for each kind of holder and name, with its namespaces."""
    groups: dict[tuple[str, str, str], list[Holder]] = {}
    for holder in holders:
        advice = holder.advice.replace(f"-n {holder.namespace}", "-n NAMESPACE")
        groups.setdefault((holder.name, holder.reason, advice), []).append(holder)
    return [_group_line(group, subject, is_all=is_all) for group in groups.values()]


def _group_line(group: Sequence[Holder], subject: str, *, is_all: bool) -> Printable:
    first = group[0]
    advice = first.advice if len(group) == 1 else first.advice.replace(f"-n {first.namespace}", "-n NAMESPACE")
    plural = "s" if len(group) > 1 else ""
    names = _names([holder.namespace for holder in group], is_all=is_all)
    verb = "still hold" if plural else "still holds"
    what = f"warning: secret/{first.name} in namespace{plural} "
    tail = f" ({first.reason}) {verb} {subject}; {advice or 'change it there'}"
    return Printable.of(what, names, tail)


def _revocation_line(
    left: Remaining, rotations: Sequence[Rotation], subject: str, request: CommandRequest
) -> Printable:
    """How to revoke a credential that no secret holds any more."""
    hosts = frozenset[str]().union(*(rotation.hosts for rotation in rotations if rotation.before == left.credential))
    found = revocation_of(left.credential, hosts)
    style = CommandStyle(connection=request.connection)
    ways = [f"`{typed(each, style)}`" for each in found.commands] or [found.advice]
    where = "in these clusters" if request.output.spans_contexts else "in this cluster"
    return Printable(f"note: no secret {where} holds {subject} anymore; to revoke it: {' or '.join(ways)}")


def _names(namespaces: Sequence[str], *, is_all: bool) -> Printable:
    shown = namespaces if is_all else namespaces[:_SHOWN]
    more = len(namespaces) - len(shown)
    return Printable.of(Printable.listed(shown), f" and {more} more" if more else "")
