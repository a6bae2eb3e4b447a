"""A session with IBM Cloud for a command that changes something there: the account is said first."""

from __future__ import annotations

import os
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from pullsecret.ibmcloud.session import open_session
from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.model.request.ibm_sign_in import IbmSignIn


@contextmanager
def open_and_name_session(
    sign_in: IbmSignIn, flags: ConnectionFlags, cluster: Cluster, interruption: Interruption
) -> Iterator[Session]:
    """Sign in for the duration, and name the account; raises what `open_session` raises.

    The log of -v is the cluster's; after an interruption, no request is repeated.
    """
    session = open_session(
        sign_in,
        flags,
        environ=os.environ,
        trace=cluster.trace,
        stdin=sys.stdin.buffer,
        stopped=interruption.event,
    )
    with closing(session):
        print_message(Printable(f"note: IBM Cloud account {session.shown_account}"))
        yield session
