"""kubeconfig files, read by our code and by kubectl's: the same server, user and namespace, or both refuse.

Ours refuses in one line what it cannot use. What differs on purpose is in DIFFERENCES, and nowhere else.
"""

from __future__ import annotations

import base64
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from fuzz.fuzzer import Fault, Fuzzer, chance_of, expect_one_line, faults_of
from fuzz.mutation import mutated
from kubelet.kubelet_oracle import answers
from pullsecret.cluster.kubeconfig.connection import resolve_connection
from pullsecret.errors import PullSecretError
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLOCK = b"""apiVersion: v1
kind: Config
current-context: x
clusters:
- name: c
  cluster:
    server: https://api.example:6443/a
    insecure-skip-tls-verify: true
    tls-server-name: api.example
contexts:
- name: x
  context: {cluster: c, user: u, namespace: team-a}
- name: "y"
  context:
    cluster: c
    user: v
users:
- name: u
  user:
    token: "t0"
- name: v
  user:
    username: admin
    password: p
    as: puller
    as-groups: [a, b]
preferences: {}
"""
FLOW = (
    b'{"apiVersion":"v1","kind":"Config","current-context":"x","clusters":[{"name":"c","cluster":{"server":'
    b'"https://127.0.0.1:6443","insecure-skip-tls-verify":true}}],"contexts":[{"name":"x","context":{"cluster":"c",'
    b'"user":"u","namespace":"2026-01-01"}}],"users":[{"name":"u","user":{"exec":{"apiVersion":'
    b'"client.authentication.k8s.io/v1","command":"login","args":["a"],"env":[{"name":"A","value":"b"}],'
    b'"interactiveMode":"Never"}}}]}'
)
PROVIDER = b"""current-context: &name x
clusters: [{name: *name, cluster: {server: "http://[::1]:8080", disable-compression: yes}}]
contexts: [{name: x, context: {cluster: x, user: x}}]
users: [{name: x, user: {auth-provider: {name: oidc, config: {client-id: a, idp-issuer-url: "https://i.example"}}}}]
"""
SEEDS = (BLOCK, BLOCK, FLOW, PROVIDER)
WORDS = (
    *(
        b"null",
        b"~",
        b"yes",
        b"0x1f",
        b"0o17",
        b"1_000",
        b"1.5",
        b".inf",
        b"2026-01-01",
        b"12:30",
        b"!!str 1",
        b"!!binary dTp",
    ),
    *(
        b"&a ",
        b"*a",
        b"<<: *a",
        b"- ",
        b"? ",
        b": ",
        b"# ",
        b"|\n  ",
        b">-\n  ",
        b"---\n",
        b"...\n",
        b"%YAML 1.2\n",
        b"'",
        b'"',
    ),
    *(
        b"\\u00e9",
        b"\\x00",
        b"\t",
        b"  ",
        b"\n",
        b"\r",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"{}",
        b"[]",
        b"server: ",
        b"token: 5\n",
    ),
    *(
        b"name: c\n",
        b"namespace: ",
        b"users:\n",
        b"proxy-url: socks5://h:1\n",
        b"Server: x\n",
        b"tokenFile: /nowhere\n",
    ),
    *(
        b"certificate-authority-data: AAAA\n",
        b"localhost:8080",
        b"://",
        b"ftp://h",
        b"exec: {}\n",
        b"auth-provider: null\n",
    ),
)
FIELDS = ("token", "username", "password", "as", "exec", "provider")
FLAGS = ConnectionFlags()


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Compare what the two make of each seed's file."""
    files = {seed: mutated(chance_of(seed), SEEDS, WORDS) for seed in seeds}
    said = answers("kubeconfigs", (base64.b64encode(content).decode() for content in files.values()))
    theirs = dict(zip(files, said, strict=True))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "config")

        def compare(seed: int) -> None:
            path.write_bytes(files[seed])
            we, they = our_reading(path), kubectls_reading(theirs[seed])
            is_equal = (we.get("error") and they.get("error")) or we == they
            if not is_equal and not is_intended(we.get("error", ""), they.get("error", "")):
                raise Fault(f"{files[seed]!r}:\n  {we}\n  kubectl: {they}")

        return faults_of(seeds, compare)


def our_reading(path: Path) -> dict[str, str]:
    try:
        found = resolve_connection(FLAGS, {"KUBECONFIG": str(path), "HOME": str(path.parent)}, account=path / "none")
    except PullSecretError as error:
        expect_one_line(error.line.replace("\n* ", "").replace("\n\n", ""))
        return {"error": error.line}
    user, plugin, provider = found.user, found.user.exec_plugin, found.user.auth_provider
    values = (user.token, user.username, user.password, found.impersonation.user)
    names = (plugin.command if plugin else "", provider.name if provider else "")
    return reading(found.server, found.namespace, dict(zip(FIELDS, (*values, *names), strict=True)))


def kubectls_reading(said: Mapping[str, Any]) -> dict[str, str]:
    if said["error"]:
        return {"error": said["error"]}
    fields = {name: base64.b64decode(said[name] or "").decode("utf-8", "replace") for name in FIELDS}
    return reading(said["server"].rstrip("/"), said["namespace"], fields)


def reading(server: str, namespace: str, fields: Mapping[str, str]) -> dict[str, str]:
    """What is compared: a URL however it is escaped, and of a program's path only the end, which has no directory."""
    return {"server": unquote(server), "namespace": namespace, **fields, "exec": fields["exec"].rpartition("/")[2]}


DIFFERENCES = {
    "kubectl decodes what it does not use, too": ("", "error loading config file"),
    "kubectl fails later: a plugin of this version": ("exec plugin: invalid apiVersion|of exec of user", ""),
    "kubectl fails later: no server has such a scheme, host or port": ("host must be a URL or a host:port pair", ""),
    "we read no document that can grow in memory or on the stack": ("nested too deeply|excessive aliasing", ""),
    "we know YAML's standard tags only, and an anchor once": (
        "yaml: line ",
        "",
    ),
    "we read UTF-8 only": ("the file is not UTF-8 text", ""),
    "we refuse NUL where a program or a header could not have it": ("is not a string", ""),
    "we refuse null in a list": ("is not a list of mappings", ""),
}
"""What differs on purpose: patterns of our error and of kubectl's; "" where there is none."""


def is_intended(ours: str, theirs: str) -> bool:
    """Whether a difference is one of those; that both take a file in different ways never is."""
    return bool(ours) != bool(theirs) and any(
        bool(our_pattern) == bool(ours) and re.search(our_pattern, ours) and re.search(their_pattern, theirs)
        for our_pattern, their_pattern in DIFFERENCES.values()
    )


FUZZER = Fuzzer(name="kubeconfigs", examine=examine, batches=2, batch=1_000)
