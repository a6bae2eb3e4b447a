"""Which connections are the same cluster and user, and which logins are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from objects import made_up_password
from pullsecret.cluster.kubeconfig.connection import Connection
from pullsecret.cluster.kubeconfig.same_cluster import grouped_connections
from pullsecret.cluster.kubeconfig.user import ExecPlugin, Impersonation, KeyPair, User
from pullsecret.cluster.login.authentication import authenticator_for
from pullsecret.cluster.login.shared_logins import SharedLogins
from pullsecret.network.tls import Trust

TOKEN = made_up_password()
BASE = Connection(
    server="https://api.example:6443",
    namespace="default",
    context="base",
    trust=Trust(ca=b"ca"),
    user=User(name="admin", token=TOKEN),
)
PLUGIN = ExecPlugin(command="login", api_version="client.authentication.k8s.io/v1", args=("get-token",))

SAME = {
    "same": BASE,
    "another-namespace": replace(BASE, namespace="team-a"),
    "another-name-of-the-user": replace(BASE, user=replace(BASE.user, name="root")),
    "capitals-in-the-address": replace(BASE, server="https://API.example:6443"),
    "slash-after-the-address": replace(BASE, server="https://api.example:6443/"),
}
OTHER = {
    "another-port": replace(BASE, server="https://api.example:443"),
    "another-path": replace(BASE, server="https://api.example:6443/k8s/clusters/c1"),
    "another-authority": replace(BASE, trust=Trust(ca=b"other")),
    "another-token": replace(BASE, user=replace(BASE.user, token=made_up_password())),
    "a-certificate-as-well": replace(BASE, user=replace(BASE.user, key_pair=KeyPair(certificate=b"c", key=b"k"))),
    "as-somebody-else": replace(BASE, impersonation=Impersonation(user="other")),
    "as-the-same-in-another-group": replace(BASE, impersonation=Impersonation(user="other", groups=("g",))),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_same_cluster_and_user_are_one(other: Connection) -> None:
    assert grouped_connections([BASE, other]) == [[BASE, other]]


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER)
def test_other_cluster_or_user_stays_apart(other: Connection) -> None:
    assert grouped_connections([BASE, other]) == [[BASE], [other]]


def test_groups_are_in_the_order_of_their_first_contexts() -> None:
    first, second = OTHER["another-port"], OTHER["another-token"]
    again = replace(first, context="again")

    assert grouped_connections([first, BASE, again, second]) == [[first, again], [BASE], [second]]


def test_default_port_is_that_of_the_scheme() -> None:
    named, unnamed = (replace(BASE, server=server) for server in ("https://api.example:443", "https://api.example"))

    assert grouped_connections([named, unnamed]) == [[named, unnamed]]


LOGINS = {
    "same": (PLUGIN, PLUGIN, True),
    "another-hint": (PLUGIN, replace(PLUGIN, install_hint="get it"), True),
    "another-cluster-extension-that-it-does-not-get": (PLUGIN, replace(PLUGIN, cluster_config={"a": 1}), True),
    "another-command": (PLUGIN, replace(PLUGIN, command="other"), False),
    "other-arguments": (PLUGIN, replace(PLUGIN, args=("get-token", "--cluster=b")), False),
    "another-variable": (PLUGIN, replace(PLUGIN, env={"PROFILE": "b"}), False),
    "it-gets-the-cluster": (
        replace(PLUGIN, provide_cluster_info=True),
        replace(PLUGIN, provide_cluster_info=True),
        False,
    ),
}
"""Two plugins, for two clusters, and whether their login is one."""


@pytest.mark.parametrize(("first", "second", "is_one"), LOGINS.values(), ids=LOGINS)
def test_logins_of_two_clusters(first: ExecPlugin, second: ExecPlugin, *, is_one: bool) -> None:
    logins = SharedLogins()
    one, other = (
        authenticator_for(
            replace(BASE, server=server, user=User(exec_plugin=plugin)),
            environ={},
            stdin_free=True,
            warn=print,
            logins=logins,
        )
        for server, plugin in (("https://one.example", first), ("https://two.example", second))
    )

    assert (one is other) is is_one
