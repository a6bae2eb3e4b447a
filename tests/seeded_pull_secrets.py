"""Docker configs as people and programs leave them, one for each seed, and what an edit must make of them.

Odd order, names that are repeated or mean the same, foreign fields and numbers, any whitespace and escapes, leftovers
of `.dockercfg`, and some as large as a secret can be. A text is composed of pieces, so that the expected text comes
from the pieces and not from reading the text.
"""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field, replace

from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.edited_entries import EntryEdits
from pullsecret.model.openshift.global_secrets import REQUIRED_HOSTS

SPELLINGS = {
    "us.icr.io": ("us.icr.io", "https://us.icr.io", "http://us.icr.io/", "us.icr.io/"),
    "quay.io/acme": ("quay.io/acme", "https://quay.io/acme", "https://quay.io/v2/acme"),
    "index.docker.io": ("https://index.docker.io/v1/", "index.docker.io", "https://index.docker.io/"),
    "registry.example.com:5000": ("registry.example.com:5000", "https://registry.example.com:5000"),
}
"""Server keys that are the same to the kubelet, by what they mean."""

OTHERS = (
    "mirror.example.net",
    "*.example.org",
    "cp.icr.io",
    "quay.io/acme/app",
    "not a key",
    "Us.icr.io",
    "us.icr.io:443",
    "",
)
SEPARATORS = (",", ", ", ",\n    ", " ,\r\n\t", ",\n\n")
COLONS = (":", ": ", " :\n", "\t:\t")
SPACES = ("", "", " ", "\n    ", "\r\n\t")
ODD_FIELDS = (
    '"expires" : 1.0e+5',
    '"n":-0',
    '"big":123456789012345678901234567890',
    '"list":[ {"auths":{"us.icr.io":{}}} ,"{", "]" ]',
    '"email":"a\\u0040b.c"',
    '"Email":null',
    '"note":"\\"\\\\ \\u00e9 \\ud83d\\ude00 }"',
    '"nested":{"auth":"x","auths":{"us.icr.io":{"auth":"y"}}}',
)
SURROUNDINGS = (
    '{"auths":%}',
    ' \n{\r\n  "auths" : %\n}\n\n',
    '{"us.icr.io":{"auth":"b2xkOmxlZnRvdmVy"},"auths":%,"HttpHeaders":{"User-Agent":"x"}}',
    '{"credHelpers":{"us.icr.io":"none"}, "AUTHS": %, "more":[1.50,{"auths":{"us.icr.io":{}}}],"credsStore":""}',
    '{"auths":{"first.example.com":{"auth":"b2xkOmZpcnN0"}},"auths":%}',
    '{"auths":{"us.icr.io":{"auth":"b2xkOmRlYWQ="}},"auths":null,"\\u0061uths":%,"\\ud800":0}',
)
"""What is around the `auths` with the entries, which is at `%`."""

LARGE = 97
"""One of so many seeds has more than a thousand entries, and one of ten times as many about 1 MiB."""


@dataclass(frozen=True)
class Piece:
    """A member of `auths`: its name as it is and as it is written, its value, and its credential."""

    name: str
    written: str
    value: str = field(repr=False)
    credential: tuple[str, str] = field(repr=False)

    @property
    def meaning(self) -> str:
        """What the name means to the kubelet, as far as that matters here."""
        return next((meaning for meaning, spelled in SPELLINGS.items() if self.name in spelled), self.name)


@dataclass(frozen=True)
class Auths:
    """`auths` as it is written: whitespace at both ends, members, and what is between them."""

    opening: str
    members: tuple[Piece, ...]
    separators: tuple[str, ...]
    closing: str

    @property
    def text(self) -> str:
        """The object."""
        ends = (*self.separators, "")
        parts = [f"{piece.written}{piece.value}{end}" for piece, end in zip(self.members, ends, strict=False)]
        return "{" + self.opening + "".join(parts) + self.closing + "}"


@dataclass(frozen=True)
class SeededEdit:
    """A docker config, an edit, and the text that must come of it."""

    before: bytes = field(repr=False)
    edits: EntryEdits
    after: bytes = field(repr=False)


def seeded_edit(seed: int) -> SeededEdit:
    """The docker config and the edit of a seed."""
    chance = random.Random(seed)  # noqa: S311  no secret
    auths = _auths(chance, seed)
    wanted, unwanted = _split(chance, list(SPELLINGS))
    added = tuple(sorted((_new(chance, meaning, auths) for meaning in wanted), key=lambda entry: entry.server))
    removed = tuple(chance.choice(SPELLINGS[meaning]) for meaning in unwanted)
    around = chance.choice(SURROUNDINGS)
    before, after = (around.replace("%", each.text) for each in (auths, _edited(auths, added, removed)))
    return SeededEdit(before=before.encode(), edits=EntryEdits(added=added, removed=removed), after=after.encode())


def _split(chance: random.Random, meanings: list[str]) -> tuple[list[str], list[str]]:
    chance.shuffle(meanings)
    count = chance.randrange(3)
    return meanings[:count], meanings[count : count + chance.randrange(0 if count else 1, 3)]


def _new(chance: random.Random, meaning: str, auths: Auths) -> RegistryEntry:
    """An entry to add; sometimes it is there already."""
    there = [piece.credential for piece in auths.members if piece.meaning == meaning]
    username, password = there[0] if there and chance.random() < 0.2 else ("puller", f"new-{chance.random()}")
    return RegistryEntry(server=chance.choice(SPELLINGS[meaning]), username=username, password=password)


def _auths(chance: random.Random, seed: int) -> Auths:
    names = list(REQUIRED_HOSTS) if chance.random() < 0.9 else []
    for spelled in SPELLINGS.values():
        names += chance.sample(spelled, chance.choice((0, 1, 1, 2)))
    names += chance.sample(OTHERS, chance.randrange(4))
    names += chance.sample(names, min(len(names), chance.choice((0, 0, 1))))
    if seed % LARGE == 0:
        names += [f"registry-{number}.example.com" for number in range(7600 if seed % (10 * LARGE) == 0 else 1200)]
    chance.shuffle(names)
    separator = chance.choice(SEPARATORS)
    mixed = chance.random() < 0.2
    gaps = tuple(chance.choice(SEPARATORS) if mixed else separator for _ in names[1:])
    pieces = tuple(_piece(chance, name) for name in names)
    return Auths(opening=chance.choice(SPACES), members=pieces, separators=gaps, closing=chance.choice(SPACES))


def _piece(chance: random.Random, name: str) -> Piece:
    written = "".join(_spelled(chance, character) for character in name)
    credential = (f"user{chance.randrange(9)}", f"old-{chance.random()}")
    return Piece(name, f'"{written}"{chance.choice(COLONS)}', _value(chance, *credential), credential)


def _spelled(chance: random.Random, character: str) -> str:
    if chance.random() < 0.02:
        return f"\\u{ord(character):04x}"
    return "\\/" if character == "/" and chance.random() < 0.2 else character


def _value(chance: random.Random, username: str, password: str) -> str:
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    fields = [f'"auth":"{auth}"'] if chance.random() < 0.8 else []
    if not fields or chance.random() < 0.3:
        fields += [f'"username": "{username}"', f'"Password":"{password}"']
    fields += chance.sample(ODD_FIELDS, chance.choice((0, 0, 1, 2)))
    chance.shuffle(fields)
    space = chance.choice(SPACES)
    return "{" + space + chance.choice(SEPARATORS).join(fields) + space + "}"


def _edited(auths: Auths, added: tuple[RegistryEntry, ...], removed: tuple[str, ...]) -> Auths:
    """The same `auths` after an edit, piece by piece."""
    gone = {meaning for meaning, spelled in SPELLINGS.items() if set(spelled) & set(removed)}
    new = {meaning: entry for entry in added for meaning, spelled in SPELLINGS.items() if entry.server in spelled}
    changed = tuple(_replaced(piece, new.get(piece.meaning)) for piece in auths.members)
    kept, gaps = _without(changed, auths.separators, gone)
    there = {piece.meaning for piece in auths.members}
    lines = [
        Piece(entry.server, f'"{entry.server}":', _kubectls(entry), ("", ""))
        for meaning, entry in new.items()
        if meaning not in there
    ]
    between = auths.separators[-1] if auths.separators else f",{auths.opening}" if auths.members else ","
    gap = between if kept else ","
    joints = (gap,) * (len(lines) if kept else max(len(lines) - 1, 0))
    return replace(auths, members=(*kept, *lines), separators=(*gaps, *joints))


def _replaced(piece: Piece, entry: RegistryEntry | None) -> Piece:
    if entry is None or piece.credential == (entry.username, entry.password):
        return piece
    return replace(piece, value=_kubectls(entry))


def _kubectls(entry: RegistryEntry) -> str:
    """An entry as `kubectl create secret docker-registry` writes it."""
    auth = base64.b64encode(f"{entry.username}:{entry.password}".encode()).decode()
    return f'{{"username":"{entry.username}","password":"{entry.password}","auth":"{auth}"}}'


def _without(
    pieces: tuple[Piece, ...], separators: tuple[str, ...], gone: set[str]
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The members that stay, and what is between them: the separator before those that are gone stays."""
    kept: list[Piece] = []
    gaps: list[str] = []
    lead: str | None = None
    for piece, separator in zip(pieces, ("", *separators), strict=False):
        lead = separator if lead is None else lead  # before the first of those that are gone
        if piece.meaning not in gone:
            gaps += [lead] if kept else []
            kept.append(piece)
            lead = None
    return tuple(kept), tuple(gaps)
