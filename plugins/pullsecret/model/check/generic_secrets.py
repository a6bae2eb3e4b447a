"""Secrets that are not pull secrets and contain nothing but a login file: `kubectl create secret generic`.

What is there is never replaced: the same content goes into a pull secret of another name, which takes its place in the
lists of service accounts.
"""

from __future__ import annotations

import base64
from itertools import count
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import reading_data
from pullsecret.model.check.secret_rules import is_source
from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.login_file import problems_of, with_auths
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of, subdomain_problem
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.request.suggested_command import Flag, Name, pullsecret

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pullsecret.model.request.suggested_command import SuggestedCommand


def as_pull_secret(secret: Object, now: datetime) -> Object | None:
    """A pull secret with the login file that is all that a secret contains; None where it has more, or problems."""
    contents = list(mapping_at(secret, "data").values())
    if len(contents) != 1 or not isinstance(contents[0], str):
        return None
    try:
        data = with_auths(base64.b64decode(go_bytes(contents[0]), validate=True))
    except ValueError:
        return None
    found = built(name_of(secret), data)
    return None if problems_of(data) or not is_source(found, now) else found


def free_name_beside(secret: Object, is_free: Callable[[str], bool]) -> str:
    """The name of the pull secret that is created from another secret; "" where every such name is too long."""
    names = (f"{name_of(secret)}-pull{number or ''}" for number in count())
    name = next(name for name in names if subdomain_problem(name) or is_free(name))
    return "" if subdomain_problem(name) else name


def recreated_beside(secret: Object, name: str, accounts: Sequence[str]) -> SuggestedCommand:
    """The command that creates the pull secret `name` of the same content, for the accounts that list the secret."""
    (key,) = mapping_at(secret, "data")
    place = Flag("-n", namespace_of(secret))
    to = [Flag("--serviceaccount", account) for account in accounts]
    creating = pullsecret("create", Name(name), Flag("--from-file", "/dev/stdin"), *to, place)
    made = reading_data(secret, key.replace(".", "\\.")).into(creating)
    return made.then(pullsecret("detach", Name(name_of(secret)), *to, place)) if accounts else made
