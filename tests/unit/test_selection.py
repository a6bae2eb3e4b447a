"""Which namespaces are selected among those that exist, and what is told of the others."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pullsecret.model.objects.sources import is_system_namespace
from pullsecret.model.request.selection import mistyped_exclude_error, mistyped_excludes, selection_of
from pullsecret.model.request.targets import Selection, Targets

EXISTING = {
    "default": False,
    "kube-public": False,
    "kube-system": False,
    "openshift": False,
    "team-a": False,
    "team-b": False,
    "team-leaving": True,
}
SYSTEM = frozenset({"kube-public", "kube-system", "openshift"})
STAYING = ("default", "kube-public", "kube-system", "openshift", "team-a", "team-b")


class Row(NamedTuple):
    """What is typed, and what is selected."""

    targets: Targets
    expected: Selection


SELECTED = {
    "none": Row(Targets(), Selection(names=("default",))),
    "named": Row(Targets(names=("team-b", "team-a", "team-b")), Selection(names=("team-b", "team-a"))),
    "named-missing": Row(Targets(names=("gone",)), Selection(names=("gone",), missing=frozenset({"gone"}))),
    "named-terminating": Row(
        Targets(names=("team-leaving", "team-a")),
        Selection(names=("team-leaving", "team-a"), terminating=frozenset({"team-leaving"})),
    ),
    "named-system": Row(Targets(names=("kube-system",)), Selection(names=("kube-system",))),
    "all": Row(Targets(every=True), Selection(names=STAYING, system=SYSTEM, skipped=("team-leaving",))),
    "all-with-system": Row(
        Targets(every=True, include_system=True), Selection(names=STAYING, skipped=("team-leaving",))
    ),
    "label": Row(Targets(selector="a=b"), Selection(names=STAYING, system=SYSTEM, skipped=("team-leaving",))),
    "pattern": Row(Targets(names=("team-*",)), Selection(names=("team-a", "team-b"), skipped=("team-leaving",))),
    "pattern-of-system": Row(
        Targets(names=("kube-*",)),
        Selection(names=("kube-public", "kube-system"), system=frozenset({"kube-public", "kube-system"})),
    ),
    "pattern-and-system-named": Row(
        Targets(names=("kube-s*", "kube-public", "gone")),
        Selection(
            names=("kube-public", "gone", "kube-system"),
            system=frozenset({"kube-system"}),
            missing=frozenset({"gone"}),
        ),
    ),
    "pattern-and-terminating-named": Row(
        Targets(names=("team-*", "team-leaving")),
        Selection(names=("team-leaving", "team-a", "team-b"), terminating=frozenset({"team-leaving"})),
    ),
    "pattern-of-none": Row(Targets(names=("prod-*",)), Selection()),
    "excluded-of-names": Row(
        Targets(names=("team-a", "team-b", "gone"), exclude=("*a", "gone")), Selection(names=("team-b",))
    ),
    "excluded-of-all": Row(
        Targets(every=True, exclude=("kube-*", "openshift", "team-*")), Selection(names=("default",))
    ),
    "excluded-everything": Row(Targets(exclude=("*",)), Selection()),
    "excluded-nothing": Row(
        Targets(names=("team-a",), exclude=("kube-*", "team-b")),
        Selection(names=("team-a",), unused_excludes=("kube-*", "team-b")),
    ),
    "excluded-and-terminating": Row(Targets(names=("team-*",), exclude=("*-[bl]*",)), Selection(names=("team-a",))),
}


@pytest.mark.parametrize("row", SELECTED.values(), ids=SELECTED.keys())
def test_selection_of_the_target_flags(row: Row) -> None:
    existing = EXISTING
    if not row.targets.is_broad:
        existing = {name: leaves for name, leaves in EXISTING.items() if name in ("default", *row.targets.named)}

    assert selection_of(row.targets, "default", existing) == row.expected


def test_selection_counts_an_unreadable_namespace_as_existing() -> None:
    selected = selection_of(Targets(names=("a", "b")), "default", {}, ["a"])

    assert selected == Selection(names=("a", "b"), missing=frozenset({"b"}))


def test_selection_has_an_error_for_what_cannot_be_used() -> None:
    selected = Selection(names=("a", "b", "c"), missing=frozenset({"a"}), terminating=frozenset({"c"}))

    assert selected.usable == ("b",)
    assert [error.line for error in selected.failures] == [
        'Error from server (NotFound): namespaces "a" not found',
        "error: namespace c is terminating",
    ]


def test_selection_notes_tell_what_was_skipped_and_what_excludes_nothing() -> None:
    selected = Selection(skipped=("a", "b"), unused_excludes=("x*", "a\x1b[31m"))

    assert selected.notes == (
        'warning: --exclude "x*" matches none of the namespaces',
        'warning: --exclude "a\\x1b[31m" matches none of the namespaces',
        "note: skipped namespaces a, b, which are terminating",
    )


MISTYPED = {
    "begins-several": ("kube", {"kube": ("kube-public", "kube-system")}),
    "begins-one": ("team-l", {"team-l": ("team-leaving",)}),
    "a-namespace": ("openshift", {}),
    "begins-none": ("prod", {}),
    "a-pattern": ("kube?", {}),
}


@pytest.mark.parametrize(("name", "found"), MISTYPED.values(), ids=MISTYPED.keys())
def test_excluded_name_that_begins_namespaces_is_mistyped(name: str, found: dict[str, tuple[str, ...]]) -> None:
    assert mistyped_excludes(Targets(every=True, exclude=(name, "team-a")), EXISTING) == found


def test_mistyped_exclude_is_explained() -> None:
    error = mistyped_exclude_error("kube", ("kube-public", "kube-system"))

    assert error.message == '--exclude "kube" is not a namespace, but kube-public and 1 more begin with it'
    assert error.hint == "use --exclude 'kube*'"
    assert mistyped_exclude_error("team-l", ("team-leaving",)).message.endswith("but team-leaving begins with it")


def test_system_namespaces() -> None:
    system = ["kube-x", "openshift", "openshift-x", "ibm-system", "ibm-operators", "ibm-cert-store", "calico-x"]
    others = ["default", "kube", "openshifts", "ibm-observe", "calico", "tigera", "ibm-operators-2", "my-kube-x"]

    assert [name for name in (*system, "tigera-operator", *others) if is_system_namespace(name)] == [
        *system,
        "tigera-operator",
    ]
