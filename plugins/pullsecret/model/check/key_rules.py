"""PS201 to PS210: server keys that do not match the images they were meant for.

What is wrong with a key, and how it should be, is in images/server_keys.py, which doctor uses as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SECRET_ADVICE, with_corrected_key
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.placeholder import has_placeholder
from pullsecret.model.images.server_keys import KeyFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pullsecret.model.check.secret import CheckedSecret


def _keys_with(fault: KeyFault) -> Callable[[CheckedSecret], Iterator[Match]]:
    """A condition on the keys; an image of a pod that a key matches proves it right, except for too wide a wildcard."""

    def condition(subject: CheckedSecret) -> Iterator[Match]:
        images = () if fault is KeyFault.ICR_WILDCARD else subject.circumstances.images
        problems = [problem for problem in subject.content.key_problems if problem.fault is fault]
        keys = tuple(problem.key for problem in problems)
        right = {key for image in images for key in matching_keys(keys, image)} if keys else set()
        for problem in problems:
            if problem.key not in right and not has_placeholder(problem.key):
                yield Match(message=problem.sentence, keys=(problem.key,), corrected=problem.corrected)

    return condition


def _rule(code: str, severity: Severity, fault: KeyFault, *, title: str, explanation: str) -> Rule[CheckedSecret]:
    return Rule(
        code=code,
        severity=severity,
        title=title,
        explanation=explanation,
        condition=_keys_with(fault),
        fix=with_corrected_key,
        advice=SECRET_ADVICE,
    )


KEY_RULES: tuple[Rule[CheckedSecret], ...] = (
    _rule(
        "PS201",
        Severity.ERROR,
        KeyFault.UNPARSABLE,
        title="Unparsable registry key",
        explanation=(
            "The kubelet parses a key as a URL. If the key has whitespace, control characters or a wildcard for the "
            "port, it ignores the entry; only the node's log says so."
        ),
    ),
    _rule(
        "PS202",
        Severity.ERROR,
        KeyFault.SCHEME,
        title="Unsupported scheme in the key",
        explanation=(
            "Only `https://` and `http://`, in lowercase, are allowed before the host. Anything else is read as part "
            "of the name."
        ),
    ),
    _rule(
        "PS203",
        Severity.ERROR,
        KeyFault.MISSING_SLASH,
        title="Missing trailing slash after `/v1` or `/v2`",
        explanation=(
            "The kubelet strips `/v1/` and `/v2/` from a key. Without the trailing slash they are a path that the "
            "image name would have to begin with."
        ),
    ),
    _rule(
        "PS204",
        Severity.ERROR,
        KeyFault.DEFAULT_PORT,
        title="Explicit default port",
        explanation=("Ports are compared as text: a key with `:443` matches only images that are written with `:443`."),
    ),
    _rule(
        "PS205",
        Severity.ERROR,
        KeyFault.UPPERCASE,
        title="Uppercase letters in the host",
        explanation="Matching is case-sensitive: `US.icr.io` does not match `us.icr.io/...`.",
    ),
    _rule(
        "PS206",
        Severity.ERROR,
        KeyFault.HUB_NAME,
        title="Wrong Docker Hub hostname",
        explanation=(
            "Docker Hub images are looked up as `docker.io/...`, then as `index.docker.io`. The hostnames of its "
            "website and of its servers match no image."
        ),
    ),
    _rule(
        "PS207",
        Severity.ERROR,
        KeyFault.WILDCARD,
        title="Unsupported wildcard",
        explanation=(
            "`*` matches within one DNS label of the host only: not in a path, and not across labels. `?` begins a "
            "query, and brackets enclose an IPv6 address."
        ),
    ),
    _rule(
        "PS208",
        Severity.ERROR,
        KeyFault.NO_IMAGE,
        title="Key cannot match any image",
        explanation=(
            "A key is compared with the image name, without tag and digest. A host needs a dot or a port, a path is in "
            "lowercase, and no host ends with a dot."
        ),
    ),
    _rule(
        "PS209",
        Severity.WARNING,
        KeyFault.ICR_WILDCARD,
        title="`*.icr.io` is too broad",
        explanation=(
            "`*.icr.io` matches neither `icr.io` nor any `private.*` host, which has more labels. It does match "
            "`cp.icr.io`, and so sends an API key to the entitled registry. List the hosts instead."
        ),
    ),
    _rule(
        "PS210",
        Severity.ERROR,
        KeyFault.ICR_LOCATION,
        title="Unknown IBM Cloud registry host",
        explanation=(
            "The hosts of IBM Cloud Container Registry begin with a short name (`us.icr.io`), not with the name of the "
            "region (`us-south.icr.io`)."
        ),
    ),
)
