"""How to renew the token of a service account in a pull secret."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.fix_commands import at_source, recreated_secret, replacing
from pullsecret.model.objects.objects import Object, name_of
from pullsecret.model.openshift.account_tokens import owner_in, token_owner
from pullsecret.model.openshift.puller import PULLER
from pullsecret.model.request.suggested_command import Flag, Name, pullsecret

if TYPE_CHECKING:
    from pullsecret.model.check.rule import FixOrAdvice, Match
    from pullsecret.model.check.secret import CheckedSecret
    from pullsecret.model.openshift.account_tokens import TokenOwner
    from pullsecret.model.request.suggested_command import SuggestedCommand

RENEWAL_WORDS: Final = "run the `create --internal-registry` that created it again, which renews the token"


def renewed_token(subject: CheckedSecret, match: Match) -> FixOrAdvice:
    """The command that renews the token of this program's account; the fix of any secret where it has no such token.

    A token says itself whose it is, and anyone can write that. The uid in it is known to those only who had a token of
    the account or may read it: without the same one in the cluster there is no command, because it would put a token
    for another project into the namespace of the user who wrote this one.
    """
    owner = _owner_of_all(subject)
    if owner is None or subject.file is not None:
        return recreated_secret(subject, match)
    account = subject.circumstances.accounts.get((owner.namespace, owner.name))
    if owner.name != PULLER or account is None or token_owner(account) != owner:
        return RENEWAL_WORDS
    return at_source(subject, partial(_created_again, owner))


def _owner_of_all(subject: CheckedSecret) -> TokenOwner | None:
    """The account whose one token is all that a secret has; None for any other secret."""
    entries = subject.content.registries.entries
    owners = {owner_in(entry.password) for entry in entries}
    is_one = len({(entry.username, entry.password) for entry in entries}) == 1
    return owners.pop() if is_one else None


def _created_again(owner: TokenOwner, secret: Object) -> SuggestedCommand:
    project = Flag("--from", owner.namespace)
    return pullsecret("create", Name(name_of(secret)), Flag("--internal-registry"), project, *replacing(secret))
