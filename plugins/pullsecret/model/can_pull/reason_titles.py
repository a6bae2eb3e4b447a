"""What each reason of can-pull means in one sentence, whichever image it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import Reason
from pullsecret.model.doctor.cause_titles import CAUSE_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_CAUSES = {cause.value: title for cause, title in CAUSE_TITLES.items()}

_OWN = {
    Reason.MATCHED: "A pull secret of the pod has credentials for the image",
    Reason.VERIFIED: "The registry accepts the credentials of the pod for the image",
    Reason.PUBLIC: "The image is public",
    Reason.OF_NODES: "The nodes have credentials for the registry",
    Reason.PROVIDER: "The nodes may have a credential provider for the registry",
    Reason.NOT_ADMITTED: "The API server would refuse the pod",
    Reason.LIST_UNKNOWN: "The pull secrets of the service account are not known",
    Reason.CONTENT_UNKNOWN: "The content of a pull secret of the pod is not known",
    Reason.DOUBTFUL: "The credentials look as if the registry would reject them",
    Reason.EXPIRED: "The credentials have expired",
    Reason.NOT_TESTED: "The registry could not be asked",
    Reason.BLOCKED: "The cluster's configuration blocks the registry",
}

REASON_TITLES: Mapping[Reason, str] = {
    reason: _OWN[reason] if reason in _OWN else _OF_CAUSES[reason.value] for reason in Reason
}
