"""Flags that commands share: a group's flags become the command's, and its value the command's argument."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated

from typer import Option  # noqa: TID251  this test is about what Typer gets

from pullsecret.commands.flag_groups import FlagGroup, with_groups


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the group makes."""

    host: str
    port: int


def place(
    *,
    host: Annotated[str, Option("-s", "--host", help="Where.")] = "here",
    port: Annotated[int, Option("--port")] = 1,
) -> Place:
    """A group."""
    return Place(host=host, port=port)


def word(*, text: Annotated[str, Option("--text")] = "") -> str:
    """Another group."""
    return text.upper()


CALLS: list[tuple[str, Place, str]] = []


def command(
    name: str,
    *,
    said: Annotated[str, FlagGroup(word)],
    loud: Annotated[bool, Option("--loud")] = False,
    where: Annotated[Place, FlagGroup(place)],
) -> int:
    """Does something. And more."""
    CALLS.append((name, where, said))
    return 7 if loud else 0


def test_flags_of_a_group_are_where_its_parameter_is() -> None:
    parameters = inspect.signature(with_groups(command)).parameters

    assert list(parameters) == ["name", "text", "loud", "host", "port"]
    assert parameters["host"].default == "here"
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())


def test_command_gets_what_its_groups_make() -> None:
    CALLS.clear()

    status = with_groups(command)(name="a", loud=True, text="x", host="there", port=2)

    assert status == 7
    ((name, where, said),) = CALLS
    assert (name, where, said) == ("a", Place(host="there", port=2), "X")


def test_command_keeps_its_name_and_its_text() -> None:
    wrapped = with_groups(command)

    assert wrapped.__name__ == "command"
    assert wrapped.__doc__ == "Does something. And more."
