"""What `generate containerd-hosts` makes of its flags: hosts.toml as TOML reads it, and one line for each refusal."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.certificates import Authority
from objects import made_up_jwt, made_up_password
from pullsecret.commands.flags.containerd_hosts import hosts_options
from pullsecret.commands.flags.registry_mirrors import parsed_hosts
from pullsecret.errors import PullSecretError
from pullsecret.model.containerd.header import may_hold_credential
from pullsecret.model.containerd.hosts_files import authority_file, hosts_files, mark_of
from pullsecret.model.containerd.node_command import NodeTask, arguments_of, parsed_task
from pullsecret.model.containerd.registry_hosts import MirrorOptions, RegistryHosts
from pullsecret.model.containerd.toml_text import toml_string
from pullsecret.model.manifests.containerd_hosts import NodePod, containerd_hosts_documents
from pullsecret.model.objects.objects import mapping_at

if TYPE_CHECKING:
    from pathlib import Path

    from pullsecret.model.manifests.containerd_hosts import HostsOptions

M, N = "https://m.example", "https://n.example:8443"
PULLS = {"capabilities": ["pull", "resolve"]}


def options_of(*registries: str, mirrors: tuple[str, ...] = (), **rest: object) -> HostsOptions:
    """The options of the flags."""
    return parsed_hosts(hosts_options(registry=list(registries), mirror=list(mirrors), **rest))  # type: ignore[arg-type]


def toml_of(options: HostsOptions, registry: str = "") -> dict[str, Any]:
    """The hosts.toml of a registry, the first one by default."""
    hosts = next(one for one in options.registries if registry in ("", one.registry))
    return tomllib.loads(hosts_files(hosts, options.mirrors, "nodes/x").files["hosts.toml"])


FILES: dict[str, tuple[tuple[str, tuple[str, ...]], dict[str, object], dict[str, Any]]] = {
    "Docker Hub has another name": (
        ("docker.io", (M,)),
        {},
        {"server": "https://registry-1.docker.io", "host": {M: PULLS}},
    ),
    "order, and a port": (
        ("r.example:5000", (N, f"{M}:443/")),
        {},
        {"server": "https://r.example:5000", "host": {N: PULLS, M: PULLS}},
    ),
    "any registry": (("_default", (M,)), {}, {"host": {M: PULLS}}),
    "containerd's own rule for loopback": (("localhost:5000", (M,)), {}, {"host": {M: PULLS}}),
    "whole path": (
        ("r.example", (f"{M}/v2/hub/", f"{M}/api/hub", f"{N}/v2")),
        {},
        {
            "server": "https://r.example",
            "host": {
                f"{M}/v2/hub": {**PULLS, "override_path": True},
                f"{M}/api/hub": PULLS,
                N: PULLS,
            },
        },
    ),
    "paths as they are": (
        ("r.example", (f"{M}/api/hub", N)),
        {"override_path": True},
        {"server": "https://r.example", "host": {f"{M}/api/hub": {**PULLS, "override_path": True}, N: PULLS}},
    ),
    "mirrors only": (
        ("r.example", (M, f"{N}/v2/x")),
        {"no_upstream": True, "capabilities": ["resolve,pull"]},
        {"server": f"{N}/v2/x", **PULLS, "override_path": True, "host": {M: PULLS}},
    ),
    "one mirror only": (("docker.io", (M,)), {"no_upstream": True}, {"server": M, **PULLS, "host": {}}),
    "public mirror": (
        ("docker.io", (M,)),
        {"capabilities": ["pull"]},
        {"server": "https://registry-1.docker.io", "host": {M: {"capabilities": ["pull"]}}},
    ),
    "plain HTTP and IPv6": (
        ("192.0.2.7:80", ("http://[2001:db8::1]:5000",)),
        {"plain_http": True},
        {"server": "https://192.0.2.7:80", "host": {"http://[2001:db8::1]:5000": PULLS}},
    ),
    "hostile header": (
        ("r.example", (M,)),
        {"header": ['X-Site: a"]\\ [host."https://evil.example"]']},
        {
            "server": "https://r.example",
            "host": {M: {**PULLS, "header": {"X-Site": ['a"]\\ [host."https://evil.example"]']}}},
        },
    ),
}


@pytest.mark.parametrize(("words", "flags", "expected"), FILES.values(), ids=FILES)
def test_file_says_what_the_flags_mean(
    words: tuple[str, tuple[str, ...]], flags: dict[str, object], expected: dict[str, Any]
) -> None:
    found = toml_of(options_of(words[0], mirrors=words[1], **flags))

    assert found == expected
    assert list(found["host"]) == list(expected["host"])


def test_mirrors_of_one_registry_are_not_those_of_another() -> None:
    found = options_of("docker.io,quay.io", mirrors=(M, f"quay.io={N}"))

    assert list(toml_of(found, "docker.io")["host"]) == [M]
    assert list(toml_of(found, "quay.io")["host"]) == [M, N]


def test_directory_is_the_one_that_containerd_looks_for_first() -> None:
    found = [RegistryHosts(registry=name).directory for name in ("docker.io", "r.example:5000", "_default")]

    assert found == ["docker.io", "r.example_5000_", "_default"]


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\x7f", "\x00", "\u2028", "é\U0001f600", "\ud800", "]]\n[host]"])
def test_text_stays_one_string(text: str) -> None:
    assert tomllib.loads(f"{toml_string(text)} = {toml_string(text)}") == {
        text.replace("\ud800", "\ufffd"): text.replace("\ud800", "\ufffd")
    }


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "other names of Docker Hub": ({"registry": ["index.docker.io"]}, "containerd looks images of Docker Hub up as"),
    "scheme": ({"registry": ["https://r.example"]}, "it must be HOST[:PORT] as in the names of images"),
    "path": ({"registry": ["us.icr.io/team"]}, "it must be HOST[:PORT] as in the names of images"),
    "upper case": ({"registry": ["R.example"]}, "it must be a host name in lower case"),
    "up": ({"registry": [".."]}, "it must be a host name in lower case"),
    "line end": ({"registry": ["r.example\n"]}, 'invalid --registry "r.example\\n"'),
    "word": ({"registry": ["docker"]}, "images whose name begins with it are on docker.io"),
    "no port": ({"registry": ["r.example:"]}, "it must be a host name in lower case"),
    "port": ({"registry": ["r.example:65536"]}, "its port must be from 1 to 65535"),
    "IPv6": ({"registry": ["[::1]:5000"]}, "it must be a host name in lower case"),
    "long": ({"registry": ["r" * 60 + (".r" * 80)]}, "it must be a host name in lower case"),
    "no mirror": ({"mirror": []}, "registry r.example has no --mirror, and no --ca of its own"),
    "no registry": ({"registry": []}, "--mirror requires --registry"),
    "mirror of another registry": ({"mirror": [f"q.example={M}"]}, "--mirror q.example=URL requires --registry"),
    "twice": ({"mirror": [M, f"{M}/"]}, f"registry r.example has --mirror {M} twice"),
    "itself": ({"mirror": ["https://r.example"]}, "is registry r.example itself"),
    "no scheme": ({"mirror": ["m.example"]}, "it must be https://HOST[:PORT][/PATH]"),
    "other scheme": ({"mirror": ["ftp://m.example"]}, "it must be https://HOST[:PORT][/PATH]"),
    "plain HTTP": ({"mirror": ["http://m.example"]}, "plain HTTP needs --insecure"),
    "query": ({"mirror": [f"{M}/?a=b"]}, "it must be https://HOST[:PORT][/PATH], without a query"),
    "dots": ({"mirror": [f"{M}/v2/../x"]}, "its path may have letters, digits"),
    "escape": ({"mirror": [f"{M}/%2e%2e"]}, "its path may have letters, digits"),
    "bad IPv6": ({"mirror": ["https://[1::2::3]"]}, "its host or port is not valid"),
    "port of a mirror": ({"mirror": [f"{M}:0"]}, "its host or port is not valid"),
    "capability": ({"capabilities": ["write"]}, 'invalid --capabilities "write": valid values: pull, resolve, push'),
    "capabilities without pull": ({"capabilities": ["resolve"]}, "a mirror without pull is never pulled from"),
    "nobody to resolve": (
        {"capabilities": ["pull"], "no_upstream": True},
        "--no-upstream requires the capability resolve",
    ),
    "header": ({"header": ["X-Site"]}, "invalid --header: it must be NAME: VALUE"),
    "header of two lines": ({"header": ["X-Site: a\r\nX-B: c"]}, "invalid --header: it must be NAME: VALUE"),
    "file that is not there": ({"ca": ["/nowhere/ca.pem"]}, "unable to read /nowhere/ca.pem: no such file"),
    "relative directory": ({"config_path": "certs.d"}, 'invalid --config-path "certs.d": it must be a whole path'),
    "directory with dots": ({"config_path": "/etc/x/../y"}, "it must be a whole path without . and .."),
    "all of /etc": ({"containerd_config": "/etc/containerd.toml"}, "pods would see all of /etc"),
    "variable": ({"config_path": "/etc/$(X)"}, "it must be a whole path"),
    "label": ({"node_selector": ["a=b=c"]}, "it must be KEY=VALUE of a label"),
    "removal of one": ({"remove": True}, "--remove puts back all that was written"),
    "removal without the registry": (
        {"remove": True, "registry": [], "mirror": [], "no_upstream": True},
        "--remove puts",
    ),
}


@pytest.mark.parametrize(("flags", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_containerd_would_not_take_is_refused(flags: dict[str, object], reason: str) -> None:
    with pytest.raises(PullSecretError) as refused:
        parsed_hosts(hosts_options(**{"registry": ["r.example"], "mirror": [M], **flags}))  # type: ignore[arg-type]

    assert reason in refused.value.message
    assert "\n" not in refused.value.message


SECRETS = {
    "user in a mirror": {"mirror": ["https://u:{}@m.example"]},
    "user in a mirror of a registry": {"mirror": ["r.example=https://{}@m.example"]},
    "query of a mirror": {"mirror": ["https://m.example/?token={}"]},
    "user in a registry": {"registry": ["u:{}@r.example"]},
    "header": {"header": ["Authorization: Basic {}"]},
    "header with another name": {"header": ["X-Site: {}"]},
    "header of two lines": {"header": ["X-Site: {}\n"]},
}


@pytest.mark.parametrize("flags", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("make", [made_up_password, made_up_jwt])
def test_credential_is_refused_and_not_shown(flags: dict[str, list[str]], make: Any) -> None:  # noqa: ANN401
    secret = make()
    given = {name: [text.replace("{}", secret) for text in texts] for name, texts in flags.items()}

    with pytest.raises(PullSecretError) as refused:
        parsed_hosts(hosts_options(**{"registry": ["r.example"], "mirror": [M], **given}))  # type: ignore[arg-type]

    assert secret not in f"{refused.value.message} {refused.value.hint} {refused.value!r}"


HEADERS = {
    ("X-Auth-Token", "x"): True,
    ("X-JFrog-Art-Api-Key", "x"): True,
    ("Cookie", "a=b"): True,
    ("Proxy-Authorization", "x"): True,
    ("X-Key", "x"): True,
    ("X-Site", "Bearer x"): True,
    ("X-Site", "user:cmVmdGtuOjAxOjE3"): False,
    ("X-Site", "cmVmdGtuOjAxOjE3NzAwMDAwMDA6YWJjZGVm"): True,
    ("X-Site", "berlin-2"): False,
    ("X-Region", "eu-de, rack 7"): False,
    ("User-Agent", "containerd/2.1 (nodes of team a)"): False,
    ("X-Meta-Keyboard", "de"): False,
}


@pytest.mark.parametrize("header", HEADERS, ids=": ".join)
def test_headers_that_may_hold_a_credential(header: tuple[str, str]) -> None:
    assert may_hold_credential(*header) == HEADERS[header]


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("ca")).certificate.path


def test_certificates_are_beside_the_file_and_nothing_else_is(ca: Path, tmp_path: Path) -> None:
    noted = tmp_path / "noted.pem"
    noted.write_text(f"# of the registry team\n{ca.read_text()}\n{ca.read_text()}")
    found = options_of("docker.io", mirrors=(M, N), ca=[str(noted), f"n.example:8443={ca}"])
    files = hosts_files(found.registries[0], found.mirrors, "nodes/x").files
    pem = ca.read_text()

    assert {name for name in files if name != "hosts.toml"} == {authority_file(pem)}
    assert files[authority_file(pem)] == pem
    assert [one["ca"] for one in toml_of(found)["host"].values()] == [authority_file(pem)] * 2
    upstream = toml_of(options_of("r.example", mirrors=(M,), ca=[f"r.example={ca}"]))
    assert upstream["ca"] == authority_file(pem)
    assert "ca" not in upstream["host"][M]
    alone = toml_of(options_of("r.example", ca=[f"r.example={ca}"]))
    assert alone == {"server": "https://r.example", "ca": authority_file(pem), "host": {}}


@pytest.mark.parametrize(
    ("content", "reason"),
    {
        "": "has no certificates in PEM",
        "nothing": "has no certificates in PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "is damaged",
        "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n": "unable to load root certificates",
        "{ca}-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n": "has a private key",
        "{ca}-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n": "is damaged",
        "x" * 300_000: "is larger than 256 KiB",
    }.items(),
    ids=["empty", "text", "damaged", "no certificate", "key", "second damaged", "large"],
)
def test_file_that_is_no_authority_is_refused(ca: Path, tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(content.replace("{ca}", ca.read_text()))

    with pytest.raises(PullSecretError, match=reason):
        options_of("docker.io", mirrors=(M,), ca=[str(file)])


def test_authority_for_a_host_that_is_not_asked_is_refused(ca: Path) -> None:
    with pytest.raises(PullSecretError, match=r"is for no host that is asked: m\.example, registry-1\.docker\.io"):
        options_of("docker.io", mirrors=(M,), ca=[f"docker.io={ca}"])
    with pytest.raises(PullSecretError, match="none has https"):
        options_of("docker.io", mirrors=("http://m.example",), ca=[str(ca)], plain_http=True)


def test_mark_tells_the_owner_and_every_change() -> None:
    hosts = RegistryHosts(registry="docker.io", mirrors=options_of("docker.io", mirrors=(M,)).registries[0].mirrors)
    content = hosts_files(hosts, MirrorOptions(), "nodes/containerd-hosts").files["hosts.toml"].encode()

    mark, edited = mark_of(content), mark_of(content + b"\n")
    assert mark is not None
    assert edited is not None
    assert (mark.owner, mark.is_intact, edited.is_intact) == ("nodes/containerd-hosts", True, False)
    assert mark_of(b"\xff" + content) is None


def test_pod_template_changes_with_the_content() -> None:
    pod = NodePod(namespace="nodes", image="r.example/p:1")
    documents = [
        containerd_hosts_documents(options_of("docker.io", mirrors=mirrors), pod)
        for mirrors in ((M,), (N,), (M, N), (N, M))
    ]
    templates = [mapping_at(mapping_at(found[1].body, "spec"), "template") for found in documents]

    assert all(templates.count(one) == 1 for one in templates)


@pytest.mark.parametrize(
    "words",
    [[], ["write"], ["wait", "--owner=x"], ["put-back", "--owner=x", "--owner=x"], ["put-back", "--owner=", "--x=y"]],
    ids=" ".join,
)
def test_command_of_the_pods_is_for_them_only(words: list[str]) -> None:
    with pytest.raises(PullSecretError, match="for the pods of `generate containerd-hosts` only"):
        parsed_task(words)


def test_command_of_the_pods_is_read_as_it_was_written() -> None:
    task = NodeTask(action="write", owner="a/b", files="c", config_path="/d=e", containerd_config="/f")

    assert parsed_task(arguments_of(task)[1:]) == task
