"""The Kubernetes API: kubeconfig, credentials, a small client over plain objects, and its errors as ours.

`connect` is the only entry point. It imports the Kubernetes client, urllib3 and ssl when it is called.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.files import Kubeconfig
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.cluster.login.shared_logins import SharedLogins
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.network.http.pool import Connections


def _discard(_line: Printable) -> None:
    """Discard a line."""


def connect(  # noqa: PLR0913  what differs between completion and a run, and between runs
    flags: ConnectionFlags,
    *,
    environ: Mapping[str, str],
    log: Callable[[Printable], None] = _discard,
    warn: Callable[[Printable], None] = _discard,
    stdin_free: bool = True,
    unattended: bool = False,
    kubeconfig: Kubeconfig | None = None,
    logins: SharedLogins | None = None,
    most: int | None = None,
) -> Cluster:
    """The cluster that kubectl would use with these flags and this environment; no request is sent yet.

    `log` gets the lines of -v, without credentials. `warn` gets each distinct text of the server's Warning headers
    once, and why a renewed token could not be stored. `stdin_free=False` keeps standard input from credential plugins,
    because the program reads a password there itself. `unattended=True` is for completion: no login is renewed, and no
    credential plugin is run that may prompt. `kubeconfig` is what its files have, if they have been read already, and
    `logins` are those of the other clusters of a run, and `most` is how many requests may be under way then.

    Raises:
        ConfigError: kubeconfig, or what it names, cannot be used.
    """
    # Imported here, because --help and completion must load neither yaml nor ssl nor the Kubernetes client.
    from pullsecret.cluster.client import Cluster  # noqa: PLC0415
    from pullsecret.cluster.http.transport import Transport  # noqa: PLC0415
    from pullsecret.cluster.kubeconfig.connection import resolve_connection  # noqa: PLC0415
    from pullsecret.cluster.login.authentication import authenticator_for  # noqa: PLC0415
    from pullsecret.network.trace import Trace  # noqa: PLC0415

    connection = resolve_connection(flags, environ, kubeconfig=kubeconfig)
    authenticator = authenticator_for(
        connection, environ=environ, stdin_free=stdin_free, unattended=unattended, warn=warn, logins=logins
    )
    trace = Trace(verbosity=flags.verbosity, log=log)
    open_pool = partial(_open_pool, connection, environ=environ, unattended=unattended)
    transport = Transport(connection, authenticator, open_pool=open_pool, trace=trace, warn=warn)
    return Cluster(
        transport,
        namespace=connection.namespace,
        context=connection.context,
        server=connection.server,
        parallel=flags.parallel,
        most=most,
        trace=trace,
        sibling=partial(connect, environ=environ, log=log, warn=warn, stdin_free=stdin_free, logins=logins),
    )


def namespace_of_connection(flags: ConnectionFlags, environ: Mapping[str, str]) -> str:
    """The namespace that a command without target flags acts on; neither a login nor a request is made.

    Raises:
        ConfigError: kubeconfig, or what it names, cannot be used.
    """
    from pullsecret.cluster.kubeconfig.connection import resolve_connection  # noqa: PLC0415  as above

    return resolve_connection(flags, environ).namespace


def _open_pool(
    connection: Connection, pair: KeyPair | None, *, environ: Mapping[str, str], unattended: bool
) -> Connections:
    """The Kubernetes client's pool; for completion, which sends one request at a time, one that imports faster.

    Through a proxy the client's configuration applies, for completion, too.
    """
    if unattended and not connection.proxy:
        from pullsecret.cluster.login.clientcert import create_client_context  # noqa: PLC0415  as above
        from pullsecret.network.http.connection import Route  # noqa: PLC0415  as above
        from pullsecret.network.http.pool import Pool  # noqa: PLC0415  as above

        is_secure = connection.server.startswith("https://")
        context = create_client_context(pair, connection.trust, environ) if is_secure else None
        return Pool(lambda origin: Route(origin=origin, context=context, server_name=connection.trust.server_name))
    from pullsecret.cluster.http.client_pool import ClientPool  # noqa: PLC0415  as above

    return ClientPool(connection, pair, environ=environ)
