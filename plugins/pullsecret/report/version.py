"""The program's own version, for people and for scripts."""

from __future__ import annotations

from pullsecret.model.request.common import Format
from pullsecret.report.manifests import put_objects
from pullsecret.report.streams import put


def put_version(version: str, form: Format) -> None:
    """Print the version, as a word or as an object."""
    if form is Format.LINES:
        put(version)
    else:
        put_objects([{"version": version}], form)
