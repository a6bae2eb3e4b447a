"""`stringData` of a Secret in a manifest, which the API server writes into `data`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pullsecret.model.go.json import go_bytes
from pullsecret.model.objects.objects import Kind, Object, mapping_at

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_string_data(secret: Object) -> Object:
    """The secret as the API server stores it: `stringData` over `data`, and nowhere else."""
    plain: Mapping[str, object] = mapping_at(secret, "stringData")
    encoded = {key: base64.b64encode(go_bytes(text)).decode() for key, text in plain.items() if isinstance(text, str)}
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    return {"kind": Kind.SECRET.title, **rest, "data": {**mapping_at(secret, "data"), **encoded}}
