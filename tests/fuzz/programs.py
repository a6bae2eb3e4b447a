"""What credential plugins and credential helpers print, from real programs: a credential, or an error on one line."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.fuzzer import Fuzzer, chance_of, expect_one_line, faults_of
from fuzz.mutation import mutated
from kubeconfig.files import script
from pullsecret.cluster.kubeconfig.connection import Connection
from pullsecret.cluster.kubeconfig.user import ExecPlugin
from pullsecret.cluster.login.execplugin import ExecAuthenticator
from pullsecret.credentials.credential_helper import get_entry, list_servers
from pullsecret.errors import PullSecretError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

V1 = "client.authentication.k8s.io/v1"
PLUGINS = (
    json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": {"token": "t"}}).encode(),
    json.dumps(
        {
            "apiVersion": V1,
            "kind": "ExecCredential",
            "spec": {"interactive": False},
            "status": {"expirationTimestamp": "2040-01-01T00:00:00Z", "token": "t", "clientKeyData": ""},
        },
        indent=1,
    ).encode(),
    json.dumps(
        {"kind": "ExecCredential", "apiVersion": V1, "status": {"clientCertificateData": "c", "clientKeyData": "k"}}
    ).encode(),
)
HELPERS = (
    b'{"ServerURL":"us.icr.io","Username":"u","Secret":"s"}',
    b'{"us.icr.io":"iamapikey","https://index.docker.io/v1/":"me"}',
    b"credentials not found in native keychain\n",
)
WORDS = (
    *(
        b'"token":',
        b'"token":5,',
        b'"status":null',
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'"',
        b"\\u0000",
        b"\\n",
        b"\\ud800",
    ),
    *(b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00+23:59", b"2026-02-30", b"1e999", b"\x1b[2J", b"\n", b"-----BEGIN"),
)


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Let the programs print the bytes of each seed."""
    with tempfile.TemporaryDirectory() as directory:
        printed = Path(directory, "printed")
        plugin = script(Path(directory, "plugin"), f"cat {printed}")
        script(Path(directory, "docker-credential-x"), "cat >/dev/null", f"cat {printed}")
        environ = {"PATH": f"{directory}:{os.environ['PATH']}"}

        def run(seed: int) -> None:
            chance = chance_of(seed)
            is_plugin = chance.random() < 0.6
            printed.write_bytes(mutated(chance, PLUGINS if is_plugin else HELPERS, WORDS))
            try:
                if is_plugin:
                    run_plugin(str(plugin), environ)
                else:
                    get_entry("x", "us.icr.io", environ)
                    list_servers("x", environ)
            except PullSecretError as error:
                expect_one_line(error.line)

        return faults_of(seeds, run)


def run_plugin(command: str, environ: Mapping[str, str]) -> None:
    """Ask for the credential, which decides whether the plugin's time has passed, too."""
    plugin = ExecPlugin(command=command, api_version=V1, interactive_mode="Never")
    connection = Connection(server="https://api.example", namespace="default")
    authenticator = ExecAuthenticator(plugin, connection, environ=environ, stdin_free=False)
    authenticator.renew(authenticator.credential())


FUZZER = Fuzzer(name="programs", examine=examine, batches=1, batch=200)
