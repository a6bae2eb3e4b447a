"""Random pods with their pull secrets: mostly realistic ones, and JSON that two parsers may read differently."""

from __future__ import annotations

import base64
import json
from random import Random
from typing import TYPE_CHECKING

from kubelet.places import image_name, server_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypedDict

    class Pod(TypedDict):
        """A pod's pull secrets, as objects of the API, and the images it may have."""

        secrets: list[dict[str, object]]
        images: list[str]


NEW, OLD = "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"
USUAL = {NEW: ".dockerconfigjson", OLD: ".dockercfg"}
USERS = ("iamapikey", "cp", "u", "", " u", "û", "a@b.c", "u\x00")
PASSWORDS = ("p", "", "p:q", "p\n", " p ", "påss", "\ufffd", "x" * 44)
WRONG = (
    "null",
    "null",
    "1",
    "-0.5e+3",
    "1e999",
    "9" * 50,
    "true",
    '"text"',
    "[]",
    "[{}]",
    "{}",
    '{"a":[1,{"b":null}]}',
)
BROKEN = (
    *("01", "+1", "1.", "1e", "-", ".5", "NaN", "Infinity", "-Infinity", "nul", "tru", "fals", "True", ""),
    *("{,}", "[1,]", "'x'", '"\\x"', '"\\u12g4"', '"\t"', '{"a"}', "{1:2}"),
)
STRANGE = (
    *('"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800x"', '"\\u0000"', '"\\u0041\\/\\b"'),
    *('"\xff"', '"\xe2\x82"', '"\xed\xa0\x80"'),
)
"""JSON strings, one character for each byte, that parsers may read differently."""


def pod(seed: int, images: int = 2) -> Pod:
    """A random pod; its secrets are named "0", "1" ..."""
    random = Random(seed)  # noqa: S311  a scene
    names = [image_name(random) for _ in range(images)]
    count = random.choice((1, 1, 1, 2, 2, 3))
    return {"images": names, "secrets": [secret(random, str(number), names) for number in range(count)]}


def secret(random: Random, name: str, images: Sequence[str]) -> dict[str, object]:
    """One of its secrets, sometimes with a type or a data key that the kubelet ignores."""
    kind = random.choice((NEW, NEW, NEW, OLD))
    key, document_kind = USUAL[kind], kind
    if random.random() < 0.06:
        document_kind = random.choice((NEW, OLD))
        kind = random.choice((NEW, OLD, "Opaque", ""))
        key = random.choice((".dockerconfigjson", ".dockercfg", "config.json"))
    data = document(random, document_kind, images)
    content = "" if random.random() < 0.01 else base64.b64encode(data).decode()
    return {"metadata": {"name": name}, "type": kind, "data": {key: content}}


def document(random: Random, kind: str, images: Sequence[str]) -> bytes:
    """The bytes of a docker config."""
    text = auths(random, images)
    if kind == NEW:
        members = [f"{name(random, 'auths')}:{text}"]
        if random.random() < 0.15:
            members += [other_member(random, images) for _ in range(random.randint(1, 2))]
            random.shuffle(members)
        text = "{" + random.choice((",", ",", " , \n")).join(members) + "}"
    return corrupted(random, encoded(text)) if random.random() < 0.04 else encoded(text)


def other_member(random: Random, images: Sequence[str]) -> str:
    """Another top-level member of a docker config: more `auths`, headers, or something that the kubelet ignores."""
    chance = random.random()
    if chance < 0.15:
        return f"{name(random, 'auths')}:{auths(random, images)}"
    if chance < 0.25:
        return f"{name(random, random.choice(('auths', 'HttpHeaders')))}:{random.choice(WRONG)}"
    value = random.choice(("null", *WRONG, *map(raw, STRANGE))) if chance < 0.35 else anything(random)
    return f'{name(random, "HttpHeaders" if chance < 0.35 else "credHelpers")}:{{"x":{value}}}'


def encoded(text: str) -> bytes:
    """UTF-8, except for the parts marked by `raw`, whose characters are bytes."""
    return b"".join(
        part.encode("latin-1") if number % 2 else part.encode() for number, part in enumerate(text.split("\ue000"))
    )


def raw(text: str) -> str:
    """A text whose characters are bytes, marked for `encoded`."""
    return f"\ue000{text}\ue000"


def auths(random: Random, images: Sequence[str]) -> str:
    """An object of server keys and entries."""
    chance = random.random()
    if chance < 0.02:
        return random.choice(WRONG)
    keys = [server_key(random, random.choice(images)) for _ in range(random.choice((1, 2, 2, 3, 4, 5)))]
    if chance > 0.95:
        keys.append(random.choice(keys))
    return "{" + ",".join(f"{string(random, key)}:{entry(random)}" for key in keys) + "}"


def entry(random: Random) -> str:
    """An entry as in a docker config, or something else instead."""
    chance = random.random()
    if chance < 0.03:
        return random.choice(("{}", "null", '{"identitytoken":"t"}') if chance < 0.02 else WRONG)
    user, password = random.choice(USERS), random.choice(PASSWORDS)
    members: list[str] = []
    if chance < 0.35:
        members += [
            f"{name(random, 'username')}:{string(random, user)}",
            f"{name(random, 'password')}:{string(random, password)}",
        ]
    if chance > 0.2:
        members.append(f"{name(random, 'auth')}:{string(random, auth(random))}")
    if random.random() < 0.15:
        field = random.choice(("username", "password", "email", "auth", "identitytoken", "x"))
        value = random.choice(("null", '""', anything(random)) if random.random() < 0.2 else ('""', '"e@x"'))
        members.insert(random.randint(0, len(members)), f"{name(random, field)}:{value}")
    return "{" + ",".join(members) + "}"


def auth(random: Random) -> str:
    """Base64 of a username and a password, sometimes invalid."""
    plain = f"{random.choice(USERS)}:{random.choice(PASSWORDS)}".encode()
    chance = random.random()
    if chance < 0.01:
        plain = random.choice((b"key", b"", b":", b"\xff\xfe:\x80", plain.replace(b":", b""), base64.b64encode(plain)))
    text = base64.b64encode(plain).decode()
    return odd_base64(random, text) if chance > 0.96 else text


def odd_base64(random: Random, text: str) -> str:
    """Base64 in an unusual form, or text that is not base64."""
    if random.random() < 0.3:
        return text.rstrip("=")
    at = random.randint(0, len(text))
    begin, end = text[:at], text[at:]
    middle = random.choice(("", "\n", "\r", "-_", "=", "é", " "))
    after = random.choice(("", "\r\n", "=", " ", "\u00a0", "\u2003", "\n=", text))
    whole = random.choice(("=", "==", "====", "\n", "A", "A=", "A===", begin, f" {text}", text.replace("=", "\n=")))
    return random.choice((f"{begin}{middle}{end}", f"{text}{after}", whole))


def string(random: Random, text: str) -> str:
    """A JSON string for a text, in one of its possible forms."""
    chance = random.random()
    if chance < 0.9:
        return json.dumps(text, ensure_ascii=chance < 0.5)
    inside = json.dumps(text)[1:-1]
    if chance > 0.98:
        return f'"{inside}{raw(random.choice(STRANGE)[1:-1])}"'
    return f'"{"".join(spelled(random, letter) for letter in text)}"'


def spelled(random: Random, letter: str) -> str:
    """A character of a JSON string, escaped or not."""
    return f"\\u{ord(letter):04X}" if random.random() < 0.5 else json.dumps(letter)[1:-1]


def name(random: Random, field: str) -> str:
    """A member's name, sometimes in another letter case, or with a letter that only Go treats as equal."""
    chance = random.random()
    if chance < 0.9:
        return f'"{field}"'
    if chance < 0.96:
        return f'"{random.choice((field.upper(), field.title(), field.swapcase()))}"'
    odd = (("s", "\u017f"), ("i", "İ"), ("k", "\u212a"), ("a", r"\u0061"), ("u", r"\u0055"), ("", " "))
    return f'"{field.replace(*random.choice(odd), 1)}"'


def anything(random: Random) -> str:
    """A JSON value of any kind, sometimes invalid or nested more deeply than some parsers allow."""
    chance = random.random()
    if chance < 0.03:
        depth = random.choice((14, 15, 16, 17, 900, 1100, 9_990, 9_997, 9_998, 10_000))
        return "[" * depth + random.choice(("", "1", '"s"')) + "]" * (depth - (chance < 0.002))
    if chance < 0.12:
        return random.choice(BROKEN)
    return raw(random.choice(STRANGE)) if chance < 0.3 else random.choice(WRONG)


def corrupted(random: Random, data: bytes) -> bytes:
    """The bytes with an error in them, or with something around them."""
    at = random.randint(0, len(data))
    byte = bytes([random.choice((random.randrange(256), *b'{}[]",:\\ \n'))])
    put_in = data[:at] + random.choice((byte, b"")) + data[at + random.randint(0, 1) :]
    around = random.choice((b"\xef\xbb\xbf", b" \n\t")) + data + random.choice((b"\r\n ", b"{}", byte, b""))
    return random.choice((put_in, put_in, around, data[:at], random.choice((b"\n", b"null", b"[]", b'"s"', b"-1"))))
