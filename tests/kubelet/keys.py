"""Server keys and images: for each name that the kubelet looks up, keys that match and keys that do not."""

from __future__ import annotations

OURS: dict[str, tuple[list[str], list[str]]] = {
    "us.icr.io/ns/app": (
        [
            "us.icr.io",
            "https://us.icr.io",
            "http://us.icr.io",
            "https://us.icr.io/",
            "https://us.icr.io/v1/",
            "https://us.icr.io/v2/",
            "us.icr.io/v2/ns",
            "us.icr.io/ns",
            "us.icr.io/ns/",
            "us.icr.io/ns/app",
            "user@us.icr.io",
            "us.icr.io?x=1",
            "*.icr.io",
        ],
        [
            "https://us.icr.io/v1",
            "https://us.icr.io/v2",
            "us.icr.io/ns/app/",
            "us.icr.io/NS",
            "US.icr.io",
            "HTTPS://us.icr.io",
            "oci://us.icr.io",
            "docker://us.icr.io",
            " us.icr.io",
            "us.icr.io ",
            "us.icr.io\n",
            "us.icr.io.",
            "us.icr.io:443",
            "*.*.icr.io",
            "icr.io",
            "u?.icr.io",
            "us.icr.io/n*",
            "",
        ],
    ),
    "us.icr.io/ns2/app": (["us.icr.io/ns"], ["us.icr.io/ns/"]),
    "cp.icr.io/cpopen/x": (["cp.icr.io/cp"], []),
    "cp.icr.io/cp/cpd/x": (["cp.icr.io", "cp.icr.io/cp"], []),
    "cp.icr.io/cp/x": (["https://cp.icr.io/v2/cp", "*.icr.io"], []),
    "cp.stg.icr.io/cp/x": ([], ["cp.icr.io"]),
    "icr.io/cpopen/x": (["icr.io"], ["*.icr.io"]),
    "private.us.icr.io/ns/app": (["*.*.icr.io", "private.*.icr.io"], ["*.icr.io", "us.icr.io"]),
    "us.icr.io:443/ns/app": ([], ["us.icr.io"]),
    "mirror.local:5000/cp/app": (["mirror.local:5000", "mirror.local:5000/v2/"], ["mirror.local", "mirror.local:*"]),
    "mirror.local/cp/app": ([], ["mirror.local:5000"]),
    "registry:5000/a": (["*:5000"], []),
    "10.0.0.5:5000/a": (["10.0.0.5:5000"], []),
    "[::1]:5000/a/b": (["[::1]:5000"], []),
    "localhost:5000/a": (["localhost:5000"], []),
    "docker.io/library/nginx": (
        [
            "https://index.docker.io/v1/",
            "https://index.docker.io/v2/",
            "index.docker.io",
            "docker.io",
            "https://docker.io",
        ],
        [
            "https://index.docker.io/v1",
            "registry-1.docker.io",
            "https://registry.hub.docker.com",
            "hub.docker.com",
            "*.docker.io",
        ],
    ),
    "docker.io/myorg/app": (["docker.io/myorg"], ["index.docker.io/v1/myorg"]),
}
"""Taken from the kubelet's own code (pkg/credentialprovider/keyring.go)."""

UPSTREAM: dict[str, tuple[list[str], list[str]]] = {
    "prefix.kubernetes.io": (["*.kubernetes.io", "prefix.*.io", "prefix.kubernetes.*"], ["*.*.kubernetes.io"]),
    "prefix-good.kubernetes.io": (["*-good.kubernetes.io"], []),
    "prefix.kubernetes.io/blah": (["*.kubernetes.io/blah"], []),
    "prefix.kubernetes.io/foo/bar": (["prefix.*.io/foo"], []),
    "prefix.kubernetes.io:1111/blah": (["*.kubernetes.io:1111/blah"], ["*.kubernetes.io:1234/blah"]),
    "prefix.kubernetes.io:1111/foo/bar": (["prefix.*.io:1111/foo"], ["prefix.*.io/foo"]),
    "kubernetes.io": ([], ["*.kubernetes.io", "*.*.kubernetes.io"]),
    "kubernetes.com": ([], ["kubernetes.io"]),
    "quay.io": (["https://quay.io/v1/"], ["k*.io"]),
    "hello.kubernetes.io/foo/bar": (["https://hello.kubernetes.io"], []),
    "prefix.docker.io/foo/bar": (
        ["https://*.docker.io", "https://prefix.*.io", "https://prefix.docker.*"],
        ["https://*.docker.com", "https://suffix.*.io", "https://prefix.docker.c*", "suffix.*.io"],
    ),
    "prefix.docker.io/path/foo/bar": (["https://*.docker.io/path", "https://prefix.docker.*/path"], []),
    "prefix.docker.io/path/subpath/foo/bar": (["https://prefix.*.io/path"], []),
    "prefix.docker.io:8888/foo/bar": (
        ["https://*.docker.io:8888", "https://prefix.*.io:8888", "https://prefix.docker.*:8888"],
        [],
    ),
    "prefix.docker.io/path:1111/foo/bar": (
        [
            "https://*.docker.io/path:1111",
            "https://*.docker.io/v1/",
            "https://*.docker.io/v2/",
            "https://prefix.docker.*/path:1111",
        ],
        [],
    ),
    "prefix.docker.io:1111/path/foo/bar": (["prefix.docker.io:1111", "*.docker.io:1111"], []),
    "world.mesos.org/foo/bar/foo/bar": ([], ["https://hello.kubernetes.io"]),
    "prefix.docker.io/path/subpath:1111/foo/bar": ([], ["https://prefix.*.io/path:1111"]),
    "world.mesos.org/foo/bar": ([], ["https://index.docker.io/v1/"]),
    "google/docker-registry": (["https://index.docker.io/v1/"], []),
    "jenkins": (["https://index.docker.io/v1/"], []),
    "index.docker.io/v1//google/docker-registry": (["https://index.docker.io/v1/"], []),
    "bar.example.com": (["bar.example.com"], ["bar.example.com/pong"]),
    "bar.example.com/pong": (["bar.example.com", "bar.example.com/pong"], []),
    "bar.example.com/ping": (["bar.example.com"], ["bar.example.com/pong"]),
    "bar.example.com/pongz": (["bar.example.com", "bar.example.com/pong"], []),
    "bar.example.com/pong/pang": (["bar.example.com", "bar.example.com/pong"], []),
    "example.com": ([], ["bar.example.com"]),
    "foo.example.com": ([], ["bar.example.com"]),
    "quay.io/foo": (["https://quay.io/v1/"], []),
    "quay.io/foo/bar": (["https://quay.io/v1/"], []),
}
"""The cases of the kubelet's own tests (pkg/credentialprovider/keyring_test.go)."""

HOST = "127.0.0.1:5000"
NODE: dict[str, tuple[list[str], list[str]]] = {
    f"{HOST}/acme/g:1": (
        [
            *(HOST, f"{HOST}/", f"{HOST}/v1/", f"{HOST}/v2/", f"https://{HOST}", f"http://{HOST}"),
            *(f"{HOST}/acme", f"{HOST}/acme/", f"{HOST}/acme/g", f"{HOST}/acm"),
        ],
        [
            *(f"{HOST}/v2", "127.0.0.1", "https://127.0.0.1", "*:5000", "127.0.*:5000"),
            *(f"{HOST}/acme/g:1", f"{HOST}/other"),
        ],
    ),
    "reg.example.org/acme/g:1": (
        [
            *("reg.example.org", "https://reg.example.org", "reg.example.org/v2/", "*.example.org", "*.*.org"),
            *("reg.example.org/acme", "reg.example.org/acme/g"),
        ],
        [
            *("REG.EXAMPLE.ORG", "reg.example.org:443", "example.org", "*", "*.org", "re?.example.org"),
            *(
                " reg.example.org",
                "reg.example.org ",
                "reg.example.org/v2",
                "ftp://reg.example.org",
                "//reg.example.org",
            ),
        ],
    ),
    "reg.example.org:443/acme/g:1": (["reg.example.org:443"], ["reg.example.org"]),
    "REG.EXAMPLE.ORG/acme/g:1": (["REG.EXAMPLE.ORG"], ["reg.example.org"]),
    **{
        image: (
            [
                *("docker.io", "docker.io/library", "https://docker.io/v1/", "index.docker.io"),
                "https://index.docker.io/v1/",
            ],
            ["registry-1.docker.io", "hub.docker.com"],
        )
        for image in ("busybox", "library/busybox", "docker.io/busybox", "index.docker.io/busybox")
    },
}
"""Images as written in pods: from a real node, and from the real kubelet with a recording runtime."""
