"""IAM access groups: which of them an identity is in, as their policies are its policies, too.

Source: IBM's SDK ibm-platform-services, iam_access_groups_v2.py (list_access_groups); an identity is in 50 groups at
most ("IBM Cloud IAM limits").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.ibmcloud.answers import objects_in, text_in

if TYPE_CHECKING:
    from pullsecret.ibmcloud.client import IbmClient

_MOST: Final = "100"


def read_groups_of(client: IbmClient, iam: str, *, account: str, iam_id: str) -> tuple[str, ...]:
    """The IDs of the access groups that an identity is in, as a member or by a rule; raises what `send` raises."""
    query = {"account_id": account, "iam_id": iam_id, "membership_type": "all", "limit": _MOST}
    found = (text_in(group, "id") for group in objects_in(client.read(f"{iam}/v2/groups", query), "groups"))
    return tuple(filter(None, found))
