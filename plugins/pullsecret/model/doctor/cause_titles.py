"""What each cause means in one sentence, whichever pods it affects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import CauseCode

if TYPE_CHECKING:
    from collections.abc import Mapping

CAUSE_TITLES: Mapping[CauseCode, str] = {
    CauseCode.INVALID_IMAGE: "The image name is not valid",
    CauseCode.NEVER: "The pull policy is Never, and the image is not on the node",
    CauseCode.MALFORMED: "A pull secret is malformed, which blocks all pulls of its pods",
    CauseCode.NOT_RETRIED: "The fault was fixed, and the kubelet has not retried yet",
    CauseCode.NOT_FOUND: "The registry has no such image",
    CauseCode.STATIC_POD: "A static pod uses no pull secrets, only credentials of its node",
    CauseCode.SANDBOX: "The container runtime cannot pull its sandbox image, for which it uses no pull secret",
    CauseCode.UNREACHABLE: "The registry cannot be reached from the node",
    CauseCode.CERTIFICATE: "The node does not trust the registry's certificate",
    CauseCode.RATE_LIMIT: "The registry's rate limit is exceeded",
    CauseCode.SERVER_ERROR: "The registry fails with an error of its own",
    CauseCode.SIGNATURE: "The node's policy for image signatures rejects the image",
    CauseCode.PRIVATE_ONLY: "The registry accepts requests to its private endpoint only",
    CauseCode.MIRROR: "The image comes from a mirror, to which no pull secret of the pod is sent",
    CauseCode.OTHER_PROJECT: "The service account is not allowed to pull the image of another OpenShift project",
    CauseCode.ACCOUNT_TOKEN: "The service account has no valid token for OpenShift's internal registry",
    CauseCode.KEPT: "The kubelet may still send what an immutable secret contained before it was recreated",
    CauseCode.EMPTY: "The secret's entry for the registry has no credentials",
    CauseCode.WHITESPACE: "The credentials begin or end with whitespace",
    CauseCode.STALE: "The secret is an outdated copy",
    CauseCode.USERNAME: "The username is wrong for the registry",
    CauseCode.NOT_AUTHORIZED: "The credentials are not allowed to pull the image, or it does not exist",
    CauseCode.REJECTED: "The registry rejected the credentials",
    CauseCode.WRONG_TYPE: "The pull secret has a type that the kubelet ignores",
    CauseCode.CREATED_BEFORE: "The pod was created before its service account had the pull secret",
    CauseCode.OWN_LIST: "The pod sets its own imagePullSecrets, which hides the list of its service account",
    CauseCode.NAMELESS: "The pod's own imagePullSecrets has only an entry without a name",
    CauseCode.MISSING: "The pod references a secret that does not exist",
    CauseCode.WRONG_KEY: "The registry key of the secret does not match the image",
    CauseCode.NOT_ATTACHED: "A secret of the namespace would work, and the pod does not reference it",
    CauseCode.ELSEWHERE: "Only a secret of another namespace would work",
    CauseCode.NO_SECRET: "The pod has no pull secret for the registry",
    CauseCode.UNREADABLE: "The secrets that the pod references could not be read",
    CauseCode.UNKNOWN: "The container runtime reports an unknown error",
}
