"""What the program said of the combinations of a cluster, held against what became of their pods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from can_pull.comparison import NO, Truth, difference
from can_pull.node_pulls import is_pulled, tried_images
from can_pull.on_cluster import NEWER
from can_pull.runs import INVALID
from can_pull.workloads import LABEL
from pullsecret.model.images.server_keys import shown_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from can_pull.combinations import Combination
    from can_pull.comparison import Answer, Place
    from can_pull.node_pulls import Sent
    from can_pull.on_cluster import OnCluster
    from can_pull.pull_secrets import Login
    from can_pull.runs import Part
    from control_plane.api import Object

NOT_ADMITTED = "PodNotAdmitted"


@dataclass(frozen=True, kw_only=True)
class TriedImage:
    """An image of a pod that the node has tried; `is_before`: the service account was changed after that."""

    made_for: Combination
    pod: Object = field(repr=False)
    name: str
    image: str
    is_before: bool

    @property
    def key(self) -> tuple[str, str]:
        """The namespace and name of the pod."""
        return self.pod["metadata"]["namespace"], self.pod["metadata"]["name"]

    def answer_in(self, answers: Mapping[Part, Answer]) -> Answer | None:
        """The answer for this pod; one from before a change has its own only where it differs from new ones."""
        own = answers.get((self.made_for.name, self.name, True)) if self.is_before else None
        return own or answers.get((self.made_for.name, self.name, False))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The combinations after their pods were tried: the pods as they are, and what the node sent, None if unknown."""

    cluster: OnCluster
    pods: Sequence[Object] = field(repr=False)
    sent: Sent | None = field(repr=False, default=None)
    late: frozenset[tuple[str, str]] = frozenset()
    """The pods, by namespace and name, whose first rounds were without a secret that exists."""
    open_host: str
    """The registry that needs no credential, and accepts any."""

    @cached_property
    def images(self) -> Sequence[TriedImage]:
        """The images of all pods that the node has tried to pull."""
        return tuple(image for pod in self.pods for image in self._images_of(pod))

    def differences(self, answers: Mapping[Part, Answer], *, is_offline: bool = False) -> list[str]:
        """Where the answers of a run are not what became of the pods, each with the seed.

        Offline, it cannot be known which pods are admitted, nor what a manifest changes in the cluster.
        """
        revised = {one.name for one in self.cluster.combinations if one.is_revised}
        known = {part: answer for part, answer in answers.items() if not is_offline or part[0] not in revised}
        return self._of_images(self.images, known) + ([] if is_offline else list(self._of_admission(answers)))

    def is_awaited(self, answers: Mapping[Part, Answer]) -> bool:
        """Whether a pod whose first rounds were without a secret has not had another one yet."""
        return bool(self._of_images([image for image in self.images if image.key in self.late], answers))

    def compared(self, answers: Mapping[Part, Answer]) -> int:
        """The number of images that have an answer."""
        return sum(1 for image in self.images if image.answer_in(answers))

    def _of_images(self, images: Iterable[TriedImage], answers: Mapping[Part, Answer]) -> list[str]:
        pairs = ((image, image.answer_in(answers)) for image in images)
        return [said for image, answer in pairs if answer and (said := self._difference(image, answer))]

    def _images_of(self, pod: Object) -> Iterator[TriedImage]:
        label = pod["metadata"]["labels"][LABEL]
        made_for = self._by_name[label.removesuffix(NEWER)]
        is_before = bool(made_for.changed) and not label.endswith(NEWER) and made_for.kind != "Pod"
        for name, image in tried_images(pod).items():
            yield TriedImage(made_for=made_for, pod=pod, name=name, image=image, is_before=is_before)

    def _difference(self, image: TriedImage, answer: Answer) -> str:
        sent = self.sent.of(image.pod, image.image) if self.sent else None
        accepted = frozenset() if image.made_for.accepts_nothing else self.cluster.accepted
        truth = Truth(sent=sent, is_pulled=is_pulled(image.pod, image.name), is_late=image.key in self.late)
        if image.image.startswith(f"{self.open_host}/") and answer.tried:
            truth, accepted = replace(truth, is_pulled=None), frozenset(self._logins.values())
        said = difference(answer, truth, self._logins, accepted)
        what = f"seed {image.made_for.seed}: {image.made_for.kind}, {image.name} {image.image!r}"
        return f"{what}: {said}; {answer.shown}" if said else ""

    def _of_admission(self, answers: Mapping[Part, Answer]) -> Iterator[str]:
        """Pods that were refused and of which the program did not say so, and the other way round."""
        refused = self.cluster.refused
        for (name, part, _), answer in answers.items():
            if answer != INVALID and (name in refused) != (answer.reason == NOT_ADMITTED and answer.result == NO):
                was = "refused" if name in refused else "admitted"
                yield f"seed {name[1:]}: {part}: the pod was {was}; {answer.shown}"

    @cached_property
    def _by_name(self) -> Mapping[str, Combination]:
        return {one.name: one for one in self.cluster.combinations}

    @cached_property
    def _logins(self) -> Mapping[Place, Login]:
        """What the kubelet sends of each entry, by the entry as the program shows it."""
        return {
            (namespace, secret.name, shown_key(key)): login
            for namespace, secret in self.cluster.secrets
            for key, login in secret.sent.items()
        }
