"""PS801 to PS808: what IBM Cloud says about the API keys in a secret; found by `check --ibmcloud` only.

Source: IBM Cloud documentation, IAM: "Locking and unlocking service IDs", "Managing user API keys" (a key ends with its
user), "Monitoring login sessions and inactive identities"; Registry: "Defining IAM access policies".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.fix_commands import SECRET_ADVICE, recreated_secret
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.go.printable import printable
from pullsecret.model.images.keyring import matching_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.secret import CheckedSecret
    from pullsecret.model.ibmcloud.identity import ApiKey
    from pullsecret.model.ibmcloud.key_facts import CloudKnowledge, KeyFacts
    from pullsecret.model.ibmcloud.registry_access import RegistryNamespace
    from pullsecret.model.ibmcloud.registry_keys import RegistryKey

KEY_EXPIRES_SOON: Final = timedelta(days=30)
"""An API key is replaced by people, who need some time."""
UNUSED: Final = timedelta(days=90)


def _looked_up(subject: CheckedSecret) -> Iterator[tuple[CloudKnowledge, RegistryKey, KeyFacts]]:
    """The API keys of a secret with what is known of each; nothing without --ibmcloud."""
    cloud = subject.circumstances.cloud
    if cloud is not None:
        from pullsecret.model.ibmcloud.registry_keys import registry_keys_among  # noqa: PLC0415  most runs send no request

        for key in registry_keys_among(subject.content.registries.entries):
            yield cloud, key, cloud.facts(key)


def _known(subject: CheckedSecret) -> Iterator[tuple[RegistryKey, KeyFacts, ApiKey]]:
    for _, key, facts in _looked_up(subject):
        if facts.api_key is not None:
            yield key, facts, facts.api_key


def _rejected(subject: CheckedSecret) -> Iterator[Match]:
    for _, key, facts in _looked_up(subject):
        if facts.is_rejected:
            yield Match(
                message="IBM Cloud rejects the API key: it was deleted or disabled, or has expired", keys=key.servers
            )


def _disabled(subject: CheckedSecret) -> Iterator[Match]:
    for key, facts, api_key in _known(subject):
        if api_key.is_disabled:
            yield Match(message=f"{_of(facts)} is disabled", keys=key.servers)


def _expired(subject: CheckedSecret) -> Iterator[Match]:
    for key, facts, api_key in _known(subject):
        if api_key.expires and api_key.expires <= subject.circumstances.now:
            message = f"{_of(facts)} expired on {api_key.expires:%Y-%m-%d at %H:%M} UTC"
            yield Match(message=message, keys=key.servers)


def _expiring(subject: CheckedSecret) -> Iterator[Match]:
    now = subject.circumstances.now
    for key, facts, api_key in _known(subject):
        if api_key.expires and now < api_key.expires < now + KEY_EXPIRES_SOON:
            message = f"{_of(facts)} expires on {api_key.expires:%Y-%m-%d at %H:%M} UTC"
            yield Match(message=message, keys=key.servers)


def _locked(subject: CheckedSecret) -> Iterator[Match]:
    for key, facts, api_key in _known(subject):
        if facts.service_id is not None and facts.service_id.is_locked:
            message = f"service ID {facts.service_id.shown} is locked: its policies and API keys cannot be changed"
            yield Match(message=message, keys=key.servers)
        elif api_key.is_locked:
            yield Match(message=f"{_of(facts)} is locked: it cannot be disabled or deleted", keys=key.servers)


def _without_access(subject: CheckedSecret) -> Iterator[Match]:
    """Images of pods that only this secret has a key for, in registry namespaces that no policy allows."""
    for cloud, key, facts in _looked_up(subject):
        for wanted, image in _needed(key, subject).items() if not facts.is_rejected else ():
            if cloud.forbids(key, wanted):
                needs = f"from {wanted.shown}, which pods need ({printable(image)})"
                message = f"no access policy allows {cloud.puller(key)} to pull {needs}"
                yield Match(message=message, keys=matching_keys(key.servers, image))


def _needed(key: RegistryKey, subject: CheckedSecret) -> dict[RegistryNamespace, str]:
    """The registry namespaces that pods pull from with a key, each with an image."""
    from pullsecret.model.ibmcloud.registry_access import namespace_of_image  # noqa: PLC0415  most runs send no request

    found: dict[RegistryNamespace, str] = {}
    for image in subject.pulled_images:
        if (wanted := namespace_of_image(image)) and matching_keys(key.servers, image):
            found.setdefault(wanted, image)
    return found


def _of_a_person(subject: CheckedSecret) -> Iterator[Match]:
    for key, facts, _ in _known(subject):
        if facts.is_users:
            message = f"{_of(facts)} is a person's: it may do what they may, and ends when they leave the account"
            yield Match(message=message, keys=key.servers)


def _unused(subject: CheckedSecret) -> Iterator[Match]:
    long_ago = subject.circumstances.now - UNUSED
    for key, facts, api_key in _known(subject):
        begun = api_key.last_used or api_key.created
        if facts.has_activity and begun and begun < long_ago:
            since = f"was last used on {api_key.last_used:%Y-%m-%d}" if api_key.last_used else "was never used"
            yield Match(message=f"{_of(facts)} {since}", keys=key.servers)


def _of(facts: KeyFacts) -> str:
    return f"the API key {facts.shown_key} of {facts.shown_owner}"


def _no_command(_subject: CheckedSecret, _match: Match) -> None:
    """A key's state at IBM Cloud is for the owner of the service ID to change."""


IBM_CLOUD_RULES: tuple[Rule[CheckedSecret], ...] = (
    Rule(
        code="PS801",
        severity=Severity.ERROR,
        title="API key that IBM Cloud rejects",
        explanation=(
            "IAM does not accept the API key, and says no more than that to a caller who may not see it: it was "
            "deleted or disabled, or it has expired. The registry rejects it as well. Found by `check --ibmcloud`."
        ),
        condition=_rejected,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS802",
        severity=Severity.ERROR,
        title="Disabled API key",
        explanation=(
            "IAM does not accept the API key as long as it is disabled, which can be undone in IBM Cloud. Found by "
            "`check --ibmcloud`."
        ),
        condition=_disabled,
        fix=_no_command,
        advice="enable the API key in IBM Cloud, or replace it with `rotate`",
    ),
    Rule(
        code="PS803",
        severity=Severity.ERROR,
        title="Expired API key",
        explanation=(
            "The API key was created with an expiry date, which has passed; it cannot be extended. Found by "
            "`check --ibmcloud`."
        ),
        condition=_expired,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS804",
        severity=Severity.WARNING,
        title="API key expires soon",
        explanation=(
            "The expiry date of the API key is less than 30 days away; it cannot be extended. `rotate` replaces it in "
            "the secret and all copies. Found by `check --ibmcloud`."
        ),
        condition=_expiring,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS805",
        severity=Severity.INFO,
        title="Locked API key or service ID",
        explanation=(
            "Pulls work. A lock at IBM Cloud protects from changes: until it is removed, the key can be neither "
            "disabled nor deleted, and a locked service ID gets no other policies or keys. A rotation needs it "
            "unlocked. Found by `check --ibmcloud`."
        ),
        condition=_locked,
        fix=_no_command,
        advice="unlock it in IBM Cloud before the next rotation, if you may",
    ),
    Rule(
        code="PS806",
        severity=Severity.WARNING,
        title="No access policy for images that pods need",
        explanation=(
            "None of the access policies of the identity, or of its access groups, allows pulls from the registry "
            "namespace of an image that pods pull with this secret alone. Policies are looked at for their region, "
            "namespace and roles; one with any other condition counts as if it allowed the pull. Allow it with role "
            "Reader for container-registry, in the image's region and namespace; the global registry icr.io is "
            "geography `global`. Found by `check --ibmcloud`; `verify` asks the registry."
        ),
        condition=_without_access,
        fix=_no_command,
        advice="add an access policy with role Reader for container-registry, for this region and registry namespace",
    ),
    Rule(
        code="PS807",
        severity=Severity.INFO,
        title="API key of a person",
        explanation=(
            "Anyone who reads the secret can do everything in IBM Cloud that this user may do, and pulls end when the "
            "user leaves the account. Use the API key of a service ID that may only read images. Found by "
            "`check --ibmcloud`."
        ),
        condition=_of_a_person,
        fix=_no_command,
        advice="replace it by the API key of a service ID (create --service-id)",
    ),
    Rule(
        code="PS808",
        severity=Severity.INFO,
        title="API key not used for long",
        explanation=(
            "IAM has not seen the API key for 90 days: no node pulled with it, or all images are cached. A secret that "
            "nothing needs is better deleted. Found by `check --ibmcloud`."
        ),
        condition=_unused,
        fix=_no_command,
        advice="delete the secret if nothing needs it",
    ),
)
