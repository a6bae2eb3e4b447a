"""The matrix of namespaces and registries, and below it how the images are pulled, for equal ways once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.report.html.markup import Markup, element, joined_markup
from pullsecret.report.html.tables import (
    TableColumn,
    capped_names,
    data_table,
    names_cell,
    number_cell,
    sentences,
    table_row,
    word_cell,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.cluster_report.matrix import MatrixCell
    from pullsecret.model.cluster_report.report import ReportedCluster, ReportedNamespace

_STATES = tuple(state.value for state in PullState)

_NAMED = 5
"""So many secrets, service accounts or paths are named in a row."""

_EMPTY = "An empty cell: nothing in the namespace uses the registry, and there are no credentials for it."
_IDLE = "In parentheses: nothing uses the registry now; this is what a new pod would have."


def pulls_part(cluster: ReportedCluster) -> Markup:
    """The legend, the matrix and the ways of a cluster."""
    if not cluster.cells:
        return element("p", "No image of a registry is in use, and there are no credentials for any.")
    heading = element("h4", "How images are pulled")
    return joined_markup((_legend(cluster.cells), _matrix(cluster), heading, _ways(cluster.cells)), "\n")


def _legend(cells: Iterable[MatrixCell]) -> Markup:
    found = {cell.state for cell in cells}
    marks = (
        element("li", element("span", state.value, class_=f"mark {state.value}"), f" {state.words}")
        for state in PullState
        if state in found or state is PullState.UNKNOWN
    )
    return joined_markup((element("ul", *marks, class_="legend"), element("p", f"{_IDLE} {_EMPTY}", class_="muted")))


def _matrix(cluster: ReportedCluster) -> Markup:
    cells = {(cell.namespace, cell.registry): cell for cell in cluster.cells}
    columns = [TableColumn(header="Namespace")]
    columns += [TableColumn(header=registry, sort="order", order=_STATES) for registry in cluster.registries]
    rows = [_matrix_row(namespace, cluster.registries, cells) for namespace in cluster.namespaces]
    return data_table("Namespaces and registries", columns, rows, kind="matrix", choices=_STATES)


def _matrix_row(
    namespace: ReportedNamespace, registries: Iterable[str], cells: Mapping[tuple[str, str], MatrixCell]
) -> Markup:
    remark = namespace.problem or ("system" if namespace.is_system else "")
    name = joined_markup((namespace.name, element("small", f" {remark}"))) if remark else namespace.name
    states = (_state_cell(cells.get((namespace.name, registry)), namespace) for registry in registries)
    return table_row(name, *states)


def _state_cell(cell: MatrixCell | None, namespace: ReportedNamespace) -> Markup:
    if cell is None:
        state = PullState.UNKNOWN.value
        return element("td") if namespace.is_known else element("td", f"({state})", class_=f"{state} idle")
    state = cell.state.value
    return element("td", state, class_=state) if cell.is_used else element("td", f"({state})", class_=f"{state} idle")


_WAY_COLUMNS = (
    TableColumn(header="Registry"),
    TableColumn(header="State", sort="order", order=_STATES, is_choice=True),
    TableColumn(header="Credentials"),
    TableColumn(header="Reason"),
    TableColumn(header="Namespaces"),
    TableColumn(header="Images", sort="number"),
    TableColumn(header="Pods", sort="number"),
)


def _ways(cells: Iterable[MatrixCell]) -> Markup:
    """The cells that differ in nothing but the namespace as one row, the worst ones first."""
    found: dict[tuple[object, ...], list[MatrixCell]] = {}
    for cell in cells:
        way = (cell.registry, cell.state, cell.is_used, cell.secrets, cell.accounts, cell.paths, cell.reasons)
        found.setdefault(way, []).append(cell)
    groups = sorted(found.values(), key=lambda group: (not group[0].is_used, _STATES.index(group[0].state.value)))
    return data_table("How images are pulled", _WAY_COLUMNS, [_way_row(group) for group in groups])


def _way_row(group: list[MatrixCell]) -> Markup:
    cell = group[0]
    state = cell.state.value
    mark = word_cell(state, state) if cell.is_used else word_cell(f"({state})", f"{state} idle")
    return table_row(
        cell.registry,
        mark,
        sentences(tuple(_providers(cell))),
        sentences(cell.reasons),
        names_cell([one.namespace for one in group]),
        number_cell(sum(one.images for one in group)),
        number_cell(sum(one.pods for one in group)),
    )


def _providers(cell: MatrixCell) -> Iterable[str]:
    if cell.secrets:
        yield capped_names([f"secret/{name}" for name in cell.secrets], _NAMED)
    if cell.accounts:
        yield "listed by " + capped_names([f"serviceaccount/{name}" for name in cell.accounts], _NAMED)
    if cell.paths:
        yield "only for " + capped_names(cell.paths, _NAMED)
