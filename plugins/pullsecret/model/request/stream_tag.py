"""The name of a tag of an image stream, as `oc` takes it: `[PROJECT/]STREAM:TAG`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import label_problem

if TYPE_CHECKING:
    from pullsecret.model.request.targets import Targets

_STREAM = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
"""A path component of an image (openshift/library-go: image/imageutil; distribution: reference)."""

_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_LONGEST = 255


class StreamTag(NamedTuple):
    """A tag of an image stream; `project` is "" where none is given."""

    project: str
    stream: str
    tag: str

    @property
    def name(self) -> str:
        """The name of the ImageStreamTag."""
        return f"{self.stream}:{self.tag}"


def parsed_stream_tag(text: str) -> StreamTag:
    """The tag that a word names.

    Raises:
        UsageError: the word has another form, or no object can have such a name.
    """
    place, slash, name = text.rpartition("/")
    stream, colon, tag = name.partition(":")
    shown = printable(text[:100])
    if not colon or "/" in place or (slash and not place):
        raise UsageError(f'invalid image stream tag "{shown}": it must have the form [PROJECT/]STREAM:TAG')
    if place and (problem := label_problem(place)):
        raise UsageError(f'invalid image stream tag "{shown}": project: {problem}')
    if not _STREAM.fullmatch(stream) or len(stream) > _LONGEST:
        raise UsageError(f'invalid image stream tag "{shown}": an image stream is named as a part of an image\'s path')
    if not _TAG.fullmatch(tag):
        raise UsageError(
            f'invalid image stream tag "{shown}": a tag has up to 128 letters, digits, ".", "_" and "-", '
            'and begins with none of "." and "-"'
        )
    return StreamTag(place, stream, tag)


def import_targets(tag: StreamTag, targets: Targets) -> Targets:
    """The one project that an image is imported into.

    Raises:
        UsageError: several are selected, or another one than that of the tag.
    """
    if targets.may_be_many or targets.contexts.is_given or targets.exclude:
        raise UsageError("an image is imported into one project of one cluster")
    if tag.project and targets.names and targets.names != (tag.project,):
        raise UsageError(f"the tag is in project {tag.project}, and --namespace is {targets.names[0]}")
    return replace(targets, names=(tag.project,)) if tag.project else targets
