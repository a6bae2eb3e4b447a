"""The flags that verbs share, in kubectl's spelling, and the values that they make: a module for each kind of them."""

from pullsecret.commands.flags.accounts import attach_if_asked, attachment
from pullsecret.commands.flags.api import connection
from pullsecret.commands.flags.namespaces import copy_targets, making_targets, targets
from pullsecret.commands.flags.program import program
from pullsecret.commands.flags.verifying import checked_images, registry_access, timed, verification
from pullsecret.commands.flags.words import (
    WITHOUT_VALUE,
    Words,
    checked_names,
    one_name,
    seconds,
    some_names,
    split,
    truth,
)
from pullsecret.commands.flags.writing import Strict, dry_run_of, format_of, leave, output

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
    "leave",
    "making_targets",
    "one_name",
    "output",
    "program",
    "registry_access",
    "seconds",
    "some_names",
    "split",
    "targets",
    "timed",
    "truth",
    "verification",
]
