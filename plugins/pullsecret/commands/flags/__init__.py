"""The flags that commands share, in kubectl's spelling, and the values that they make; a module for each kind."""

from pullsecret.commands.flags.attachment import attach_if_asked, attachment
from pullsecret.commands.flags.connection import connection, program
from pullsecret.commands.flags.namespaces import copy_targets, making_targets, targets
from pullsecret.commands.flags.output import Strict, dry_run_of, format_of, output, replace_policy
from pullsecret.commands.flags.values import (
    WITHOUT_VALUE,
    Words,
    checked_names,
    names_of,
    seconds,
    single_name,
    split,
    truth,
)
from pullsecret.commands.flags.verification import checked_images, registry_access, timed, verification

__all__ = [
    "WITHOUT_VALUE",
    "Strict",
    "Words",
    "attach_if_asked",
    "attachment",
    "checked_images",
    "checked_names",
    "connection",
    "copy_targets",
    "dry_run_of",
    "format_of",
    "making_targets",
    "names_of",
    "output",
    "program",
    "registry_access",
    "replace_policy",
    "seconds",
    "single_name",
    "split",
    "targets",
    "timed",
    "truth",
    "verification",
]
