"""Joins columns of the matrix that nothing uses and that are equal: IBM Cloud's pull secret has 26 registries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.cluster_report.matrix import MatrixCell

_FEW: Final = 3
"""Fewer equal columns stay as they are."""


def joined_columns(
    registries: Iterable[str], cells: Sequence[MatrixCell]
) -> tuple[Mapping[str, tuple[str, ...]], tuple[MatrixCell, ...]]:
    """The columns in their order, each with its registries if it has several, and the cells that are left.

    Columns are joined if nothing uses their registries in any namespace, and all their cells are equal.
    """
    by_registry: dict[str, list[MatrixCell]] = {registry: [] for registry in registries}
    for cell in cells:
        by_registry[cell.registry].append(cell)
    alike: dict[tuple[MatrixCell, ...], list[str]] = {}
    for registry, column in by_registry.items():
        if not any(cell.is_used for cell in column):
            alike.setdefault(tuple(replace(cell, registry="") for cell in column), []).append(registry)
    groups = {group[0]: tuple(group) for group in alike.values() if len(group) >= _FEW}
    hidden = {registry for group in groups.values() for registry in group[1:]}
    names = {first: f"{first} and {len(group) - 1} more" for first, group in groups.items()}
    columns = {names.get(one, one): groups.get(one, ()) for one in by_registry if one not in hidden}
    kept = (cell for cell in cells if cell.registry not in hidden)
    return columns, tuple(replace(cell, registry=names.get(cell.registry, cell.registry)) for cell in kept)
