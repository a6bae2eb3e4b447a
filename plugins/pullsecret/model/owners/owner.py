"""An owner of a field: its name, the fate of another party's write, and where to change the field instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FIELD_MANAGER = "pullsecret"
"""The field manager of every write. Flux takes over the fields of all managers that begin with `kubectl`, and then
removes what its manifests lack (kustomize-controller: kustomization_controller.go; fluxcd/pkg: ssa/patch.go)."""


class Field(Enum):
    """The fields that this program writes.

    Each write of a service account's `imagePullSecrets` replaces the whole list (`+listType=atomic`); the entries of
    the other two lists have an owner each (`+listMapKey=name`) (kubernetes: core/v1 types.go). The last two are those
    of a build config, which hold one secret each.
    """

    DATA = "data"
    PULL_LIST = "imagePullSecrets"
    MOUNT_LIST = "secrets"
    TEMPLATE_LIST = "template"
    BUILD_PUSH = "spec.output.pushSecret"
    BUILD_PULL = "pullSecret"

    @property
    def has_keyed_entries(self) -> bool:
        """Whether each entry of the list has an owner of its own."""
        return self in (Field.MOUNT_LIST, Field.TEMPLATE_LIST)

    @property
    def is_of_builds(self) -> bool:
        """Whether it is a field of a build config."""
        return self in (Field.BUILD_PUSH, Field.BUILD_PULL)

    @property
    def is_of_template(self) -> bool:
        """Whether it is in what a controller makes from a template of its own: of a workload or of a build config."""
        return self is Field.TEMPLATE_LIST or self.is_of_builds


class Fate(Enum):
    """What the other party's next run does to a write."""

    FAILS = "fails on a conflict"
    REVERTS = "takes the change back"
    KEEPS = "keeps the change"
    UNKNOWN = "may take the change back"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who owns a field of an object; all texts can be shown as they are.

    `party` is its name, as in `Helm release app`. `run` is what it does next, as in `the next helm upgrade`. `advice`
    is where to change the field instead. `is_person` tells that a person works with kubectl apply or by hand.
    """

    party: str
    fate: Fate
    run: str
    advice: str
    is_person: bool = False

    @property
    def prediction(self) -> str:
        """What becomes of a write: `the next helm upgrade fails on a conflict`."""
        return f"{self.run} {self.fate.value}"

    @property
    def undoes_writes(self) -> bool:
        """Whether its next run is known to fail on a write, or to take it back."""
        return self.fate in (Fate.FAILS, Fate.REVERTS)
