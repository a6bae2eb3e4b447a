"""Which names Kubernetes allows, checked before a request is sent (kubernetes: apimachinery/pkg/util/validation)."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_LENGTH = 63
_SUBDOMAIN_LENGTH = 253


def label_problem(name: str) -> str:
    """Why this is not a valid namespace name, in the API server's words; empty if it is."""
    if len(name) > _LABEL_LENGTH:
        return f"must be no more than {_LABEL_LENGTH} characters"
    if _LABEL.fullmatch(name):
        return ""
    return (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        "and must start and end with an alphanumeric character"
    )


def subdomain_problem(name: str) -> str:
    """Why this is not a valid name of a secret or service account, in the API server's words; empty if it is."""
    if len(name) > _SUBDOMAIN_LENGTH:
        return f"must be no more than {_SUBDOMAIN_LENGTH} characters"
    if _SUBDOMAIN.fullmatch(name):
        return ""
    return (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        "and must start and end with an alphanumeric character"
    )
