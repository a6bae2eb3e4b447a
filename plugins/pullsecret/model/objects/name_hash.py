"""Hashes in names: that of `--append-hash` is `NAME-HASH`, with a hash of the secret's content.

Source: kubectl pkg/util/hash/hash.go (SecretHash, encodeHash).
"""

from __future__ import annotations

import hashlib

from pullsecret.model.go.json import go_bytes, json_quoted
from pullsecret.model.objects.objects import Object, mapping_at, name_of, text_at

_DIGITS = 10
_WITHOUT_VOWELS = str.maketrans("013ae", "ghkmt")


def hashed_name(secret: Object) -> str:
    """The secret's name with its hash over data, kind, name, type and, if it is set, `immutable`."""
    return f"{name_of(secret)}-{short_hash(_canonical(secret))}"


def _canonical(secret: Object) -> str:
    """The secret's fields as Go's json.Marshal writes a map: compact and sorted by key."""
    data = mapping_at(secret, "data")
    entries = ",".join(f"{json_quoted(key)}:{json_quoted(text_at(data, key))}" for key in sorted(data, key=go_bytes))
    fields = {"data": f"{{{entries}}}"}
    if isinstance(secret.get("immutable"), bool):
        fields["immutable"] = str(secret["immutable"]).lower()
    fields |= {"kind": '"Secret"', "name": json_quoted(name_of(secret)), "type": json_quoted(text_at(secret, "type"))}
    return "{" + ",".join(f'"{key}":{value}' for key, value in fields.items()) + "}"


def short_hash(text: str) -> str:
    """40 bits of SHA-256 in a base 16 that spells no words."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS].translate(_WITHOUT_VOWELS)
