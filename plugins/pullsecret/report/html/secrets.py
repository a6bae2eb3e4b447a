"""The pull secrets of a cluster, the kinds of their credentials, and when they expire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.report.html.copies import COLORS
from pullsecret.report.html.markup import Markup, element, joined_markup
from pullsecret.report.html.tables import (
    TableColumn,
    data_table,
    folded_names,
    moment_words,
    names_cell,
    number_cell,
    sentences,
    table_row,
    time_cell,
)
from pullsecret.report.html.timeline import expiry_kind, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pullsecret.model.cluster_report.credential_dates import Expiry, KindSummary
    from pullsecret.model.cluster_report.report import ReportedCluster
    from pullsecret.model.cluster_report.reported_secret import ReportedSecret, SecretPlace

_TYPE_PREFIX = "kubernetes.io/"


def credentials_part(cluster: ReportedCluster, now: datetime) -> Markup:
    """The kinds of credentials, and those that have an end on a line of time."""
    if not cluster.kinds:
        return element("p", "There are no credentials.")
    ends = (
        (element("h4", "When they expire"), timeline(cluster.expiries, now), _expiry_table(cluster.expiries, now))
        if cluster.expiries
        else (element("p", "No credential says when it expires."),)
    )
    return joined_markup((_kind_table(cluster.kinds, now), *ends), "\n")


_KIND_COLUMNS = (
    TableColumn(header="Kind"),
    TableColumn(header="Valid"),
    TableColumn(header="Entries", sort="number"),
    TableColumn(header="Secrets", sort="number"),
    TableColumn(header="With an end", sort="number"),
    TableColumn(header="First written", sort="time"),
    TableColumn(header="Last written", sort="time"),
)


def _kind_table(kinds: Sequence[KindSummary], now: datetime) -> Markup:
    rows = [
        table_row(
            kind.kind,
            kind.validity,
            number_cell(kind.entries),
            number_cell(kind.secrets),
            number_cell(kind.expiring),
            time_cell(kind.oldest, now),
            time_cell(kind.newest, now),
        )
        for kind in kinds
    ]
    return data_table("Kinds of credentials", _KIND_COLUMNS, rows)


_EXPIRY_COLUMNS = (
    TableColumn(header="Registry"),
    TableColumn(header="Expires", sort="time"),
    TableColumn(header="Username"),
    TableColumn(header="Kind"),
    TableColumn(header="Secrets"),
)


def _expiry_table(expiries: Sequence[Expiry], now: datetime) -> Markup:
    rows = [
        table_row(
            expiry.registry,
            element(
                "td",
                element("span", moment_words(expiry.expires, now), class_=f"mark {expiry_kind(expiry.expires, now)}"),
            ),
            expiry.username,
            expiry.kind,
            names_cell([_shown_place(place) for place in expiry.secrets]),
        )
        for expiry in expiries
    ]
    return data_table("Credentials that expire", _EXPIRY_COLUMNS, rows)


def _shown_place(place: SecretPlace) -> str:
    return f"{place.namespace}/{place.name}"


_SECRET_COLUMNS = (
    TableColumn(header="Namespace"),
    TableColumn(header="Name"),
    TableColumn(header="Registries"),
    TableColumn(header="Service accounts"),
    TableColumn(header="Used by"),
    TableColumn(header="Written", sort="time"),
    TableColumn(header="Managed by"),
    TableColumn(header="State"),
)


def secrets_part(secrets: Sequence[ReportedSecret], now: datetime) -> Markup:
    """All pull secrets of a cluster."""
    if not secrets:
        return element("p", "There are no pull secrets.")
    rows = [
        table_row(
            secret.namespace,
            secret.name,
            names_cell(tuple(dict.fromkeys(entry.registry for entry in secret.entries)), empty="none"),
            names_cell(secret.accounts, empty="none"),
            _users(secret),
            time_cell(secret.written or secret.created, now),
            secret.owner or ("kubectl-pullsecret" if secret.is_managed else ""),
            _states(secret),
        )
        for secret in secrets
    ]
    return data_table("Pull secrets", _SECRET_COLUMNS, rows)


def _users(secret: ReportedSecret) -> Markup:
    if secret.users:
        return element("td", folded_names(secret.users))
    return element("td", "nothing" if secret.is_use_known else "unknown")


def _states(secret: ReportedSecret) -> Markup:
    return element("td", sentences(tuple(_state_lines(secret))))


def _state_lines(secret: ReportedSecret) -> Iterator[str]:
    if secret.malformed:
        yield joined_markup((element("span", "malformed", class_="mark broken"), f" {secret.malformed}"))
    if secret.type.removeprefix(_TYPE_PREFIX) != "dockerconfigjson":
        yield f"type {secret.type}"
    if secret.previous_of:
        yield f"keeps the previous content of secret/{secret.previous_of}"
    elif secret.standing is not None:
        yield joined_markup(
            ("copy: ", element("span", secret.standing.value, class_=f"mark {COLORS[secret.standing]}"))
        )
    if secret.is_immutable:
        yield "immutable"
