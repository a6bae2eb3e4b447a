"""What becomes of the look-up of many API keys when IBM Cloud gives no answer about one."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from ibmcloud_api.cloud import IbmCloud
from ibmcloud_api.documents import RefusalError
from objects import made_up_password
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.ibmcloud.session import open_session
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.network.trace import Trace

if TYPE_CHECKING:
    from pathlib import Path


def test_a_thousand_keys_are_not_asked_for_one_after_another_where_there_is_no_answer(tmp_path: Path) -> None:
    with IbmCloud() as cloud:
        environ = {
            "IBMCLOUD_CONFIG_HOME": str(tmp_path),
            "IBMCLOUD_API_KEY": cloud.identity.user_key,
            "IBMCLOUD_IAM_API_ENDPOINT": cloud.url,
        }
        trace = Trace(verbosity=0, log=lambda _: None)
        session = open_session(IbmSignIn(), ConnectionFlags(), environ=environ, trace=trace, stdin=BytesIO())
        cloud.forget()
        limit = RefusalError(429, "Too many requests.", headers=(("Retry-After", "60"),))
        cloud.denied["GET", "/v1/apikeys/details"] = limit

        found = read_key_details(session, [made_up_password() for _ in range(1000)])
        session.close()

        assert len(found) == 1000
        assert all(one.problem and one.is_unanswered for one in found.values())
        assert len(cloud.received) <= 8
