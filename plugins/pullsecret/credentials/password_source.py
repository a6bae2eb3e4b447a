"""Where a password is, according to the flags; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PasswordSource:
    """The source of the password; at most one of the first four fields may be set.

    `word` is how the flags begin, for messages: `password` for --password-stdin, `key` for --key-stdin. `value_flag` is
    the flag of a plain value, "" if there is none. `default_env` is the variable that is read if no flag is given.
    `label` is the text of the prompt.
    """

    stdin: bool = False
    file: str = ""
    env: str = ""
    value: str | None = field(default=None, repr=False)
    word: str = "password"
    value_flag: str = ""
    default_env: str = ""
    label: str = "Password"

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags for a password source, in the order of the fields."""
        value = (f"--{self.value_flag}",) if self.value_flag else ()
        return (f"--{self.word}-stdin", f"--{self.word}-file", f"--{self.word}-env", *value)

    @property
    def given(self) -> tuple[str, ...]:
        """The flags that were given."""
        marks = (self.stdin, bool(self.file), bool(self.env), self.value is not None)
        return tuple(flag for flag, mark in zip(self.flags, marks, strict=False) if mark)
