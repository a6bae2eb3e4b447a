"""What to do where Code Engine's API server refuses to change a service account.

Its users may read service accounts and not change them (IBM Cloud documentation, Code Engine: "Using Kubernetes to
interact with your application"), so an app or job names its registry secret itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pullsecret.errors import ForbiddenError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.request.suggested_command import CommandStyle, Flag, Program, command, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.plan.change import Outcome

_HOST: Final = re.compile(r"(?:.*\.)?codeengine\.(?:appdomain\.cloud|cloud\.ibm\.com)")
_FILE: Final = re.compile(r"[/\\]plugins[/\\]code-engine[/\\]")
"""Where `ibmcloud ce project select --kubecfg` puts the kubeconfig of a project."""


def is_code_engine(server: str, kubeconfig: str) -> bool:
    """Whether a cluster is Code Engine's, by the URL of its API server or the path of its kubeconfig."""
    try:
        host = urlsplit(server).hostname or ""
    except ValueError:
        host = ""
    return bool(_HOST.fullmatch(host) or _FILE.search(kubeconfig))


def with_code_engine_advice(
    stream: Iterable[Sequence[Outcome]], server: str, kubeconfig: str
) -> Iterator[Sequence[Outcome]]:
    """The outcomes; those of service accounts that may not be changed say how an app names its secret."""
    is_there = is_code_engine(server, kubeconfig)
    for outcomes in stream:
        yield [_advised(outcome) for outcome in outcomes] if is_there else outcomes


def _advised(outcome: Outcome) -> Outcome:
    error = outcome.error
    if outcome.kind is not Kind.SERVICE_ACCOUNT or not isinstance(error, ForbiddenError):
        return outcome
    words = ("ce", "app", "update", Flag("--name", "APP"), Flag("--registry-secret", "NAME"))
    line = typed(command(Program.IBMCLOUD, *words), CommandStyle())
    hint = f"Code Engine does not allow changes of service accounts; an app names its secret itself, run: {line}"
    return replace(outcome, error=error.with_hint(hint))
