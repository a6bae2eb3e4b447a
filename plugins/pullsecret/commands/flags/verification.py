"""Whether and how registries are contacted."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.verification import RegistryAccess, Verification

Authorities: TypeAlias = Annotated[
    Repeated,
    Option("--registry-ca", metavar="FILE", help="Additional CA file for registries; repeatable."),
    CompletionHint("files"),
]
Insecure: TypeAlias = Annotated[
    bool,
    Option("--insecure", help="Allow plain HTTP to registries without TLS (credentials are sent in the clear)."),
]


def registry_access(*, registry_ca: Authorities = None, insecure: Insecure = False) -> RegistryAccess:
    """How registries are reached; the timeout is the connection's."""
    return RegistryAccess(ca_files=tuple(registry_ca or ()), insecure=insecure)


def verification(
    *,
    verify: Annotated[
        str | None,
        Option(
            "--verify",
            metavar="strict|lenient",
            help="Check the credentials with the registries before writing. "
            '"strict" fails if any registry rejects them or cannot be reached; "lenient" ignores unreachable ones.',
        ),
    ] = None,
    image: Annotated[
        Repeated,
        Option(
            "--image", metavar="REF", help="Also check that this image can be pulled; repeatable; implies --verify."
        ),
    ] = None,
    registry_ca: Authorities = None,
    insecure: Insecure = False,
) -> Verification | None:
    """Whether credentials are verified before they are written; None when they are not.

    Raises:
        UsageError: an unknown way to verify, or an invalid image.
    """
    if verify not in {None, "strict", "lenient"}:
        raise UsageError(f'Invalid --verify value ({printable(verify or "")}). Must be "strict" or "lenient".')
    if verify is None and not image:
        if registry_ca or insecure:
            raise UsageError("--registry-ca and --insecure require --verify")
        return None
    access = registry_access(registry_ca=registry_ca, insecure=insecure)
    return Verification(images=checked_images(image), is_lenient=verify == "lenient", access=access)


def replacement_verification(
    *,
    verify: Annotated[
        str,
        Option(
            "--verify",
            metavar="strict|lenient|off",
            help="Check the new credentials with the registries and the images in use before writing. "
            '"strict" fails if any registry rejects them or cannot be reached; "lenient" ignores unreachable ones.',
        ),
    ] = "strict",
    image: Annotated[
        Repeated, Option("--image", metavar="REF", help="Also check that this image can be pulled; repeatable.")
    ] = None,
    registry_ca: Authorities = None,
    insecure: Insecure = False,
) -> Verification | None:
    """How new credentials are verified before they replace others; None with --verify=off.

    Raises:
        UsageError: an unknown way to verify, an invalid image, or settings for what is off.
    """
    if verify not in {"strict", "lenient", "off"}:
        raise UsageError(f'Invalid --verify value ({printable(verify)}). Must be "strict", "lenient", or "off".')
    if verify == "off":
        if image or registry_ca or insecure:
            raise UsageError("--image, --registry-ca and --insecure cannot be used with --verify=off")
        return None
    access = registry_access(registry_ca=registry_ca, insecure=insecure)
    return Verification(images=checked_images(image), is_lenient=verify == "lenient", access=access)


def with_timeout(asked: Verification | None, connection: ConnectionFlags) -> Verification | None:
    """The same, with --request-timeout for registries, too."""
    return asked and replace(asked, access=replace(asked.access, request_timeout=connection.request_timeout))


def checked_images(images: Repeated) -> tuple[str, ...]:
    """The images, each once.

    Raises:
        UsageError: one is not an image reference.
    """
    return tuple(dict.fromkeys(checked_image("--image", image) for image in split(images)))


def checked_image(flag: str, image: str) -> str:
    """The image of a flag.

    Raises:
        UsageError: it is not an image reference.
    """
    from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference

    try:
        parsed_reference(image)
    except InvalidReferenceError as error:
        raise UsageError(f'invalid {flag} "{printable(image)}": {error}') from error
    return image
