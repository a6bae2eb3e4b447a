"""The Kubernetes API: who and where (kubeconfig), small verbs over plain objects, and its errors as ours.

`connect` is the only door. What it opens imports the Kubernetes client, urllib3 and ssl; this module does not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.http.roundtrip import Pool
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.model.request.connection import ConnectionFlags


def _quiet(_line: str) -> None:
    """Nobody listens."""


def connect(  # noqa: PLR0913  what sets TAB apart from a run, and runs from one another
    flags: ConnectionFlags,
    *,
    environ: Mapping[str, str],
    log: Callable[[str], None] = _quiet,
    warn: Callable[[str], None] = _quiet,
    stdin_free: bool = True,
    unattended: bool = False,
) -> Cluster:
    """The cluster that kubectl would talk to with these flags and this environment; no request is sent yet.

    `log` gets what -v asks for, a line at a time and without credentials. `warn` gets each distinct text of the
    server's Warning headers once, and what went wrong with storing a renewed token. `stdin_free=False` keeps standard
    input from credential plugins, because the program reads a password there itself. `unattended=True` is for a run
    that nobody asked for: no login is renewed, and no credential plugin run that does not promise to ask nothing.

    Raises:
        ConfigError: kubeconfig, or what it names, cannot be used.
    """
    # Imported here, because --help and TAB must load neither yaml nor ssl nor the Kubernetes client.
    from pullsecret.cluster.client import Cluster  # noqa: PLC0415
    from pullsecret.cluster.http.transport import Transport  # noqa: PLC0415
    from pullsecret.cluster.kubeconfig.connection import resolve_connection  # noqa: PLC0415
    from pullsecret.cluster.login.authentication import authenticator_for  # noqa: PLC0415
    from pullsecret.network.trace import Trace  # noqa: PLC0415

    connection = resolve_connection(flags, environ)
    authenticator = authenticator_for(
        connection, environ=environ, stdin_free=stdin_free, unattended=unattended, warn=warn
    )
    trace = Trace(verbosity=flags.verbosity, log=log)
    open_pool = partial(_opened, connection, environ=environ, parallel=flags.parallel, unattended=unattended)
    transport = Transport(connection, authenticator, open_pool=open_pool, trace=trace)
    return Cluster(
        transport,
        namespace=connection.namespace,
        server=connection.server,
        parallel=flags.parallel,
        warn=warn,
        trace=trace,
        sibling=partial(connect, environ=environ, log=log, warn=warn, stdin_free=stdin_free),
    )


def _opened(
    connection: Connection, pair: KeyPair | None, *, environ: Mapping[str, str], parallel: int, unattended: bool
) -> Pool:
    """The client's own pool; for TAB, which asks one question at a time, a connection that loads faster.

    Only the client knows how to go through a proxy.
    """
    if unattended and not connection.proxy:
        from pullsecret.cluster.http.single_connection import DirectPool  # noqa: PLC0415  as above

        return DirectPool(connection, pair, environ)
    from pullsecret.cluster.http.pool import ClientPool  # noqa: PLC0415  as above

    return ClientPool(connection, pair, environ=environ, parallel=parallel)
