"""PS401 to PS408: tokens that expire, and what IBM Cloud has retired.

Only the dates in a token are read, and messages repeat nothing of it but the date. Source: IBM Cloud documentation,
Kubernetes Service: "Understanding how to authorize your cluster to pull images" (bluemix-default-secret, and its copies
in other namespaces).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SECRET_ADVICE, detached_and_deleted, recreated_secret
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.check.token_fixes import renewed_token
from pullsecret.model.go.printable import printable
from pullsecret.model.images.credential_problem import host_of
from pullsecret.model.images.icr import is_retired_host, successor_of
from pullsecret.model.images.internal_registry import INTERNAL_HOSTS
from pullsecret.model.images.temporary_logins import TemporaryLogin, temporary_login
from pullsecret.model.images.token_dates import bound_secret, dates_in, is_bound_token
from pullsecret.model.objects.generated_secrets import is_account_token, is_written_by_openshift
from pullsecret.model.objects.objects import text_at
from pullsecret.model.objects.pullsecret import last_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.secret import CheckedSecret
    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

SOON = timedelta(days=7)
ROBOT_LIFE = timedelta(days=30)
"""How long robot accounts of Harbor are valid by default (goharbor/harbor: robot_token_duration)."""
LONG_LIVED = timedelta(days=2)
"""A token that is valid for less is renewed by something: it is reported only when it has expired."""

_TOKEN_SECRET = re.compile(
    r"bluemix-default-secret(?:-regional|-international)?|bluemix-.+-secret-(?:regional|international)"
)


def is_token_secret(subject: CheckedSecret) -> bool:
    """Whether a secret has a name of those that held registry tokens; nothing else is worth saying of one."""
    return bool(_TOKEN_SECRET.fullmatch(subject.secret_name)) and not subject.circumstances.is_new


def _expired(subject: CheckedSecret) -> Iterator[Match]:
    now = subject.circumstances.now
    written = None if subject.circumstances.is_new else last_written(subject.secret)
    for entry in subject.content.registries.entries:
        _, expires = dates_in(entry.password)
        login = _temporary_login(entry)
        valid_for = login and login.valid_for
        if expires and expires <= now:
            yield _of(entry, f"the password is a token that expired on {expires:%Y-%m-%d at %H:%M} UTC")
        elif valid_for and not expires and written and now - written > valid_for:
            token = f'the token of username "{entry.username}"'
            yield _of(entry, f"{token} is valid for {_spoken(valid_for)} and was written earlier than that")


def _expiring(subject: CheckedSecret) -> Iterator[Match]:
    now = subject.circumstances.now
    for entry in subject.content.registries.entries:
        issued, expires = dates_in(entry.password)
        life = expires - (issued or now) if expires else LONG_LIVED
        window = min(SOON, life / 2) if issued else SOON
        if expires and now < expires < now + window and life > LONG_LIVED:
            yield _of(entry, f"the password is a token that expires on {expires:%Y-%m-%d at %H:%M} UTC")


def _short_lived(subject: CheckedSecret) -> Iterator[Match]:
    """A token of a cloud provider or a CI job that is about to be written into a secret, where nothing renews it."""
    for entry in subject.content.registries.entries if subject.circumstances.is_new else ():
        login = _temporary_login(entry)
        if login and login.valid_for:
            yield _of(entry, f"the password is a token that expires within {_spoken(login.valid_for)}")
        elif login:
            yield _of(entry, f"the password is a token that ends with its CI job; {login.instead}")


def _of_job(subject: CheckedSecret) -> Iterator[Match]:
    """The token of a CI job in an existing secret: the job that it belonged to has ended, or will within hours."""
    for entry in () if subject.circumstances.is_new else subject.content.registries.entries:
        login = _temporary_login(entry)
        if login and not login.valid_for:
            yield _of(entry, f"the password is the token of a CI job, which ends with the job; {login.instead}")


def _old_robot(subject: CheckedSecret) -> Iterator[Match]:
    written = None if subject.circumstances.is_new else last_written(subject.secret)
    for entry in subject.content.registries.entries:
        is_robot = entry.username.startswith("robot$") and not dates_in(entry.password)[1]
        if is_robot and written and subject.circumstances.now - written > ROBOT_LIFE:
            yield _of(entry, f"robot accounts of Harbor expire after {ROBOT_LIFE.days} days by default; this is older")


def _copied_token(subject: CheckedSecret) -> Iterator[Match]:
    """The token of an OpenShift service account in a secret that is not that account's own."""
    if is_account_token(subject.secret) and subject.circumstances.is_new:
        yield Match(message="holds the token of an OpenShift service account, which a copy does not renew")
        return
    for entry in subject.content.registries.entries:
        if _is_copied_token(entry, subject.secret):
            yield _of(entry, "the password is the token of an OpenShift service account, which a copy does not renew")


def _is_copied_token(entry: RegistryEntry, secret: Object) -> bool:
    """Whether an entry's token belongs to another secret, which its claims name, whatever marks were copied along."""
    own, bound = text_at(secret, "metadata", "uid"), bound_secret(entry.password).get("uid")
    if own and bound:
        return own != bound
    return _is_bound_token(entry) and not is_written_by_openshift(secret)


def _is_bound_token(entry: RegistryEntry) -> bool:
    return is_bound_token(entry.password) or (
        entry.username == "<token>" and bool(INTERNAL_HOSTS.fullmatch(host_of(entry)))
    )


def _role_instead(subject: CheckedSecret, _match: Match) -> str:
    project = printable(subject.namespace) or "PROJECT"
    return (
        "delete the copy: service accounts have a token of their own; for images of another project, its administrator "
        f"can allow the pulls: allow-pull --from PROJECT -n {project}"
    )


def _temporary_login(entry: RegistryEntry) -> TemporaryLogin | None:
    return temporary_login(host_of(entry), entry.username, entry.password)


def _retired(subject: CheckedSecret) -> Iterator[Match]:
    """A key for a host that is gone; its credentials cannot move with it, because tokens are gone, too."""
    for entry in subject.content.registries.entries:
        host = host_of(entry)
        if is_retired_host(host):
            yield _of(entry, f"this registry is retired; its images are at {successor_of(host) or 'an icr.io host'}")


def _retired_tokens(subject: CheckedSecret) -> Iterator[Match]:
    if is_token_secret(subject):
        yield Match(message="was created for registry tokens, which ended in August 2021")


def _of(entry: RegistryEntry, message: str) -> Match:
    return Match(message=message, keys=(entry.server,))


def _spoken(duration: timedelta) -> str:
    """A few hours in words."""
    hours = round(duration / timedelta(hours=1))
    return "one hour" if hours == 1 else f"{hours} hours"


EXPIRY_RULES: tuple[Rule[CheckedSecret], ...] = (
    Rule(
        code="PS401",
        severity=Severity.ERROR,
        title="Expired token",
        explanation=(
            "The password is a token that is past its own expiry date, or a cloud provider's token that was written "
            "longer ago than such tokens are valid. Whatever renews it has stopped, or nothing does."
        ),
        condition=_expired,
        fix=renewed_token,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS402",
        severity=Severity.WARNING,
        title="Token expires soon",
        explanation=(
            "Its own expiry date is less than seven days away, and more than half of its life is over. Tokens that are "
            "valid for two days at most are not reported: they are renewed all the time."
        ),
        condition=_expiring,
        fix=renewed_token,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS403",
        severity=Severity.WARNING,
        title="Short-lived token",
        explanation=(
            "The registries of Amazon, Google and Microsoft issue tokens that are valid for hours, and a CI job's "
            "token ends with the job; the new secret works for that long. Use the provider's credential helper on the "
            "nodes, something that renews the token, or a deploy token. Reported only when a secret is created."
        ),
        condition=_short_lived,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS404",
        severity=Severity.ERROR,
        title="Retired registry",
        explanation=(
            "The registry.*.bluemix.net hosts no longer exist. Their images are at `icr.io` hosts, under the same "
            "names after the host; pods must use the new host, and API keys replace the tokens."
        ),
        condition=_retired,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS405",
        severity=Severity.WARNING,
        title="Secret for retired registry tokens",
        explanation=(
            "IBM Cloud created `bluemix-default-secret` and its regional and international variants before API keys. "
            "Their tokens no longer work anywhere."
        ),
        condition=_retired_tokens,
        fix=detached_and_deleted,
    ),
    Rule(
        code="PS406",
        severity=Severity.ERROR,
        title="Token of a CI job",
        explanation=(
            "Username `gitlab-ci-token` and passwords that begin with `glcbt-` or `ghs_` belong to one CI job. After "
            "the job, nodes that do not have the image yet are rejected. Use a deploy token with the scope "
            "read_registry (GitLab), or a personal access token (classic) with read:packages (GitHub)."
        ),
        condition=_of_job,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS407",
        severity=Severity.INFO,
        title="Robot account that may have expired",
        explanation=(
            "Harbor's robot accounts expire after 30 days unless they were created with another duration, and the "
            "secret does not say which. The data of this secret is older than that. Look the robot account up in "
            "Harbor; `verify` asks the registry."
        ),
        condition=_old_robot,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS408",
        severity=Severity.ERROR,
        title="Copied token of an OpenShift service account",
        explanation=(
            "OpenShift binds these tokens to the secret that it created for a service account: a copy stops working "
            "within the hour, and at once when the original is deleted. A token names the secret that it is bound to, "
            "so that a copy is found with all its labels, annotations and owners. To pull images of another project, "
            "its administrator runs `allow-pull`, which gives the service accounts the role system:image-puller there "
            "(OpenShift documentation: Allowing pods to reference images across projects). For clients outside the "
            "cluster, `create --internal-registry` makes a token that lasts."
        ),
        condition=_copied_token,
        fix=_role_instead,
    ),
)
