"""Flags that several commands share: a parameter `Annotated[T, FlagGroup(function)]` stands for that function's flags.

Typer has no such thing. The wrapper that it sees has the parameters of the command and of all its groups; when it is
called, each group's function makes one value of its parameters, which the command receives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args


@dataclass(frozen=True)
class FlagGroup:
    """Marks a parameter that a function makes from flags of its own."""

    make: Callable[..., object]


def with_groups(command: Callable[..., int]) -> Callable[..., int]:
    """The command with each group replaced by the group's flags, in its place, which is their order in the help."""
    signature = inspect.signature(command, eval_str=True)
    groups = {name: group for name, param in signature.parameters.items() if (group := _group_of(param))}
    shared = {name: _flags_of(group) for name, group in groups.items()}

    def wrapper(**values: object) -> int:
        made = {
            name: group.make(**{param.name: values.pop(param.name) for param in shared[name]})
            for name, group in groups.items()
        }
        return command(**values, **made)

    parameters = [param for own in signature.parameters.values() for param in shared.get(own.name, [own])]
    keywords = [param.replace(kind=inspect.Parameter.KEYWORD_ONLY) for param in parameters]
    vars(wrapper)["__signature__"] = inspect.Signature(keywords)  # where inspect looks for it (PEP 362)
    wrapper.__annotations__ = {param.name: param.annotation for param in parameters}
    wrapper.__name__, wrapper.__doc__ = command.__name__, command.__doc__
    return wrapper


def _group_of(param: inspect.Parameter) -> FlagGroup | None:
    return next((mark for mark in get_args(param.annotation)[1:] if isinstance(mark, FlagGroup)), None)


def _flags_of(group: FlagGroup) -> list[inspect.Parameter]:
    return list(inspect.signature(group.make, eval_str=True).parameters.values())
