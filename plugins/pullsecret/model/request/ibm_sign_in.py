"""How a command signs in to IBM Cloud, according to the flags."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class IbmSignIn:
    """`api_key_file` is the file of --ibmcloud-api-key-file, "" for none; `is_private` is --ibmcloud-private."""

    api_key_file: str = ""
    is_private: bool = False
