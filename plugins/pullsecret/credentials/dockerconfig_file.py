"""`--from-file`: a whole `.dockerconfigjson`, kept byte for byte as kubectl does, but only if a cluster can use it."""

from __future__ import annotations

from pullsecret.credentials.bounded_read import read_bounded
from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.login_file import problems_of

_KEY_PREFIX = ".dockerconfigjson="


def read_secret_file(file: str) -> bytes:
    """The file's bytes; `.dockerconfigjson=FILE`, as kubectl also takes it, is FILE.

    Raises CredentialError, with a line for each registry, where the file holds what no cluster can use.
    """
    path = file.removeprefix(_KEY_PREFIX)
    data = read_bounded(path)
    problems = problems_of(data)
    if problems:
        raise CredentialError("\n".join(f"{printable(path)}: {problem}" for problem in problems))
    return data
