"""Random images and server keys; keys are modified image names, so that many match and many nearly match."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

HOSTS = (
    *(
        "us.icr.io",
        "us.icr.io",
        "icr.io",
        "private.us.icr.io",
        "cp.icr.io",
        "quay.io",
        "reg.example.org:443",
        "xn--r-xka.example",
    ),
    *(
        "registry:5000",
        "10.0.0.5:5000",
        "[::1]:5000",
        "[2001:db8::1]",
        "localhost",
        "localhost:5000",
        "REG.Example.org",
        "REG",
    ),
    *("docker.io", "docker.io", "index.docker.io", "", "", "", "reg.example.org:", "a_b.example"),
)
PATHS = (
    "ns/app",
    "ns/app",
    "ns2/app",
    "ns",
    "cp/cpd/x",
    "cpopen/x",
    "library/nginx",
    "nginx",
    "v1/x",
    "v2/ns/app",
    "a__b/c-d.e",
)
DIGESTS = ("sha256:" + "a" * 64, "sha512:" + "0" * 128, "sha256:" + "A" * 64, "md5:" + "a" * 32, "sha384:" + "a" * 95)
ODD = "\x00\n\t \x7f%/:@?#*[]\\|<>\"'.é\u0130\u212a\u017f\ufffd日-_~A0z"
ESCAPES = ("%41", "%2F", "%25", "%C3%A9", "%ff", "%zz", "%", "%3A", "%2e")
ENDS = (
    "",
    "",
    "",
    "",
    "/",
    "/",
    "/v1/",
    "/v2/",
    "/v1",
    "/v2",
    "?x=1",
    "#f",
    "#%",
    "?",
    ":",
    ":443",
    ":5000",
    ":*",
    ".",
    " ",
    "\n",
)
SCHEMES = ("", "", "", "https://", "https://", "http://")
ODD_SCHEMES = ("HTTPS://", "oci://", "//", "https:", "u@", "https://u:p@", "a@b@", "/")


def image_name(random: Random) -> str:
    """An image as in a pod, sometimes an invalid one."""
    host, path = random.choice(HOSTS), random.choice(PATHS)
    name = f"{host}/{path}" if host else path
    chance = random.random()
    if chance < 0.4:
        name += random.choice((":1", ":latest", ":V1.0_x-Y", ":_", ":" + "t" * 128))
    if chance < 0.2 or chance > 0.9:
        name += "@" + random.choice(DIGESTS[: 2 if chance < 0.97 else None])
    if chance > 0.98:
        return modified(random, name)
    if chance > 0.97:
        return random.choice((name.upper(), name.title(), "b" * 64, f"{name}/{'x' * random.randint(245, 256)}"))
    return name


def server_key(random: Random, image: str) -> str:
    """A key that is similar to an image, or not at all."""
    host, _, path = (image if random.random() < 0.92 else image_name(random)).partition("@")[0].partition("/")
    path = path.partition(":")[0]
    if "." not in host and ":" not in host and host not in {"localhost", "REG"}:
        host, path = (
            random.choice(("docker.io", "index.docker.io", "index.docker.io", "hub.docker.com")),
            path and f"{host}/{path}",
        )
    if random.random() < 0.2:
        host = with_wildcard(random, host)
    if random.random() < 0.05:
        host = random.choice((host.upper(), host.partition(":")[0], f"{host}:443", host.partition(".")[2], f"*.{host}"))
    kept = random.choice((0, 0, 0, 1, len(path), random.randint(0, len(path)), path.find("/") % (len(path) + 1)))
    key = (
        random.choice(SCHEMES if random.random() < 0.9 else ODD_SCHEMES)
        + host
        + random.choice(("", "", "/v1", "/v2")) * (random.random() < 0.15)
    )
    key += f"/{path[:kept]}" if kept else ""
    key += random.choice(ENDS) if random.random() < 0.25 else ""
    return modified(random, key) if random.random() < 0.05 else key


def with_wildcard(random: Random, host: str) -> str:
    """A host with a wildcard for a label or a part of one."""
    name, colon, port = host.partition(":")
    labels = name.split(".")
    place = random.randrange(len(labels))
    label = labels[place]
    cut = random.randint(0, len(label))
    labels[place] = random.choice(
        ("*", "*", f"{label[:cut]}*", f"*{label[cut:]}", f"{label[:cut]}*{label[cut:]}", "**", "?")
    )
    return ".".join(labels) + colon + port


def modified(random: Random, text: str) -> str:
    """A text with something odd inserted, removed, or in another letter case."""
    for _ in range(random.randint(1, 2)):
        at = random.randint(0, len(text))
        odd = random.choice(ESCAPES) if random.random() < 0.3 else random.choice(ODD)
        text = text[:at] + odd * random.choice((1, 1, 0)) + text[at + random.randint(0, 1) :]
    return text
