"""Names that the API server accepts in lists, owner references and annotations, and that no object can have."""

from __future__ import annotations

HOSTILE = {
    "semicolon": "x; touch planted #",
    "substitution": "$(touch planted)",
    "backquotes": "a`touch planted`",
    "quote": "a'; touch planted; '",
    "double-quote": 'a"; touch planted; "',
    "pipe": "a|touch planted",
    "redirection": "a>planted",
    "variable": "${IFS}x$HOME",
    "glob": "*",
    "tilde": "~",
    "brace": "{a,b}",
    "history": "!!",
    "backslash": "a\\",
    "zsh-path": "=ls",
    "spaces": " a  b ",
    "old-mark": "akubectl pullsecretb",
    "umlaut": "bücher",
}
"""What a shell takes for code unless it is quoted."""

REFUSED = {
    "line-break": "a\ntouch planted",
    "carriage-return": "a\rtouch planted",
    "nul": "\0",
    "old-program-mark": "\1",
    "escape": "\x1b[A",
    "tab": "a\tb",
    "right-to-left": "a\u202eb",
    "isolate": "a\u2066b",
    "zero-width": "a\u200bb",
    "byte-order-mark": "\ufeffa",
    "paragraph": "a\u2029b",
    "surrogate": "a\ud800",
    "flag": "--all-serviceaccounts",
    "short-flag": "-A",
}
"""What no terminal pastes as it is, or what is taken for a flag."""
