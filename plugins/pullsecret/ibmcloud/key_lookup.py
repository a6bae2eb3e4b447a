"""One run's look-ups of API keys: each key is asked for once, in however many secrets and clusters it is."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING

from pullsecret.ibmcloud.key_facts import look_up_keys
from pullsecret.ibmcloud.session import open_session
from pullsecret.model.ibmcloud.key_facts import CloudKnowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.registry_keys import RegistryKey
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.model.request.ibm_sign_in import IbmSignIn
    from pullsecret.network.trace import Trace


class KeyLookup:
    """What has been found out so far; the clusters of a run ask one after another."""

    def __init__(self, sign_in: IbmSignIn, connection: ConnectionFlags) -> None:
        self._sign_in, self._connection = sign_in, connection
        self._lock = Lock()
        self._session: Session | None = None
        self._known = CloudKnowledge()
        self._asked: set[RegistryKey] = set()

    def ask(self, keys: Iterable[RegistryKey], trace: Trace) -> CloudKnowledge:
        """What IBM Cloud knows of these keys, and of all that were asked for before.

        Raises:
            PullSecretError: no one is signed in, or IBM Cloud gives no answer.
        """
        with self._lock:
            if self._session is None:
                self._session = open_session(
                    self._sign_in, self._connection, environ=os.environ, trace=trace, stdin=sys.stdin.buffer
                )
            new = [key for key in dict.fromkeys(keys) if key not in self._asked]
            with closing(self._session) as session:  # idle connections only
                self._known = self._known.with_more(look_up_keys(session, new))
            self._asked.update(new)
            return self._known
