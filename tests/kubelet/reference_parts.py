"""Our reading of an image's name in the form in which the Go program answers."""

from __future__ import annotations

from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference


def parts_of(image: str) -> dict[str, str]:
    """The parts of a name, or the error."""
    try:
        found = parsed_reference(image)
    except InvalidReferenceError as error:
        return {"error": str(error), "domain": "", "path": "", "tag": "", "digest": "", "text": ""}
    parts = {"domain": found.domain, "path": found.path, "tag": found.tag, "digest": found.digest}
    return {"error": "", **parts, "text": str(found)}
