"""Pull secrets, read by our code and by the kubelet's: the same credentials for an image, or the same error."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from fuzz.fuzzer import Fault, Fuzzer, chance_of, faults_of
from fuzz.mutation import mutated
from kubelet.comparison import ours, theirs
from kubelet.kubelet_oracle import answers
from kubelet.pods import NEW, OLD, USUAL
from pullsecret.errors import RefusedError
from pullsecret.model.images.dockerconfig import RegistryEntry, registries_of
from pullsecret.model.images.edited_entries import EntryEdits, edited_secret, key_meaning
from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.images.login_file import UnusableFileError, config_file, identity_tokens, problems_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.images.server_keys import key_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

EDITS = EntryEdits(
    added=(RegistryEntry(server="us.icr.io", username="new", password=secrets.token_hex(4)),), removed=("*.icr.io",)
)
IMAGES = ("us.icr.io/ns/app:1", "nginx", "registry.example:5000/a/b", "[::1]:5000/a")
PAIR = base64.b64encode(b"iamapikey:p")
SEEDS = (
    b'{"auths":{"us.icr.io":{"username":"iamapikey","password":"p","email":"e","auth":"' + PAIR + b'"}}}',
    b'{"auths":{"https://index.docker.io/v1/":{"auth":"'
    + PAIR
    + b'"},"*.icr.io":{"auth":"dTpw"},"us.icr.io/ns":null}}',
    b'{"us.icr.io":{"username":"u","password":"p"},"registry.example:5000":{"auth":"dTpw","email":"x"}}',
    b'{\n\t"auths": {"[::1]:5000": {"auth": "dTpw"}},\n\t"HttpHeaders": {"A": "b"},\n\t"x": [1, 2.5e3]\n}\n',
    b'{"AUTHS":{"us.icr.io":{"Auth":"dTpw"}},"auths":{"nginx":{"password":"\\ud83d\\ude00"}},"credHelpers":{"a":"b"}}',
    b"null",
)
WORDS = (
    *(
        b'"auths":{}',
        b'"auths":null,',
        b'"auth":"',
        b'"auth":"ZA=="',
        b'"username":',
        b"null",
        b"true",
        b"1e999",
        b"-0",
    ),
    *(b'"\\ud800"', b'"\\u0000"', b"\\", b'"', b"{", b"}", b"[", b"]", b",", b":", b"us.icr.io", b"https://", b"/v2/"),
    *(b"*", b"%41", b"%zz", b"=", b"\\n", "\u017f".encode(), "\u212a".encode(), b'"identitytoken":"t",', b"dTpw\\r\\n"),
)


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Compare the credentials that the two find for each seed's pod, and read its secret as a login file."""
    pods = {seed: pod_of(seed) for seed in seeds}
    verdicts = dict(zip(pods, answers("credentials", pods.values()), strict=True))

    def compare(seed: int) -> None:
        for number, image in enumerate(IMAGES):
            found = credentials_for(pods[seed]["secrets"], image)
            if (we := ours(found)) != (they := theirs(verdicts[seed], number, found)):
                raise Fault(f"{data_of(chance_of(seed))!r}, image {image}: {we}, and the kubelet {they}")
        read_otherwise(pods[seed]["secrets"][0])
        edit(pods[seed]["secrets"][0])

    return faults_of(seeds, compare)


def pod_of(seed: int) -> Any:  # noqa: ANN401  as the Go program reads it
    """A seed's pod: one secret, and images that it may serve."""
    chance = chance_of(seed)
    content, kind = data_of(chance), chance.choice((NEW, NEW, OLD))
    secret = {"metadata": {"name": "0"}, "type": kind, "data": {USUAL[kind]: base64.b64encode(content).decode()}}
    return {"secrets": [secret], "images": IMAGES}


def data_of(chance: Random) -> bytes:
    return mutated(chance, SEEDS, WORDS)


def read_otherwise(secret: Mapping[str, Any]) -> None:
    """Read the data as create and check do; whatever they raise but their own error is a fault."""
    data = base64.b64decode(next(iter(secret["data"].values())))
    problems_of(data)
    identity_tokens(dict(secret))
    try:
        list(key_problems(tuple(config_file(data).entries)))
    except UnusableFileError as error:
        str(error)


def edit(secret: Mapping[str, Any]) -> None:
    """Add an entry and remove another one: all others stay, and so does what is edited again."""
    before = registries_of(dict(secret)).entries
    try:
        edited = edited_secret(dict(secret), EDITS)
    except RefusedError as error:
        str(error)
        return
    after = registries_of(edited)
    touched = {key_meaning(server) for server in (*EDITS.removed, *(entry.server for entry in EDITS.added))}
    kept = [[entry for entry in each if key_meaning(entry.server) not in touched] for each in (before, after.entries)]
    new = [credential_of(entry) for entry in after.entries if key_meaning(entry.server) in touched]
    if after.malformed or kept[0] != kept[1] or {*new} != {credential_of(EDITS.added[0])}:
        raise Fault(f"{secret['data']}: edited otherwise than asked for: {after.malformed}")
    if edited_secret(edited, EDITS) != edited:
        raise Fault(f"{secret['data']}: edited twice")


FUZZER = Fuzzer(name="docker-configs", examine=examine, batches=2, batch=4_000)
