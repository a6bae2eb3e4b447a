"""Spoils text by a seed: flipped bits, cut and doubled parts, splices, deep nesting, invalid UTF-8, huge numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

NUMBER = re.compile(rb"[0-9]+")
NUMBERS = (b"0", b"-1", b"1e999", b"9" * 25, b"9" * 400, b"0x10", b"1.5", b"00", b"+5", b"18446744073709551616")
INVALID_UTF8 = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xef\xbb\xbf")
ODD_BYTES = b"\x00\x01\x07\x0b\x0c\x1b\x7f\x80\x85\xa0\r\n\t \"'\\/{}[]():;,.=@%#*&!|<>~^`?+-_$"
BRACKETS = ((b"[", b"]"), (b'{"a":', b"}"), (b"{a: ", b"}"), (b"(", b")"))
DEPTHS = (2, 15, 16, 17, 90, 110, 1_200)


def mutated(random: Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """One of the seeds with one to four changes, which may put in one of the words or a part of another seed."""
    data = random.choice(seeds)
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        change = random.choice(CHANGES)
        data = change(random, data, random.choice((*seeds, *words, *words)))
    return data


def flip_bit(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([byte ^ (1 << random.randrange(8)) for byte in data[at : at + 1]]) + data[at + 1 :]


def replace_byte(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.choice(ODD_BYTES)]) + data[at + random.randrange(2) :]


def put_in(random: Random, data: bytes, word: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + word + data[at + random.choice((0, 0, len(word))) :]


def splice(random: Random, data: bytes, other: bytes) -> bytes:
    begin, middle, end = _part(random, other)
    at = random.randrange(len(data) + 1)
    return random.choice((data[:at] + end, begin + data[at:], data[:at] + middle + data[at:]))


def cut_out(random: Random, data: bytes, _: bytes) -> bytes:
    begin, _, end = _part(random, data)
    return begin + end


def cut_off(random: Random, data: bytes, _: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def repeat_part(random: Random, data: bytes, _: bytes) -> bytes:
    begin, middle, end = _part(random, data)
    return begin + middle[:200] * random.choice((2, 2, 3, 30)) + end


def exchange_lines(random: Random, data: bytes, _: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def change_number(random: Random, data: bytes, _: bytes) -> bytes:
    found = [*NUMBER.finditer(data)]
    if not found:
        return data + random.choice(NUMBERS)
    one = random.choice(found)
    return data[: one.start()] + random.choice(NUMBERS) + data[one.end() :]


def break_utf8(random: Random, data: bytes, _: bytes) -> bytes:
    return put_in(random, data, random.choice(INVALID_UTF8))


def nest(random: Random, data: bytes, _: bytes) -> bytes:
    begin, middle, end = _part(random, data)
    opener, closer = random.choice(BRACKETS)
    depth = random.choice(DEPTHS)
    return begin + opener * depth + middle[:50] + closer * (depth - random.choice((0, 0, 0, 1))) + end


CHANGES: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    *(flip_bit, flip_bit, replace_byte, replace_byte, replace_byte, put_in, put_in, put_in, splice, splice),
    *(cut_out, cut_out, cut_off, repeat_part, exchange_lines, change_number, break_utf8, nest),
)


def _part(random: Random, data: bytes) -> tuple[bytes, bytes, bytes]:
    first, last = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    return data[:first], data[first:last], data[last:]
