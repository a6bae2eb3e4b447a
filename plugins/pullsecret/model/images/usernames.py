"""Usernames that a shell has probably changed: `--username=robot$ci` without single quotes becomes `robot`.

Source: goharbor/harbor issue 15410 (robot accounts), google/go-containerregistry issue 728 (`$oauthtoken` of nvcr.io);
Quay's documentation names the users of its tokens: $oauthtoken, $app, $token.
"""

from __future__ import annotations

_NAMES_WITH_DOLLAR = {
    "nvcr.io": frozenset({"$oauthtoken"}),
    "quay.io": frozenset({"$oauthtoken", "$app", "$token"}),
}
"""The usernames of these hosts that begin with a dollar sign; nvcr.io has no others."""
_ROBOT = "robot"
"""What the shell leaves of `robot$ci`, the name of a robot account in Harbor."""

_ONLY = frozenset({"nvcr.io"})


def username_changed_by_shell(username: str, host: str) -> str:
    """What a shell probably took from a username, as the end of a sentence; "" for a username that looks right."""
    expected = _NAMES_WITH_DOLLAR.get(host, frozenset())
    if username in expected or not username:
        return ""
    if "\\$" in username:
        return "contains a backslash before the $, which was meant for the shell"
    if username.endswith("$"):
        return "ends with $; the shell may have expanded the rest"
    if f"${username}" in expected:
        return f"lacks its $; here it is ${username}"
    if host in _ONLY:
        return f"is not {min(expected)}, the only one that this registry has"
    return "may lack its end: Harbor's robot accounts are called robot$NAME" if username == _ROBOT else ""


def username_expected(host: str) -> str:
    """The one username of a registry that has only one; "" for others."""
    return min(_NAMES_WITH_DOLLAR[host]) if host in _ONLY else ""
