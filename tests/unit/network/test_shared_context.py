"""Connections that are opened at the same time share a TLS context, which nothing may change any more."""

from __future__ import annotations

import ssl

import pytest

from pullsecret.network.tls import share_context


def test_shared_context_keeps_its_protocols() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ssl.SSLError, match="ALPN"):
        context.set_alpn_protocols([""])

    share_context(context).set_alpn_protocols([""])
