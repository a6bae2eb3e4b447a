"""The pages of a list: as many items at a time as there is memory for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.objects.objects import Kind
from pullsecret.network.http.message import MAX_BODY

if TYPE_CHECKING:
    from pullsecret.cluster.http.request import ApiRequest

METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
"""The media type of a list of metadata alone."""

PAGE: Final = 500
"""How many items a LIST returns at a time, as kubectl's --chunk-size."""

NAMED_PAGE: Final = 1000
"""How many of the objects with one name, of which each namespace has one at most: 1,000 namespaces take one page."""

METADATA_PAGE: Final = 2000
"""The same of metadata alone, which is small: 1,000 namespaces are one page, and so a round trip less."""

PAGE_BYTES: Final = 16 << 20
SECRET_PAGE_BYTES: Final = 8 << 20
"""Bytes of a page, at most: 500 objects of every day. A page of fewer items is read where those are larger."""


class ListPages:
    """How the next page of a list is asked for: as many items as there is memory for."""

    def __init__(self, request: ApiRequest) -> None:
        self._request, self.token = request, ""
        self._size = METADATA_PAGE if request.accept == METADATA_LIST else PAGE
        if any(value.startswith("metadata.name=") for _, value in request.query):
            self._size = NAMED_PAGE
        self._bytes = SECRET_PAGE_BYTES if request.kind is Kind.SECRET else PAGE_BYTES

    @property
    def request(self) -> ApiRequest:
        """The request for the page."""
        query = {"limit": str(self._size), **({"continue": self.token} if self.token else {})}
        return replace(self._request, max_body=self._bytes).with_query(**query)

    def make_smaller(self) -> bool:
        """Ask for fewer items, and for a single one however large it is; False when that was done already."""
        if self._size == 1 and self._bytes == MAX_BODY:
            return False
        if self._size == 1:
            self._bytes = MAX_BODY
        self._size = max(1, self._size // (8 if self._size > 8 else 2))  # noqa: PLR2004  500, 62, 7, 3, 1
        return True
