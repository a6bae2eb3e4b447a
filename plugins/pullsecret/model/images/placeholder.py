"""Text that a script or a template wrote before it had a value: `${VAR}`, `%!s(<nil>)`, `<no value>`, `{{ .key }}`.

Source: text/template and fmt of Go (`<no value>`, `%!s(<nil>)`, `%!v(MISSING)`), POSIX shell (`$VAR`, `${VAR:-x}`),
Azure Pipelines (`$(VAR)`), token replacement tasks (`#{VAR}#`, `__VAR__`).
"""

from __future__ import annotations

import re

_WHOLE = re.compile(
    r"\$[A-Z_][A-Z0-9_]*"
    r"|\$\{[A-Za-z_][^{}]*\}"
    r"|\$\([A-Za-z_][A-Za-z0-9_.]*\)"
    r"|\$?\{\{[^{}]*\}\}|\{[A-Za-z_.]+\}"
    r"|#\{[A-Za-z_][A-Za-z0-9_.]*\}#?"
    r"|__[A-Z][A-Z0-9_]*__|%[A-Z_]{3,}%"
    r"|<[A-Za-z][A-Za-z _-]*>"
    r"|%![A-Za-z]\([^()]*(?:\([^()]*\))?[^()]*\)"
    r"|null|None|undefined|nil|CHANGE_?ME|REPLACE_?ME|changeme|change-me|replace-me"
)
_PART = re.compile(r"\$\{[A-Za-z_]|\{\{|%![A-Za-z]\(|<no value>|<nil>|\$\([A-Z_]+\)")
_MARKS = frozenset({"<token>"})
"""What looks like a placeholder and is a username: OpenShift's own, and docker's for identity tokens."""


def is_placeholder(text: str) -> bool:
    """Whether a whole text is a placeholder."""
    return bool(_WHOLE.fullmatch(text)) and text not in _MARKS


def has_placeholder(text: str) -> bool:
    """Whether a username or a server key is a placeholder, or contains one that neither of them can contain."""
    return is_placeholder(text) or bool(_PART.search(text))
