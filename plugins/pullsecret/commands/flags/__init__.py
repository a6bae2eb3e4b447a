"""The flags that commands share, in kubectl's spelling, and the values that they make; a module for each kind."""

from pullsecret.commands.flags.attachment import attach_if_asked, attachment, detachment
from pullsecret.commands.flags.connection import connection, program
from pullsecret.commands.flags.namespaces import (
    copy_targets,
    creating_targets,
    deleting_targets,
    system_targets,
    targets,
)
from pullsecret.commands.flags.output import FOR_PIPELINES, check_level, dry_run_of, format_of, output, replace_policy
from pullsecret.commands.flags.values import (
    Repeated,
    checked_names,
    checked_patterns,
    names_of,
    parse_bool,
    parse_seconds,
    patterns_of,
    single_name,
    split,
    typed_secret_names,
)
from pullsecret.commands.flags.verification import (
    checked_image,
    checked_images,
    registry_access,
    replacement_verification,
    verification,
    with_timeout,
)

__all__ = [
    "FOR_PIPELINES",
    "Repeated",
    "attach_if_asked",
    "attachment",
    "check_level",
    "checked_image",
    "checked_images",
    "checked_names",
    "checked_patterns",
    "connection",
    "copy_targets",
    "creating_targets",
    "deleting_targets",
    "detachment",
    "dry_run_of",
    "format_of",
    "names_of",
    "output",
    "parse_bool",
    "parse_seconds",
    "patterns_of",
    "program",
    "registry_access",
    "replace_policy",
    "replacement_verification",
    "single_name",
    "split",
    "system_targets",
    "targets",
    "typed_secret_names",
    "verification",
    "with_timeout",
]
