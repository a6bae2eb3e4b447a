"""PS301 to PS309: credentials that are known to be wrong before anyone tries them.

Most are warnings, as new forms may appear; what is wrong is in images/credential_problem.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SECRET_ADVICE, recreated_secret
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.check.secret import of_content
from pullsecret.model.images.credential_problem import CredentialFault, credential_problem
from pullsecret.model.images.placeholder import has_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pullsecret.model.check.secret import CheckedSecret, SecretContent
    from pullsecret.model.images.credential_problem import CredentialProblem


def _entries_with(fault: CredentialFault) -> Callable[[CheckedSecret], Iterable[Match]]:
    @of_content
    def condition(content: SecretContent) -> Iterator[Match]:
        for server, problem in _problems_in(content):
            if problem.fault is fault:
                yield Match(message=problem.message, keys=(server,))

    return condition


@lru_cache(maxsize=1)
def _problems_in(content: SecretContent) -> Sequence[tuple[str, CredentialProblem]]:
    """The server keys of a secret with what is wrong with their credentials: computed once for all faults."""
    entries = content.registries.entries
    return [(entry.server, problem) for entry in entries if (problem := credential_problem(entry))]


_placeholder_entries = _entries_with(CredentialFault.PLACEHOLDER)


def _with_placeholders(subject: CheckedSecret) -> Iterator[Match]:
    """Entries whose key is a placeholder, and entries with another one."""
    for key in subject.content.keys:
        if has_placeholder(key):
            yield Match(message="the registry is an unexpanded placeholder", keys=(key,))
    yield from (match for match in _placeholder_entries(subject) if not has_placeholder(match.keys[0]))


def _rule(code: str, fault: CredentialFault, *, title: str, explanation: str) -> Rule[CheckedSecret]:
    return Rule(
        code=code,
        severity=Severity.WARNING,
        title=title,
        explanation=explanation,
        condition=_entries_with(fault),
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    )


CREDENTIAL_RULES: tuple[Rule[CheckedSecret], ...] = (
    _rule(
        "PS301",
        CredentialFault.ICR_USERNAME,
        title="Unexpected username for IBM Cloud Container Registry",
        explanation=(
            "Use an API key with `iamapikey`, or with the ID of a trusted profile (`Profile-...`). `cp` and `ekey` are "
            "for entitlement keys, and the registry tokens of username `token` ended in August 2021."
        ),
    ),
    _rule(
        "PS302",
        CredentialFault.ENTITLED_USERNAME,
        title="Unexpected username for the entitled registry",
        explanation=(
            "Use an entitlement key with `cp`. `ekey` logs in but cannot pull; an API key with `iamapikey` is rejected."
        ),
    ),
    _rule(
        "PS303",
        CredentialFault.SESSION,
        title="Session credentials",
        explanation=(
            "`iambearer` belongs to an access token, which is valid for one hour, and `iamrefresh` to the token that "
            "`ibmcloud cr login` stores. In a secret both stop working. Use an API key."
        ),
    ),
    _rule(
        "PS304",
        CredentialFault.NOT_AN_API_KEY,
        title="Password does not look like an API key",
        explanation=(
            "API keys of IBM Cloud have 44 letters, digits, `_` or `-`. A shorter one is truncated, a longer one has "
            "something appended (`Cg==` is a newline in base64), and a token with dots is another kind of key."
        ),
    ),
    _rule(
        "PS305",
        CredentialFault.NOT_AN_ENTITLEMENT_KEY,
        title="Password does not look like an entitlement key",
        explanation=(
            "Entitlement keys are JSON web tokens: they begin with `eyJ` and have three parts separated by dots."
        ),
    ),
    _rule(
        "PS306",
        CredentialFault.WHITESPACE,
        title="Whitespace or marks around username or password",
        explanation=(
            "It is sent to the registry, which answers 401. Usually it is the newline of a file or of `echo`, the byte "
            "order mark of an editor, or quotation marks that a file had around the value. (The JSON key of a Google "
            "service account may contain newlines.)"
        ),
    ),
    Rule(
        code="PS307",
        severity=Severity.ERROR,
        title="Placeholder instead of a value",
        explanation=(
            "The registry, the username or the password is the name of a variable, a word in angle brackets, `null`, "
            "or what a template writes for a missing value: a script or a template wrote it before it had a value."
        ),
        condition=_with_placeholders,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    _rule(
        "PS308",
        CredentialFault.SHELL,
        title="Username that the shell may have changed",
        explanation=(
            "Robot accounts and the users of tokens have a `$` in their names, which a shell expands: `robot$ci` "
            "without single quotes becomes `robot`, and `$oauthtoken` becomes an empty word. Enter the username in "
            "single quotes."
        ),
    ),
    _rule(
        "PS309",
        CredentialFault.UNSUPPORTED,
        title="Kind of token that the registry does not accept",
        explanation=(
            "GitHub's container registry accepts personal access tokens (classic) with the scope read:packages, and no "
            "fine-grained ones (GitHub documentation: Working with the Container registry)."
        ),
    ),
)
