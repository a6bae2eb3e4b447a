"""Asks for one secret twice, with kubectl and with our own client: same flags, same files, same environment."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from control_plane.kubectl import find_kubectl
from pullsecret.cluster import connect
from pullsecret.errors import PullSecretError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG_LINE = re.compile(r"[EW]\d{4} ")  # kubectl's log, which is not its answer
SECRET = "/api/v1/namespaces/default/secrets/pull"  # noqa: S105  a path
STRINGS = (
    *("kubeconfig", "context", "cluster", "user", "server", "token", "as-uid", "tls-server-name", "request-timeout"),
    *("certificate-authority", "client-certificate", "client-key"),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How asking ended: an empty `error`, or the line on stderr that says why not."""

    error: str = ""
    stderr: str = field(default="", repr=False)


def ask_kubectl(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """Gets the secret `pull` of the namespace that these flags and files mean, with real kubectl."""
    return _run([str(find_kubectl()), "get", "secrets", "pull", *flags], environ)


def kubectl_error(*flags: str, environ: Mapping[str, str]) -> str:
    """What real kubectl says when it cannot; by --raw, which asks for nothing else before."""
    return _run([str(find_kubectl()), "get", "--raw", SECRET, *flags], environ).error


def ask_us(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """What our client says to the same, in this process."""
    warnings: list[str] = []
    try:
        cluster = connect(connection_flags(flags), environ=environ, warn=warnings.append)
        cluster.read(Kind.SECRET, cluster.namespace, "pull")
        cluster.close()
    except PullSecretError as error:
        return Outcome(error=error.line)
    return Outcome(stderr="\n".join(warnings))


def ask_us_apart(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """The same in a process of its own, for what concerns its streams."""
    return _run([sys.executable, "-m", "kubeconfig.kubectl_oracle", *flags], {**environ, **python_path()})


def python_path() -> dict[str, str]:
    """Where a new Python finds this module and the product."""
    return {"PYTHONPATH": os.pathsep.join(sys.path)}


def connection_flags(arguments: tuple[str, ...]) -> ConnectionFlags:
    """kubectl's flags, written `--flag=value`, as our typed ones."""
    parser = argparse.ArgumentParser()
    for name in STRINGS:
        parser.add_argument(f"--{name}", default="0" if name == "request-timeout" else "")
    parser.add_argument("--as", dest="as_user", default="")
    parser.add_argument("--as-group", dest="as_groups", action="append", default=[])
    parser.add_argument("--insecure-skip-tls-verify", action="store_const", const=True)
    given = vars(parser.parse_args(arguments))
    return ConnectionFlags(**{**given, "as_groups": tuple(given["as_groups"])})


def _run(command: list[str], environ: Mapping[str, str]) -> Outcome:
    done = subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    said = "\n".join(line for line in done.stderr.splitlines() if not LOG_LINE.match(line))
    return Outcome(error=said.strip() if done.returncode else "", stderr=done.stderr)


def main() -> int:
    """Ask as our client, and end as the program would."""
    outcome = ask_us(*sys.argv[1:], environ=os.environ)
    if outcome.error:
        sys.stderr.write(f"{outcome.error}\n")
    return 1 if outcome.error else 0


if __name__ == "__main__":
    sys.exit(main())
