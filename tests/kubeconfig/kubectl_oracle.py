"""Reads one secret with kubectl and with our client: same flags, same files, same environment."""

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

LOG_LINE = re.compile(r"[EW]\d{4} ")  # kubectl's log lines, which are not part of the error
SECRET = "/api/v1/namespaces/default/secrets/pull"  # noqa: S105  a path
STRINGS = (
    *("kubeconfig", "context", "cluster", "user", "server", "token", "as-uid", "tls-server-name", "request-timeout"),
    *("certificate-authority", "client-certificate", "client-key"),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result: an empty `error`, or the error line on stderr."""

    error: str = ""
    stderr: str = field(default="", repr=False)


def ask_kubectl(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """Read the secret `pull` in the effective namespace with real kubectl."""
    return _run([str(find_kubectl()), "get", "secrets", "pull", *flags], environ)


def kubectl_error(*flags: str, environ: Mapping[str, str]) -> str:
    """Return real kubectl's error; with --raw, which sends no discovery requests."""
    return _run([str(find_kubectl()), "get", "--raw", SECRET, *flags], environ).error


def ask_us(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """Do the same with our client, in this process."""
    warnings: list[str] = []
    try:
        cluster = connect(connection_flags(flags), environ=environ, warn=warnings.append)
        cluster.read(Kind.SECRET, cluster.namespace, "pull")
        cluster.close()
    except PullSecretError as error:
        return Outcome(error=error.line)
    return Outcome(stderr="\n".join(warnings))


def ask_us_apart(*flags: str, environ: Mapping[str, str]) -> Outcome:
    """Do the same in a separate process, to test its streams."""
    return _run([sys.executable, "-m", "kubeconfig.kubectl_oracle", *flags], {**environ, **python_path()})


def python_path() -> dict[str, str]:
    """Return where a new Python finds this module and the product."""
    return {"PYTHONPATH": os.pathsep.join(sys.path)}


def connection_flags(arguments: tuple[str, ...]) -> ConnectionFlags:
    """Return kubectl's flags, written `--flag=value`, as our typed flags."""
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
    """Read as our client and exit as the program would."""
    outcome = ask_us(*sys.argv[1:], environ=os.environ)
    if outcome.error:
        sys.stderr.write(f"{outcome.error}\n")
    return 1 if outcome.error else 0


if __name__ == "__main__":
    sys.exit(main())
