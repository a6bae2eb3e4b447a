"""What can-pull knows: the pods that would be, and everything that decides which credentials they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.can_pull.planned_image import planned_images
from pullsecret.model.doctor.waiting_container import WaitingContainer
from pullsecret.model.objects.objects import mapping_at, namespace_of
from pullsecret.model.objects.pod import listed_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.can_pull.admission import Admitted
    from pullsecret.model.can_pull.planned_image import PlannedImage
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.plan.observed import Key


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was read, from manifests and from a cluster.

    `evidence` has the pods as planned ones. `promised` are secrets whose content only another program knows, by
    namespace and name, with that program's kind. `files` has where manifests declare secrets and service accounts,
    each by its namespace and `kind/name`. `is_offline`: no cluster was read. `has_unknown_nodes`: which
    credentials the nodes of OpenShift have could not be read. `existing` are pods with other
    lists than new ones, by their namespace and the `kind/name` of their workload.
    """

    evidence: Evidence = field(repr=False)
    pods: tuple[Admitted, ...] = ()
    promised: Mapping[Key, str] = field(default_factory=dict)
    files: Mapping[Key, FileLine] = field(default_factory=dict)
    is_offline: bool = False
    has_unknown_nodes: bool = False
    existing: Mapping[Key, tuple[Admitted, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def questions(self) -> tuple[ImageQuestion, ...]:
        """A question for each image of each pod."""
        return tuple(question for pod in self.pods for question in self.questions_of(pod))

    def questions_of(self, pod: Admitted) -> Iterator[ImageQuestion]:
        """A question for each image of a pod."""
        return (ImageQuestion(facts=self, admitted=pod, image=image) for image in planned_images(pod.pod))


@dataclass(frozen=True, kw_only=True)
class ImageQuestion:
    """Whether one image of a pod would be pulled."""

    facts: Facts = field(repr=False)
    admitted: Admitted
    image: PlannedImage

    @cached_property
    def case(self) -> WaitingContainer:
        """The pod as doctor would see it, if this pull had failed."""
        return WaitingContainer(pod=self.admitted.pod, wait=self.image.wait, evidence=self.facts.evidence)

    @property
    def account_annotations(self) -> tuple[str, ...]:
        """The annotations of the pod's service account, by their names."""
        key = (self.admitted.source.namespace, self.case.account)
        account = self.facts.evidence.observed.accounts.present.get(key, {})
        return tuple(mapping_at(account, "metadata", "annotations"))

    @property
    def unseen(self) -> tuple[str, ...]:
        """The secrets of the pod's list of which it is not known what they hold."""
        return self.case.unreadable

    @property
    def missing(self) -> tuple[str, ...]:
        """The secrets of the pod's list that do not exist."""
        return self.case.missing

    def promised_by(self, name: str) -> str:
        """The kind of the object that a secret will be made of; "" for any other secret."""
        return self.facts.promised.get((namespace_of(self.admitted.pod), name), "")

    @property
    def listed(self) -> tuple[str, ...]:
        """The secrets of the pod's list."""
        return listed_secrets(self.admitted.pod)
